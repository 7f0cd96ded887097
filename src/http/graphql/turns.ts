/**
 * Queues tasks that block the event loop. After each task there is a pause as long as the task took. So small
 * requests are handled in between, however many large ones arrive together.
 */

/** Resolves when the caller may start its task. The task must be synchronous. */
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
    // `setImmediate` runs after the caller's synchronous task.
    setImmediate(() => setTimeout(next, performance.now() - began));
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (!isBusy) next();
    });
}
