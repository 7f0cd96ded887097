/** Watches the expiry of the client secret, and warns in good time. */
import { dayMs, daysLeft } from './days-left.js';

const hour = 3_600_000;

/** Days before the expiry at which a warning is due; 0 is the expiry itself. */
export const warningDays = [90, 60, 30, 14, 7, 3, 1, 0] as const;

export const renewalAdvice =
  'Ask EMA for a new secret in good time before that day: EMA Service Desk, form "Request SPOR API Services", type PMS, public production environment. Set it as PMS_CLIENT_SECRET_NEXT.';

export interface SecretExpiry {
  readonly at: Date;
  /** Whole days that are left; negative once it has expired. */
  readonly daysLeft: number;
  /** The last of `warningDays` that has been reached; undefined before the first. */
  readonly warning: (typeof warningDays)[number] | undefined;
}

export function secretExpiry(at: Date, now = Date.now()): SecretExpiry {
  const left = at.getTime() - now;
  return {
    at,
    daysLeft: daysLeft(at, now),
    warning: warningDays.findLast((days) => left <= days * dayMs),
  };
}

/**
 * Returns the expiry for the readiness answer. A secret about to expire does not make the service unready, but calls
 * for action.
 */
export function expiryTold(at: Date): Readonly<Record<string, unknown>> {
  const { daysLeft, warning } = secretExpiry(at);
  return {
    secretExpires: at.toISOString(),
    secretDaysLeft: daysLeft,
    ...(warning !== undefined && { warnings: [`The client secret expires. ${renewalAdvice}`] }),
  };
}

/**
 * Warns at once where a warning is due, and again when the next of the days is reached. Returns a function that stops
 * the watch.
 */
export function watchSecretExpiry(at: Date, warn: (expiry: SecretExpiry) => void): () => void {
  let warned = Number.POSITIVE_INFINITY;
  function check(): void {
    const expiry = secretExpiry(at);
    if (expiry.warning === undefined || expiry.warning >= warned) return;
    warned = expiry.warning;
    warn(expiry);
  }
  check();
  const timer = setInterval(check, hour);
  timer.unref();
  return () => clearInterval(timer);
}
