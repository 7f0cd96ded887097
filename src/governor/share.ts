/**
 * Computes what one replica may use while it cannot see the others. It is pure, so that the arithmetic can be read and
 * tested.
 */

/** The state at Redis's last answer. */
export interface Contact {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly limit: number;
  /** Permits used by all replicas in the window up to then. */
  readonly used: number;
  readonly replicas: number;
}

/** The assumed number of replicas where none was ever seen and none is set. */
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
 * Returns the allowance of a replica on its own. In the first window it may use as much as it had used itself, and its
 * part of half of the unused permits. The other half covers what the others used since it last saw them. The allowances
 * of all add up, so that together they stay within the limit without communication. After that window each replica is
 * down to its share.
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
