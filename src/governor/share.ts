/** Computes the permits that one replica may use while Redis is unavailable. */
import type { BucketOptions } from './bucket.js';

/** The state in Redis's last response. */
export interface Contact {
  /** The time of the response, in monotonic milliseconds. */
  readonly at: number;
  readonly limit: number;
  /** Permits that all replicas had used in the window at that time. */
  readonly used: number;
  /** The number of replicas, if Redis has reported it by then. */
  readonly replicas: number | undefined;
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
  replicas,
  alone,
  now,
  windowMs,
}: {
  readonly share: number;
  readonly contact: Omit<Contact, 'replicas'> | undefined;
  readonly replicas: number;
  readonly alone: { readonly since: number; readonly own: number };
  readonly now: number;
  readonly windowMs: number;
}): number {
  if (!contact || now >= alone.since + windowMs) return share;
  const usedSince = (2 * (alone.since - contact.at) * contact.limit) / windowMs;
  const unused = Math.max(0, (contact.limit - contact.used) / 2 - usedSince);
  return Math.min(share, alone.own + Math.floor(unused / replicas));
}

/** The share of a replica. The replica uses it from the first request without Redis until it has rejoined Redis. */
export interface OwnShare {
  readonly isUsed: boolean;
  /** Returns the permits that the replica may use in the current window. Begins to use the share. */
  limit(): number;
  /** Ends the use of the share. */
  end(): void;
}

export interface OwnShareOptions extends Required<Pick<BucketOptions, 'windowMs' | 'onEvent' | 'now'>> {
  readonly configured: number;
  /** The configured number of replicas. */
  readonly replicas: number | undefined;
  readonly contact: () => Contact | undefined;
  /** Returns the number of permits that this replica has used in the current window. */
  readonly used: () => number;
}

export function createOwnShare({
  configured,
  replicas: configuredReplicas,
  windowMs,
  contact: lastContact,
  used,
  onEvent,
  now,
}: OwnShareOptions): OwnShare {
  let alone: { readonly since: number; readonly own: number } | undefined;
  return {
    get isUsed() {
      return alone !== undefined;
    },
    limit() {
      const contact = lastContact();
      const { limit: share, replicas } = shareOf({ configured, contact, replicas: configuredReplicas });
      if (!alone) {
        alone = { since: now(), own: used() };
        onEvent({ kind: 'alone', limit: share, replicas });
      }
      return allowanceAlone({ share, contact, replicas, alone, now: now(), windowMs });
    },
    end() {
      if (alone) onEvent({ kind: 'shared' });
      alone = undefined;
    },
  };
}
