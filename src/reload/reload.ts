/**
 * Reloads files while the service runs: when they change, and when the operator asks for it (SIGHUP). Files that cannot
 * be used change nothing, and the log says so.
 */
import type { Log } from '../log.js';
import type { Reloadable } from './reloadable.js';

export interface Reload {
  /** Reads all files now, changed or not. Never rejects. */
  now(): Promise<void>;
  stop(): void;
}

/** Milliseconds between two checks for changes. */
const checkMs = 1_000;

/** @param all their files have been read already */
export function startReload(all: readonly Reloadable[], log: Log): Reload {
  const stamps = new Map(all.map((each) => [each, each.stamp()]));
  let last = Promise.resolve();

  async function load(each: Reloadable): Promise<void> {
    // A change that comes after this line is noticed at the next check.
    stamps.set(each, each.stamp());
    try {
      await each.load();
      log.info('reload.done', { reloaded: each.name });
    } catch (error) {
      log.error('reload.failed', { reloaded: each.name, error, advice: 'stillInUse' });
    }
  }

  /** Reloads run one after the other, so that the content of the last file wins. */
  function run(isWanted: (each: Reloadable) => boolean): Promise<void> {
    last = last.then(async () => {
      for (const each of all) if (isWanted(each)) await load(each);
    });
    return last;
  }

  const timer = setInterval(() => void run((each) => each.stamp() !== stamps.get(each)), checkMs);
  timer.unref();
  return {
    now: () => run(() => true),
    stop: () => clearInterval(timer),
  };
}
