/**
 * A token that the upstream refuses to all processes at once is renewed once. If every token is refused with 401, at most two token
 * requests a minute are sent. With 403, none is sent.
 */
import { allAnswered } from '../fleet.js';
import type { Proof } from '../proof.js';
import { onStage } from '../stage.js';

export const token401Storm: Proof = ({ seed, isShort }) => {
  const [storms, calls, seconds] = isShort ? [3, 100, 3] : [20, 500, 125];
  const size = 4;
  return onStage({ lifetime: 3_600 }, async ({ issuer, upstream, ...stage }) => {
    const fleet = await stage.fleet({ size, seed });
    await fleet.run({ kind: 'open', scope: 'storm' });
    const warm = await fleet.run({ kind: 'burst', calls });

    const renewals: number[] = [];
    let areAnswered = allAnswered(warm);
    for (let storm = 0; storm < storms; storm++) {
      const before = issuer.requests.length;
      upstream.revoke();
      areAnswered &&= allAnswered(await fleet.run({ kind: 'burst', calls }));
      renewals.push(issuer.requests.length - before);
    }

    const forbiddenBefore = issuer.requests.length;
    await upstream.become(403);
    const forbidden = await fleet.run({ kind: 'burst', calls });
    const forbiddenRenewals = issuer.requests.length - forbiddenBefore;

    const refusedBefore = issuer.requests.length;
    await upstream.become(401);
    const refused = await fleet.run({ kind: 'rate', perSecond: 10, ms: seconds * 1_000 });
    const askedAt = issuer.requests.slice(refusedBefore).map(({ at }) => at);
    const inAMinute = askedAt.map((from) => askedAt.filter((at) => at >= from && at < from + 59_000).length);

    return {
      holds: {
        'one renewal for each storm': renewals.every((count) => count === 1),
        'every call of a storm is answered': areAnswered,
        '403 renews nothing': forbidden.outcomes['403'] === size * calls && forbiddenRenewals === 0,
        'at most two requests a minute when all is refused': Math.max(...inAMinute) <= 2,
        'what is refused for good is told': refused.outcomes['401'] === refused.calls,
      },
      figures: {
        processes: size,
        callsPerStorm: size * calls,
        renewals,
        forbidden: forbidden.outcomes,
        forbiddenRenewals,
        refusedSeconds: seconds,
        refusedCalls: refused.calls,
        refusedRequests: askedAt.length,
        mostInAMinute: Math.max(...inAMinute),
      },
    };
  });
};
