/** What one replica may use while it cannot see the others: pure, so that the arithmetic can be read and tested. */

/** What was known when Redis answered last. */
export interface Contact {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly limit: number;
  /** By all replicas, in the window up to then. */
  readonly used: number;
  readonly replicas: number;
}

/** Taken for the number of replicas where none was ever seen and none is set. */
const unseen = 4;

export function shareOf({
  configured,
  contact,
  replicas,
}: {
  readonly configured: number;
  readonly contact: Contact | undefined;
  readonly replicas: number | undefined;
}): { readonly limit: number; readonly replicas: number } {
  const count = Math.max(1, replicas ?? contact?.replicas ?? unseen);
  return { limit: Math.max(1, Math.floor((contact?.limit ?? configured) / count)), replicas: count };
}

/**
 * For the first window: no more than it had used itself, and its part of half of what nobody had; the other half is
 * for what was used since it saw the others last. What all have used together adds up, so that they stay within the
 * limit without a word; and after that window each has come down to its share.
 */
export function allowanceAlone({
  share,
  contact,
  alone,
  now,
  windowMs,
}: {
  readonly share: number;
  readonly contact: Contact | undefined;
  readonly alone: { readonly since: number; readonly own: number };
  readonly now: number;
  readonly windowMs: number;
}): number {
  if (!contact || now >= alone.since + windowMs) return share;
  const usedSince = (2 * (alone.since - contact.at) * contact.limit) / windowMs;
  const unused = Math.max(0, (contact.limit - contact.used) / 2 - usedSince);
  return Math.min(share, alone.own + Math.floor(unused / contact.replicas));
}
