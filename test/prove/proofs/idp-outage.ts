/** The token endpoint fails in each of seven ways. No call may fail while the current token is valid. */
import { allAnswered } from '../fleet.js';
import type { Mode } from '../issuer.js';
import { outages } from '../outages.js';
import type { Proof, Run } from '../proof.js';
import { onStage } from '../stage.js';
import type { Report } from '../worker.js';

interface Outcome {
  readonly mode: Mode;
  readonly load: Report;
  readonly requests: number;
}

export const idpOutage: Proof = async (run) => {
  const outcomes: Outcome[] = [];
  // One outage after the other, with four processes each. In the short run all outages at once, with one process each.
  if (run.isShort) outcomes.push(...(await Promise.all(outages.map((mode) => fail(mode, run)))));
  else for (const mode of outages) outcomes.push(await fail(mode, run));
  const figures = outcomes.map(({ mode, load, requests }) => [
    mode,
    { calls: load.calls, outcomes: load.outcomes, slowestMs: load.slowestMs, requests },
  ]);
  return {
    holds: {
      'no call fails while the token lives': outcomes.every(({ load }) => allAnswered(load)),
      'a renewal was tried in each outage': outcomes.every(({ requests }) => requests > 0),
      'the endpoint is not run over': outcomes.every(({ requests }) => requests <= lifetimeOf(run)),
    },
    figures: {
      lifetimeSeconds: lifetimeOf(run),
      modes: Object.fromEntries(figures) as Record<string, unknown>,
    },
  };
};

function lifetimeOf({ isShort }: Run): number {
  return isShort ? 10 : 20;
}

function fail(mode: Mode, run: Run): Promise<Outcome> {
  const lifetime = lifetimeOf(run);
  const [size, perSecond] = run.isShort ? [1, 10] : [4, 50];
  return onStage({ lifetime }, async ({ issuer, ...stage }) => {
    const fleet = await stage.fleet({ size, seed: run.seed });
    await fleet.run({ kind: 'open', scope: mode });
    const start = await fleet.run({ kind: 'burst', calls: 1 });
    const expires = Math.min(...issuer.tokens.values());
    await issuer.become(mode);
    // Ends one second before the token expires: a later call might arrive too late.
    const ms = expires - performance.now() - 1_000;
    const load = await fleet.run({ kind: 'rate', perSecond, ms });
    return { mode, load, requests: load.tokenRequests - start.tokenRequests };
  });
}
