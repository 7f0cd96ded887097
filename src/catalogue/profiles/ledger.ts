/** The account of one operation's upstream requests: a promise made before the first is kept at every send. */
import { PmsError } from '../../errors.js';

export interface Ledger {
  /** The bound that was promised; `requests` never passes it. */
  readonly estimated: number;
  readonly spent: number;
  readonly bytes: number;
  /** Questions that were answered without a send of this operation. */
  readonly cacheHits: number;
  /** Milliseconds since the oldest of those answers was fetched; undefined where there are none. */
  readonly age: number | undefined;
  /** Called right before every send, replays too. @throws Spent when the promise leaves none. */
  take(): void;
  /**
   * Whether a further page may be asked for without starving the questions that are still to come.
   * @param share of what is kept back that is needed if paging ends here, 0 to 1
   */
  mayPage(share?: number): boolean;
  /** From now on so many requests are kept back for what is still to come, so that paging cannot starve it. */
  keepBack(requests: number): void;
  receive(bytes: number): void;
  /** A question was answered without a send. @param age of the answer, in milliseconds */
  hit(age: number): void;
  /** Another way is taken than was planned, which needs so many requests more: the promise is made anew, within the budget. */
  replan(requests: number): void;
}

/** The promised requests, or the operation's time, are used up: what is missing is marked, not fetched. */
export class Spent extends PmsError {
  readonly reason: 'BUDGET' | 'TIME';

  constructor(reason: Spent['reason']) {
    const [code, message] =
      reason === 'BUDGET'
        ? ([
            'UPSTREAM_BUDGET_EXCEEDED',
            'This operation has used up the upstream requests that it was granted.',
          ] as const)
        : (['UPSTREAM_TIMEOUT', 'This operation has used up the time that it may take.'] as const);
    super(code, message);
    this.reason = reason;
  }
}

/** @param promised the bound at first @param budget what no promise goes beyond */
export function createLedger(promised: number, budget: number): Ledger {
  return new OperationLedger(promised, budget);
}

class OperationLedger implements Ledger {
  estimated: number;
  spent = 0;
  bytes = 0;
  cacheHits = 0;
  age: number | undefined;
  private keptBack = 0;

  constructor(
    promised: number,
    private readonly budget: number,
  ) {
    this.estimated = promised;
  }

  take(): void {
    if (this.spent >= this.estimated) throw new Spent('BUDGET');
    this.spent += 1;
  }

  mayPage(share = 1): boolean {
    return this.spent + Math.ceil(this.keptBack * share) < this.estimated;
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

  replan(requests: number): void {
    this.estimated = Math.min(this.budget, Math.max(this.estimated, this.spent + requests));
  }
}
