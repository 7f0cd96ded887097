/**
 * The upstream fails always or at random, in each of five ways. At most 1.10 requests may be sent for each call. If all requests
 * fail, most calls are refused without a request, so those that are sent are also counted separately. If some fail, retries must
 * succeed for a part.
 */
import type { Proof, Run } from '../proof.js';
import { onStage } from '../stage.js';
import type { UpstreamMode } from '../upstream.js';
import type { Report } from '../worker.js';

const failures: readonly (readonly [UpstreamMode, readonly number[]])[] = [
  ['refused', [1]],
  ['reset', [1, 0.3]],
  ['503', [1, 0.3]],
  ['429', [1, 0.3]],
  ['black hole', [1, 0.3]],
];

interface Outcome {
  readonly failing: string;
  readonly load: Report;
  /** Requests for each call during the failure. */
  readonly amplification: number;
  /** Requests for each call that was sent, before and during the failure. */
  readonly overall: number;
}

export const retryBudget: Proof = async (run) => {
  const outcomes: Outcome[] = [];
  const cases = failures.flatMap(([mode, shares]) => shares.map((share) => [mode, share] as const));
  // One case after the other, with two processes each. In the short run all cases at once, with one process each.
  if (run.isShort)
    outcomes.push(...(await Promise.all(cases.map(([mode, share]) => fail(mode, share, run)))));
  else for (const [mode, share] of cases) outcomes.push(await fail(mode, share, run));
  return {
    holds: {
      'at most 1.10 requests for a call': outcomes.every(({ amplification }) => amplification <= 1.1),
      'at most 1.10 requests for a call that is sent': outcomes.every(({ overall }) => overall <= 1.1),
      'what failed at random is sent again': outcomes
        .filter(({ failing }) => failing === 'reset of 30 %' || failing === '503 of 30 %')
        .every(({ load }) => load.retries > 0),
      'calls are sent in each case': outcomes.every(({ load }) => load.sent > 0),
    },
    figures: {
      failing: Object.fromEntries(
        outcomes.map(({ failing, load, amplification, overall }) => [
          failing,
          {
            amplification,
            overall,
            calls: load.calls,
            sent: load.sent,
            retries: load.retries,
            outcomes: load.outcomes,
          },
        ]),
      ),
    },
  };
};

function fail(mode: UpstreamMode, share: number, { seed, isShort }: Run): Promise<Outcome> {
  return onStage({ lifetime: 3_600 }, async ({ upstream, ...stage }) => {
    const fleet = await stage.fleet({ size: isShort ? 1 : 2, seed, timeoutMs: 500, deadlineMs: 3_000 });
    await fleet.run({ kind: 'open', scope: 'retries' });
    // Successful calls add to the budget of retries.
    const good = await fleet.run({ kind: 'burst', calls: 100 });
    await upstream.become(mode, share);
    const load = await fleet.run({
      kind: 'rate',
      perSecond: isShort ? 40 : 100,
      ms: isShort ? 5_000 : 15_000,
    });
    return {
      failing: share === 1 ? String(mode) : `${mode} of ${100 * share} %`,
      load,
      amplification: ratio(load.sent + load.retries, load.calls),
      overall: ratio(good.sent + good.retries + load.sent + load.retries, good.sent + load.sent),
    };
  });
}

function ratio(requests: number, calls: number): number {
  return Number((requests / Math.max(1, calls)).toFixed(3));
}
