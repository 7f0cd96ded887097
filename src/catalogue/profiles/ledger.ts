/** Counts the upstream requests of one operation, and refuses requests beyond its budget. */
import { PmsError } from '../../errors.js';

export interface Ledger {
  /**
   * The bound that was computed before the first request. It grows with `spent` if there are more records than
   * forecast, because the operation may use its whole budget.
   */
  readonly estimated: number;
  readonly spent: number;
  readonly bytes: number;
  /** Upstream reads for which this operation sent no request. */
  readonly cacheHits: number;
  /**
   * Milliseconds since the upstream sent the oldest response for which this operation sent no request; undefined
   * without such responses.
   */
  readonly age: number | undefined;
  /**
   * Counts one request. It is called right before each request and each retry.
   * @throws Spent if the budget is used up
   */
  take(): void;
  /**
   * Whether another page may be requested, so that enough requests remain for the later steps of the plan.
   * @param share the part of the reserved requests that is still needed if no further page is read, 0 to 1
   */
  mayPage(share?: number): boolean;
  /** Reserves requests for the later steps of the plan, so that further pages cannot use them up. */
  keepBack(requests: number): void;
  receive(bytes: number): void;
  /**
   * Counts an upstream read for which no request was sent.
   * @param age the age of the response, in milliseconds
   */
  hit(age: number): void;
}

/**
 * Thrown if the operation has reached its limit of requests or of time. The parts that were not read are then marked
 * as missing.
 */
export class Spent extends PmsError {
  readonly reason: 'BUDGET' | 'TIME';

  constructor(reason: Spent['reason']) {
    const [code, message] =
      reason === 'BUDGET'
        ? ([
            'UPSTREAM_BUDGET_EXCEEDED',
            'This operation has reached its limit of upstream requests. Request less data in one operation.',
          ] as const)
        : ([
            'UPSTREAM_TIMEOUT',
            'This operation has reached its time limit. Request less data in one operation.',
          ] as const);
    super(code, message);
    this.reason = reason;
  }
}

/**
 * @param foreseen the bound that the plan computed
 * @param budget the maximum number of requests
 */
export function createLedger(foreseen: number, budget: number): Ledger {
  return new OperationLedger(foreseen, budget);
}

class OperationLedger implements Ledger {
  spent = 0;
  bytes = 0;
  cacheHits = 0;
  age: number | undefined;
  private keptBack = 0;

  constructor(
    private readonly foreseen: number,
    private readonly budget: number,
  ) {}

  get estimated(): number {
    return Math.max(this.foreseen, this.spent);
  }

  take(): void {
    if (this.spent >= this.budget) throw new Spent('BUDGET');
    this.spent += 1;
  }

  mayPage(share = 1): boolean {
    return this.spent + Math.ceil(this.keptBack * share) < this.budget;
  }

  keepBack(requests: number): void {
    this.keptBack = requests;
  }

  receive(bytes: number): void {
    this.bytes += bytes;
  }

  hit(age: number): void {
    this.cacheHits += 1;
    this.age = Math.max(this.age ?? 0, age);
  }
}
