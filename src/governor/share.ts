/** Computes the number of permits that one replica may use while Redis cannot be reached. */

/** The state in Redis's last response. */
export interface Contact {
  /** The time of the response, in monotonic milliseconds. */
  readonly at: number;
  readonly limit: number;
  /** Permits that all replicas had used in the window at that time. */
  readonly used: number;
  readonly replicas: number;
}

/** The number of replicas that is assumed if none is configured and Redis has never reported one. */
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
 * Returns how many permits a replica may use while Redis cannot be reached. In the first window, this is the number
 * that the replica itself has used, plus its part of half of the unused permits. The other half covers what other
 * replicas used since Redis's last response. Together all replicas stay within the limit, without communication.
 * After the first window, it is the replica's share of the limit.
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
