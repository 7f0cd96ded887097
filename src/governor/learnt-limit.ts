/**
 * Stores for an hour the limit that replicas have learnt from refusals. Any program may write the rate's state in
 * Redis, so a limit in that state is used for one window only. A signed entry states the limit and its end to all
 * replicas.
 */
import { entryKey, type Store } from '../store/store.js';
import { learntForMs } from './bucket.js';

export interface LearntLimit {
  /** The limit that replicas have learnt from refusals, or the configured limit. */
  readonly limit: number;
  /** Records a limit that this process has learnt from a refusal, and shares it with the other replicas. */
  learn(limit: number): Promise<void>;
  /** Reads from the store whether another replica has learnt a limit. */
  look(): Promise<void>;
}

export interface LearntLimitOptions {
  readonly configured: number;
  /** Milliseconds for which the state in Redis stores a limit. */
  readonly windowMs: number;
  /** A store that returns only entries written by replicas. @default none */
  readonly signed?: Pick<Store, 'get' | 'set'> | undefined;
  readonly subject: readonly string[];
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
  /** Returns milliseconds since 1970. @default Date.now */
  readonly time?: () => number;
}

/** Maximum number of milliseconds between two reads of the store. A short window has `looksInWindow` reads. */
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
      // The entry is checked, because another replica may have another configured limit.
      if (limit >= 1 && limit <= configured) note(limit, Math.min(until - time(), learntForMs));
    },
  };
}

const nothing = [NaN, NaN] as const;

/** Reads a stored limit. Replicas of another version may write another format. */
function read(text = ''): readonly [limit: number, until: number] {
  const [, limit, until] = /^\[(\d+),(\d+(?:\.\d+)?)\]$/.exec(text) ?? [];
  return limit === undefined ? nothing : [Number(limit), Number(until)];
}
