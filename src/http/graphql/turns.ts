/**
 * Queues work that blocks the event loop: one job after the other, each followed by a pause as long as the job took. So
 * small requests are answered in between, however many large ones arrive at once.
 */

/** Resolves when it is the caller's turn. The work is what the caller does before the event loop goes on. */
export type Turns = () => Promise<void>;

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let isBusy = false;

  function next(): void {
    const begin = waiting.shift();
    isBusy = begin !== undefined;
    if (!begin) return;
    const began = performance.now();
    begin();
    // By then the synchronous work is done.
    setImmediate(() => setTimeout(next, performance.now() - began));
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (!isBusy) next();
    });
}
