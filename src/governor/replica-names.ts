/**
 * Names the replicas that share a rate in Redis. Any program may write names there, and each name makes the shares of
 * replicas smaller while Redis is down. So each name carries a signature, and only signed names are counted.
 */
import { randomUUID } from 'node:crypto';
import { entryKey } from '../store/store.js';
import type { Signatures } from '../store/signatures.js';

export interface ReplicaNames {
  /** Returns the signed name of this process: `id.hour.signature`. It changes every hour. */
  own(): string;
  /** Returns the number of different replicas among the names in Redis, at least 1: this process. */
  count(names: readonly string[]): number;
}

const hourMs = 3_600_000;

/**
 * @param signatures undefined: every name counts
 * @param time returns milliseconds since 1970. @default Date.now
 */
export function createReplicaNames(
  signatures: Signatures | undefined,
  subject: readonly string[],
  time: () => number = Date.now,
): ReplicaNames {
  const place = entryKey('rate', subject, 'replica');
  const id = randomUUID();
  let own = { hour: NaN, name: '' };
  /** Signed names of the last call, so that each name is checked once. */
  let signed: ReadonlySet<string> = new Set();
  const hourNow = (): number => Math.floor(time() / hourMs);

  /** Somebody may write the name of a replica that has ended. A name is valid for an hour more, or an hour too early. */
  function isValid(name: string): boolean {
    const [of = '', hour = '', signature = ''] = name.split('.');
    if (!(Math.abs(Number(hour) - hourNow()) <= 1)) return false;
    return signed.has(name) || !signatures || signatures.accepts(place, `${of}.${hour}`, signature);
  }

  return {
    own() {
      const hour = hourNow();
      if (own.hour === hour) return own.name;
      const text = `${id}.${hour}`;
      own = { hour, name: signatures ? `${text}.${signatures.each(place, text)[0]}` : text };
      return own.name;
    },
    count(names) {
      signed = new Set(names.filter(isValid));
      return new Set([id, ...[...signed].map((name) => name.split('.')[0])]).size;
    },
  };
}
