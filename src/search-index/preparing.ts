/** What is worked out of all rows is made before anybody asks for it: whoever asks first would have to wait. */

export interface Preparing {
  /** There are other rows, or other terms. */
  changed(): void;
  stop(): void;
}

export interface PreparingOptions {
  /** Milliseconds after a change: others mostly follow. @default 1000 */
  readonly pauseMs?: number;
}

/** While much is written it takes no more than this part of the time. */
const share = 0.05;

/** @param prepare what fails in it is not told: whoever asks learns of it */
export function createPreparing(
  prepare: () => Promise<void>,
  { pauseMs = 1_000 }: PreparingOptions = {},
): Preparing {
  let timer: NodeJS.Timeout | undefined;
  let isMaking = false;
  let isChanged = false;
  let isStopped = false;
  let notBefore = 0;

  function schedule(): void {
    if (isStopped || timer || isMaking) return;
    timer = setTimeout(() => void make(), Math.max(pauseMs, notBefore - performance.now()));
    // It holds up no process that is done otherwise.
    timer.unref();
  }

  async function make(): Promise<void> {
    [timer, isMaking, isChanged] = [undefined, true, false];
    const began = performance.now();
    await prepare().catch(() => undefined);
    const ended = performance.now();
    notBefore = ended + (ended - began) / share;
    isMaking = false;
    if (isChanged) schedule();
  }

  return {
    changed() {
      isChanged = true;
      schedule();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
