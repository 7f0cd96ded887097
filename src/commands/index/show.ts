/** Shows the progress of a crawl. On a terminal this is a bar that is redrawn, elsewhere one line per minute. */
import type { CrawlProgress } from '../../crawl/tally.js';
import { anew, type Screen } from '../screen.js';

/** The progress during the last `spanMs` milliseconds. */
export interface Span {
  readonly ms: number;
  readonly done: number;
  readonly requests: number;
}

const barMs = 200;
const lineMs = 60_000;
/** Milliseconds from whose progress the rate and the remaining time are computed. */
const spanMs = 60_000;
const barWidth = 24;

/**
 * Shows the progress.
 * @returns a function that stops the display and clears the bar
 */
export function show(
  progress: () => CrawlProgress | undefined,
  screen: Screen,
  everyMs = screen.isTTY ? barMs : lineMs,
): () => void {
  const spanTo = createSpans();
  const draw = (): void => {
    const now = progress();
    if (!now) return;
    const text = line(now, spanTo(now));
    if (!screen.isTTY) screen.write(`${text}\n`);
    else screen.write(`${anew}${bar(now)} ${text}`.slice(0, anew.length + (screen.columns || 80) - 1));
  };
  const timer = setInterval(draw, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (screen.isTTY) screen.write(anew);
  };
}

/**
 * `[######------------------]`: the share of the upstream's products that are in the index with all their details.
 */
export function bar({ held, listed, total = listed }: CrawlProgress): string {
  const part = total === 0 ? 0 : Math.min(1, held / total);
  const full = Math.floor(part * barWidth);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
}

/** `12,500 of 200,000 in the index · 1 failed · 150 requests/min · 20 h 50 min left` */
export function line(progress: CrawlProgress, { ms, done, requests }: Span): string {
  const { isListing, listed, total, held, failed, wanted } = progress;
  const of = total === undefined ? '' : ` of ${counted(total)}`;
  const perMinute = ms > 0 ? Math.round((requests * 60_000) / ms) : 0;
  const left = wanted - progress.done;
  return [
    isListing ? `${counted(listed)} listed${of}` : `${counted(held)}${of} in the index`,
    ...(failed > 0 ? [`${counted(failed)} failed`] : []),
    `${counted(perMinute)} requests/min`,
    ...(done > 0 && left > 0 ? [`${duration((left * ms) / done)} left`] : []),
  ].join(' · ');
}

function counted(number: number): string {
  return number.toLocaleString('en');
}

export function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${Math.round(ms / 1_000)} s`;
}

/** Returns a function that computes the progress within the last `spanMs`. */
function createSpans(): (progress: CrawlProgress) => Span {
  const samples: { readonly at: number; readonly done: number; readonly requests: number }[] = [
    { at: performance.now(), done: 0, requests: 0 },
  ];
  return ({ done, requests }) => {
    const now = { at: performance.now(), done, requests };
    samples.push(now);
    while (samples.length > 2 && now.at - (samples[1]?.at ?? now.at) >= spanMs) samples.shift();
    const [from = now] = samples;
    return { ms: now.at - from.at, done: done - from.done, requests: requests - from.requests };
  };
}
