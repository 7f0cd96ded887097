/**
 * Keeps the limit that replicas have learnt from refusals, for an hour. Any program may write the rate's state in Redis,
 * so that a limit there counts for a window alone. A signed entry tells all replicas the limit, and when it ends.
 */
import { entryKey, type Store } from '../store/store.js';
import { learntForMs } from './bucket.js';

export interface LearntLimit {
  /** The limit that replicas have learnt; the configured one where they have learnt none. */
  readonly limit: number;
  /** Notes a limit that this process has learnt, and tells the other replicas. */
  learn(limit: number): Promise<void>;
  /** Looks for a limit that another replica has learnt. */
  look(): Promise<void>;
}

export interface LearntLimitOptions {
  readonly configured: number;
  /** Milliseconds for which the state in Redis keeps a limit. */
  readonly windowMs: number;
  /** Returns only entries that replicas have written. @default none */
  readonly signed?: Pick<Store, 'get' | 'set'> | undefined;
  readonly subject: readonly string[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. @default Date.now */
  readonly time?: () => number;
}

/** Milliseconds between two looks, at most. In shorter windows there are as many looks. */
const lookingMs = 5_000;
const looksInWindow = 10;

export function createLearntLimit({
  configured,
  windowMs,
  signed,
  subject,
  now,
  time = Date.now,
}: LearntLimitOptions): LearntLimit {
  const place = entryKey('rate', subject, 'learnt');
  let learnt = { limit: configured, until: -Infinity };
  let lookedAt = -Infinity;

  function note(limit: number, forMs: number): void {
    if (forMs > 0) learnt = { limit, until: now() + forMs };
  }

  return {
    get limit() {
      return now() < learnt.until ? learnt.limit : configured;
    },
    async learn(limit) {
      note(limit, learntForMs);
      await signed?.set(place, JSON.stringify([limit, time() + learntForMs]), learntForMs);
    },
    async look() {
      if (!signed || now() < lookedAt + Math.min(lookingMs, windowMs / looksInWindow)) return;
      lookedAt = now();
      const [limit, until] = read((await signed.get(place))?.value.toString());
      // Replicas may be configured otherwise.
      if (limit >= 1 && limit <= configured) note(limit, Math.min(until - time(), learntForMs));
    },
  };
}

const nothing = [NaN, NaN] as const;

/** Replicas of another version may write another form. */
function read(text = ''): readonly [limit: number, until: number] {
  const [, limit, until] = /^\[(\d+),(\d+(?:\.\d+)?)\]$/.exec(text) ?? [];
  return limit === undefined ? nothing : [Number(limit), Number(until)];
}
