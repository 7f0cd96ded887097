/** Four replicas start without a token and get 500 operations each at once. Together they must send one token request. */
import { onStage } from '../stage.js';
import type { Proof } from '../proof.js';
import { startReplica } from '../replicas.js';
import { setTimeout } from 'node:timers/promises';

export const tokenHerd: Proof = async ({ seed, isShort }) => {
  const [trials, operations] = isShort ? [1, 100] : [20, 500];
  const replicas = 4;
  const tokenRequests: number[] = [];
  const outcomes: Record<string, number> = {};
  const events: Record<string, number> = {};
  await onStage({ lifetime: 3_600 }, async ({ issuer, upstream, redis }) => {
    for (let trial = 0; trial < trials; trial++) {
      const before = issuer.requests.length;
      const env = {
        PMS_BASE_URL: upstream.baseUrl,
        PMS_TOKEN_URL: issuer.tokenUrl,
        PMS_CLIENT_ID: 'proof',
        PMS_CLIENT_SECRET: 'proof-secret',
        // A new scope needs a new token, so that each trial begins without one.
        PMS_SCOPE: `trial-${trial}`,
        PMS_PROFILE: 'search',
        PMS_TIMEOUT: '60',
        OPERATION_TIMEOUT: '120',
        // High, so that the rate limit does not affect the token requests.
        PMS_RATE_LIMIT: '1000000',
        CURSOR_KEY: 'proof',
        REDIS_URL: redis.url,
      };
      // The token is issued only when all operations have arrived and wait for it.
      await issuer.become('held');
      const started = await Promise.all(
        Array.from({ length: replicas }, (_, at) => startReplica(env, seed * 1_000 + trial * 10 + at)),
      );
      const answers = started.flatMap(({ ask }) =>
        Array.from({ length: operations }, () => ask('{ product(id: "1") { pmsId name } }')),
      );
      await setTimeout(500);
      await issuer.become('ok');
      for (const text of await Promise.all(answers)) {
        const outcome = text.includes('"name":"Avelanta"')
          ? 'answered'
          : (/"code":"(\w+)"/.exec(text)?.[1] ?? text);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      tokenRequests.push(issuer.requests.length - before);
      for (const { output } of started) {
        for (const [, event = ''] of output.matchAll(/"event":"((?:store|token)[.\w]*)"/g)) {
          events[event] = (events[event] ?? 0) + 1;
        }
      }
      await Promise.all(started.map((replica) => replica.stop()));
    }
  });
  return {
    holds: {
      'one token request in each trial': tokenRequests.every((count) => count === 1),
      'every operation is answered': outcomes['answered'] === trials * replicas * operations,
    },
    figures: { trials, replicas, operations, outcomes, events, tokenRequests },
  };
};
