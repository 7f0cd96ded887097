/** Tokens that live for seconds, under load. One token request for each token, and no call waits for a renewal. */
import { allAnswered } from '../fleet.js';
import type { Proof } from '../proof.js';
import { onStage } from '../stage.js';

export const tokenContinuity: Proof = ({ seed, isShort }) => {
  // Short lives leave little time for renewals. In the short run they are longer, because other tests share the machine.
  const [lifetime, seconds, perSecond] = isShort ? [10, 20, 20] : [5, 120, 50];
  const size = 4;
  return onStage({ lifetime }, async ({ issuer, upstream, ...stage }) => {
    const fleet = await stage.fleet({ size, seed });
    await fleet.run({ kind: 'open', scope: 'continuity' });
    const start = await fleet.run({ kind: 'burst', calls: 1 });
    const load = await fleet.run({ kind: 'rate', perSecond, ms: seconds * 1_000 });
    const requests = issuer.requests.length;
    const generations = requests - issuer.surplus();
    return {
      holds: {
        'requests are generations': requests === generations && requests === issuer.tokens.size,
        'every generation is used': upstream.seen.size === requests,
        'there are as many generations as fit': generations >= Math.floor(seconds / (0.9 * lifetime)),
        'no caller waited for a renewal': load.tokenWaits === start.tokenWaits,
        'every call is answered': allAnswered(load),
      },
      figures: {
        processes: size,
        lifetimeSeconds: lifetime,
        seconds,
        callsPerSecond: size * perSecond,
        calls: load.calls,
        outcomes: load.outcomes,
        requests,
        generations,
        waits: load.tokenWaits - start.tokenWaits,
        slowestMs: load.slowestMs,
      },
    };
  });
};
