/** The account of one operation's upstream requests: none is sent beyond its budget. */
import { PmsError } from '../../errors.js';

export interface Ledger {
  /**
   * The bound that was worked out before the first request. It grows with `spent` where more records came than
   * foreseen: nothing is left out while there is budget for it.
   */
  readonly estimated: number;
  readonly spent: number;
  readonly bytes: number;
  /** Questions that were answered without a request of this operation. */
  readonly cacheHits: number;
  /** Milliseconds since the oldest of those answers was fetched; undefined where there are none. */
  readonly age: number | undefined;
  /** Counts one request. Called right before each one, repeated ones too. @throws Spent when the budget is used up */
  take(): void;
  /**
   * Whether a further page may be requested and enough requests remain for the questions still to come.
   * @param share of the requests kept back that is needed if paging ends here, 0 to 1
   */
  mayPage(share?: number): boolean;
  /** Keeps so many requests back from now on for the questions still to come, so that paging cannot use them up. */
  keepBack(requests: number): void;
  receive(bytes: number): void;
  /** Notes a question that was answered without a request. @param age of the answer, in milliseconds */
  hit(age: number): void;
}

/**
 * Thrown when the operation has used up its requests or its time. The missing parts are then marked, and not fetched.
 */
export class Spent extends PmsError {
  readonly reason: 'BUDGET' | 'TIME';

  constructor(reason: Spent['reason']) {
    const [code, message] =
      reason === 'BUDGET'
        ? ([
            'UPSTREAM_BUDGET_EXCEEDED',
            'This operation has used up its upstream requests. Ask for less at once.',
          ] as const)
        : (['UPSTREAM_TIMEOUT', 'This operation has used up its time. Ask for less at once.'] as const);
    super(code, message);
    this.reason = reason;
  }
}

/** @param foreseen the bound that was worked out @param budget most requests */
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
