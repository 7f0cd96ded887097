/** Shows how far a run has come: a bar that stays on its line for people, a line now and then for logs. */
import { bar, line, type Tally } from './tally.js';

export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const barMs = 200;
const lineMs = 5_000;
/** Back to the beginning of the line, and what stood there wiped out. */
const anew = '\r\u001B[K';

/** @returns ends it, and clears the bar */
export function show(
  tally: () => Tally,
  screen: Screen,
  everyMs = screen.isTTY ? barMs : lineMs,
): () => void {
  const began = performance.now();
  const draw = (): void => {
    const elapsedMs = performance.now() - began;
    if (!screen.isTTY) screen.write(`${line(tally(), elapsedMs)}\n`);
    else screen.write(`${anew}${bar(tally(), elapsedMs).slice(0, (screen.columns ?? 80) - 1)}`);
  };
  if (screen.isTTY) draw();
  const timer = setInterval(draw, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (screen.isTTY) screen.write(anew);
  };
}
