/** Starts the servers that most proofs need: a token endpoint, an upstream and a Redis. */
import { startRedis, type RedisServer } from '../support/redis.js';
import { startFleet, type Fleet, type FleetOptions } from './fleet.js';
import { startIssuer, type Issuer } from './issuer.js';
import { startUpstream, type ProofUpstream, type UpstreamOptions } from './upstream.js';

export interface Stage {
  readonly issuer: Issuer;
  readonly upstream: ProofUpstream;
  readonly redis: RedisServer;
  fleet(options: Omit<FleetOptions, 'baseUrl' | 'tokenUrl' | 'redisUrl'>): Promise<Fleet>;
}

/** Starts the servers, runs the proof, and stops the servers, even if the proof fails. */
export async function onStage<Result>(
  { lifetime, ...world }: { readonly lifetime: number } & UpstreamOptions,
  play: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const issuer = await startIssuer({ lifetime });
  const upstream = await startUpstream(issuer.tokens, world);
  const redis = await startRedis();
  const fleets: Fleet[] = [];
  try {
    return await play({
      issuer,
      upstream,
      redis,
      async fleet(options) {
        const { tokenUrl } = issuer;
        const started = await startFleet({
          ...options,
          tokenUrl,
          baseUrl: upstream.baseUrl,
          redisUrl: redis.url,
        });
        fleets.push(started);
        return started;
      },
    });
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    await Promise.all([issuer.stop(), upstream.stop(), redis.stop()]);
  }
}
