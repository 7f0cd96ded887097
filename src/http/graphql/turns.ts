/**
 * Turns for work that keeps the event loop busy: one after the other, each followed by a rest as long as it took. What
 * is small is answered in between, however much of what is large is asked for at once.
 */

/** Resolves when it is one's turn: the work is what is done before the event loop goes on. */
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
    // By then it has done what it had to do.
    setImmediate(() => setTimeout(next, performance.now() - began));
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (!isBusy) next();
    });
}
