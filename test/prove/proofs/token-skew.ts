/** Processes whose clocks are wrong by up to 15 minutes must share a token like processes with right clocks. */
import { allAnswered } from '../fleet.js';
import type { Proof } from '../proof.js';
import { onStage } from '../stage.js';

const minute = 60_000;

export const tokenSkew: Proof = ({ seed, isShort }) => {
  const [lifetime, seconds, perSecond] = isShort ? [10, 18, 10] : [5, 60, 50];
  const skews = [-15, -1, 1, 15].map((minutes) => minutes * minute);
  return onStage({ lifetime }, async ({ issuer, upstream, ...stage }) => {
    const fleet = await stage.fleet({ size: skews.length, seed, skews });
    await fleet.run({ kind: 'open', scope: 'skew' });
    const load = await fleet.run({ kind: 'rate', perSecond, ms: seconds * 1_000 });
    const requests = issuer.requests.length;
    return {
      holds: {
        'requests are generations': issuer.surplus() === 0,
        'there are as many generations as fit': requests >= Math.floor(seconds / (0.9 * lifetime)),
        'no token is used beyond its life': upstream.refusals === 0,
        'every call is answered': allAnswered(load),
      },
      figures: {
        skewMinutes: skews.map((skew) => skew / minute),
        lifetimeSeconds: lifetime,
        seconds,
        calls: load.calls,
        outcomes: load.outcomes,
        requests,
        surplus: issuer.surplus(),
        refusals: upstream.refusals,
      },
    };
  });
};
