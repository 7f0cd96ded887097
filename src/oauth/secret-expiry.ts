/** Watches the expiry of the client secret, and warns months before it. */
import { dayMs, daysLeft } from './days-left.js';

const hour = 3_600_000;

/** The numbers of days before the expiry on which a warning is logged. 0 is the day of the expiry. */
export const warningDays = [90, 60, 30, 14, 7, 3, 1, 0] as const;

export const renewalAdvice =
  'Ask EMA for a new secret in good time before that day: EMA Service Desk, form "Request SPOR API Services", type PMS, public production environment. Set it as PMS_CLIENT_SECRET_NEXT.';

export interface SecretExpiry {
  readonly at: Date;
  /** Whole days until the expiry. Negative after it. */
  readonly daysLeft: number;
  /** The last entry of `warningDays` that has been reached. Undefined if none has been reached. */
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
 * Returns the expiry for the response of `/health/ready`. The service is still ready if the secret is about to
 * expire, but the operator must act.
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
 * Logs a warning at once if one is due, and again at each further entry of `warningDays`. Returns a function that
 * stops this.
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
