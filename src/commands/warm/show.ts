/** Shows the progress of a run. On a terminal this is a bar that is redrawn, elsewhere one line every 5 seconds. */
import { anew, type Screen } from '../screen.js';
import { bar, doneOf, line, type Span, type Tally } from './tally.js';

const barMs = 200;
const lineMs = 5_000;
/** Milliseconds from whose progress the rate and the remaining time are computed. */
const spanMs = 15_000;

/**
 * Shows the progress.
 * @returns a function that stops the display and clears the bar
 */
export function show(
  tally: () => Tally,
  screen: Screen,
  everyMs = screen.isTTY ? barMs : lineMs,
): () => void {
  const spanTo = createSpans(tally());
  const draw = (): void => {
    const now = tally();
    const span = spanTo(now);
    if (!screen.isTTY) screen.write(`${line(now, span)}\n`);
    else screen.write(`${anew}${bar(now, span).slice(0, (screen.columns || 80) - 1)}`);
  };
  if (screen.isTTY) draw();
  const timer = setInterval(draw, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (screen.isTTY) screen.write(anew);
  };
}

/** Returns a function that computes the progress within the last `spanMs`, or since the beginning. */
function createSpans(first: Tally): (tally: Tally) => Span {
  // Products that an earlier run finished took no time in this run, so they are not counted.
  const sample = (tally: Tally) => ({
    at: performance.now(),
    products: doneOf(tally) - tally.before,
    requests: tally.requests,
  });
  const samples = [sample(first)];
  return (tally) => {
    const now = sample(tally);
    samples.push(now);
    while (samples.length > 2 && now.at - (samples[1]?.at ?? now.at) >= spanMs) samples.shift();
    const [from = now] = samples;
    return {
      ms: now.at - from.at,
      products: now.products - from.products,
      requests: now.requests - from.requests,
    };
  };
}
