/** How far a run has come, and how that is shown. */

export interface Failure {
  /** A product's id, or a name in quotation marks. */
  readonly what: string;
  /** Of an error, or `NOT_FOUND`. */
  readonly code: string;
}

export interface Tally {
  /** Products, as far as they are found. */
  readonly all: number;
  /** Whether products are still looked for by their names. */
  readonly isFinding: boolean;
  readonly warmed: number;
  /** Of an earlier run that was stopped. */
  readonly before: number;
  readonly failed: number;
  /** Of products, and of names that could not be searched for. */
  readonly failures: readonly Failure[];
  readonly requests: number;
  readonly cacheHits: number;
}

/** What came of the last while. The first half of the rate may be used at once: the whole run is no guide. */
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

/** Tried, now or before. */
export function doneOf({ warmed, before, failed }: Tally): number {
  return warmed + before + failed;
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** What came of a run, each failure with its code. */
export function summary(tally: Tally, elapsedMs: number): string {
  const { all, warmed, before, failures, requests, cacheHits } = tally;
  const earlier = before > 0 ? `; ${before} were warmed before (--restart begins anew)` : '';
  return [
    `${warmed} of ${all} products warmed in ${duration(elapsedMs)}: ${requests} requests, ${cacheHits} cache hits${earlier}`,
    ...(failures.length > 0 ? [`${failures.length} failed; the same command tries them again:`] : []),
    ...failures.map(({ what, code }) => `  ${what} ${code}`),
    '',
  ].join('\n');
}
