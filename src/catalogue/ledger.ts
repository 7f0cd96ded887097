/** The account of one operation's upstream requests: a promise made before the first is kept at every send. */
import { PmsError } from '../errors.js';

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
  let estimated = promised;
  let spent = 0;
  let bytes = 0;
  let cacheHits = 0;
  let oldest: number | undefined;
  let keptBack = 0;
  return {
    get estimated() {
      return estimated;
    },
    get spent() {
      return spent;
    },
    get bytes() {
      return bytes;
    },
    get cacheHits() {
      return cacheHits;
    },
    get age() {
      return oldest;
    },
    take() {
      if (spent >= estimated) throw new Spent('BUDGET');
      spent += 1;
    },
    mayPage: (share = 1) => spent + Math.ceil(keptBack * share) < estimated,
    keepBack(requests) {
      keptBack = requests;
    },
    replan(requests) {
      estimated = Math.min(budget, Math.max(estimated, spent + requests));
    },
    receive(size) {
      bytes += size;
    },
    hit(age) {
      cacheHits += 1;
      oldest = Math.max(oldest ?? 0, age);
    },
  };
}
