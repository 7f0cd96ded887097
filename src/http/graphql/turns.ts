/**
 * Queues work that blocks the event loop: one job after another, each followed by a pause as long as the job took. So
 * small requests are handled in between, however many large ones arrive together.
 */

/** Resolves when the caller may begin. The caller must do its work synchronously after that. */
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
    // `setImmediate` runs after the caller's synchronous work.
    setImmediate(() => setTimeout(next, performance.now() - began));
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (!isBusy) next();
    });
}
