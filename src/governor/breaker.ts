/**
 * A circuit breaker for an upstream that is down. Cockatiel decides when it opens. Cockatiel's own policy is not
 * used, because its calls wait for a running probe, and a probe without a response lasts until the timeout of a call.
 */
import { CircuitState, CountBreaker } from 'cockatiel';

export interface Breaker {
  readonly isOpen: boolean;
  /**
   * Returns whether a call may be sent: any call while the breaker is closed, one probe per `probeMs` while it is open.
   */
  admits(): boolean;
  /** Records the outcome of a call. The first success closes the breaker. */
  record(hasFailed: boolean): void;
}

export interface BreakerOptions {
  readonly onChange?: (state: 'open' | 'closed') => void;
  /** Milliseconds between the starts of two probes. @default 1000 */
  readonly probeMs?: number;
  /** Returns monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

export function createBreaker({
  onChange = () => undefined,
  probeMs = 1_000,
  now = () => performance.now(),
}: BreakerOptions = {}): Breaker {
  const rule = new CountBreaker({ threshold: 0.5, size: 20, minimumNumberOfCalls: 5 });
  let isOpen = false;
  let probedAt = -Infinity;

  return {
    get isOpen() {
      return isOpen;
    },
    admits() {
      if (!isOpen) return true;
      if (now() - probedAt < probeMs) return false;
      probedAt = now();
      return true;
    },
    record(hasFailed) {
      const state = isOpen ? CircuitState.HalfOpen : CircuitState.Closed;
      if (!hasFailed) {
        rule.success(state);
        if (isOpen) onChange('closed');
        isOpen = false;
      } else if (rule.failure(state) && !isOpen) {
        isOpen = true;
        probedAt = now();
        onChange('open');
      }
    },
  };
}
