/** Counts the progress of a run, and formats it as text. */

export interface Failure {
  /** A product's id, or a name in quotation marks. */
  readonly what: string;
  /** The code of the error, or `NOT_FOUND`. */
  readonly code: string;
}

export interface Tally {
  /** Number of products found so far. */
  readonly all: number;
  /** Whether products are still being searched for by name. */
  readonly isFinding: boolean;
  readonly warmed: number;
  /** Number of products done by an earlier run that was stopped. */
  readonly before: number;
  readonly failed: number;
  /** Failures of products, and of names that could not be searched. */
  readonly failures: readonly Failure[];
  readonly requests: number;
  readonly cacheHits: number;
}

/**
 * The progress of the last seconds. The average of the whole run would be misleading, because the rate limiter allows
 * half of a minute's requests at the start.
 */
export interface Span {
  readonly ms: number;
  readonly products: number;
  readonly requests: number;
}

const barWidth = 24;

/** `[######------------------] 125 of 500 products · 110 requests, 240/min · 1 failed · 1 min 34 s left` */
export function bar(tally: Tally, span: Span): string {
  const part = tally.all === 0 ? 0 : Math.min(1, doneOf(tally) / tally.all);
  const full = Math.floor(part * barWidth);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}] ${line(tally, span)}`;
}

export function line(tally: Tally, { ms, products, requests }: Span): string {
  const { all, isFinding, failures } = tally;
  const perMinute = ms > 0 ? Math.round((requests * 60_000) / ms) : 0;
  if (isFinding) return `${all} products found so far`;
  return [
    `${doneOf(tally)} of ${all} products`,
    `${tally.requests} requests, ${perMinute}/min`,
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    ...(products > 0 ? [`${duration(((all - doneOf(tally)) * ms) / products)} left`] : []),
  ].join(' · ');
}

/** Returns the number of products tried, in this run or an earlier one. */
export function doneOf({ warmed, before, failed }: Tally): number {
  return warmed + before + failed;
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** Formats the result of a run as text, with the code of each failure. */
export function summary(tally: Tally, elapsedMs: number): string {
  const { all, warmed, before, failures, requests, cacheHits } = tally;
  const earlier =
    before > 0 ? `; an earlier run warmed ${before} (--restart starts again with the first product)` : '';
  return [
    `${warmed} of ${all} products warmed in ${duration(elapsedMs)}: ${requests} requests, ${cacheHits} cache hits${earlier}`,
    ...(failures.length > 0 ? [`${failures.length} failed; run the same command again to retry them:`] : []),
    ...failures.map(({ what, code }) => `  ${what} ${code}`),
    '',
  ].join('\n');
}
