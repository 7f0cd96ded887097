/** One run of `pms-graphql warm`, from the settings to the summary at its end. */
import type { Config, Secrets } from '../../config/config.js';
import { createFreshness } from '../../cache/freshness.js';
import { connect, type UpstreamConnection, type ServiceOptions } from '../../service.js';
import type { Screen } from '../screen.js';
import { endedOrAborted } from '../../network/signals.js';
import { pageOfOperation, wholePage } from './page.js';
import { openProgress } from './progress.js';
import { show } from './show.js';
import { summary, type Tally } from './tally.js';
import { warm, type Ending } from './warm.js';
import { WarmError } from './warm-error.js';

export interface WarmRun {
  readonly options: Omit<ServiceOptions, 'version'>;
  readonly asked: {
    readonly ids: readonly string[];
    readonly names: readonly string[];
    /**
     * The text of a GraphQL operation with the variable `$id`, which is run for each product. If undefined, all
     * details of each product are read.
     */
    readonly operation?: string | undefined;
    /** Share of the rate limit, more than 0 and at most 1. */
    readonly share: number;
    /** Whether the progress of earlier runs is deleted. */
    readonly restart: boolean;
  };
  /** The terminal that shows progress. */
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

export interface WarmOutcome {
  readonly tally: Tally;
  /** The text for the user. */
  readonly told: string;
  readonly isAllWarm: boolean;
}

/**
 * Refuses a run that could not have any effect.
 * @throws WarmError with all reasons
 */
export function refuseInVain(
  { upstream, cacheTtlMs }: Pick<Config, 'cacheTtlMs'> & { readonly upstream: { readonly kind: string } },
  { redisUrl }: Pick<Secrets, 'redisUrl'>,
  hasAsked: boolean,
): void {
  const faults = [
    ...(hasAsked ? [] : ['Give the products with --file or --name.']),
    ...(redisUrl === undefined
      ? ['REDIS_URL must be set: without Redis, only the memory of this process would be filled.']
      : []),
    ...(upstream.kind === 'sandbox'
      ? [
          'PMS_BASE_URL must be set. Without it this command uses the embedded sandbox, which ends with the command.',
        ]
      : []),
    ...(cacheTtlMs === 0 ? ['CACHE_TTL must not be 0, because then nothing is cached.'] : []),
  ];
  if (faults.length > 0) throw new WarmError('usage', faults.join('\n'));
}

/**
 * Warms the products.
 * @throws WarmError if the operation is invalid, if Redis cannot be reached, or if it no longer accepts data
 */
export async function runWarm({ options, asked, screen, signal }: WarmRun): Promise<WarmOutcome> {
  const { config, upstream } = options;
  const { ids, names, operation, share, restart } = asked;
  const pageOf = operation === undefined ? wholePage : pageOfOperation(operation);
  const connection = connect({ ...options, config: { ...config, share } });
  try {
    if (!(await isShared(connection)))
      throw new WarmError('unavailable', 'Redis cannot be reached. Nothing was sent.');
    // How pages are requested depends on the upstream's features, so the run waits until they are learnt.
    await endedOrAborted(connection.learning.learnt(), signal);
    const progress = await openProgress({
      store: connection.store,
      subject: [upstream.baseUrl.href, operation ?? '', ...[...ids].sort(), '', ...[...names].sort()],
      restart,
    });
    const began = performance.now();
    const { tally, ending } = warm({
      catalogue: connection.catalogue,
      ids,
      names,
      pageOf,
      progress,
      freshness: createFreshness(config.cacheTtlMs),
      concurrency: concurrencyOf(config, share),
      isShared: () => isShared(connection),
      signal,
    });
    const hide = show(() => tally, screen);
    const end = await ending.finally(hide);
    const told = toldOf(end, summary(tally, performance.now() - began));
    return { tally, told, isAllWarm: end === 'ended' && tally.failures.length === 0 };
  } finally {
    await connection.close();
  }
}

function toldOf(ending: Ending, summed: string): string {
  if (ending === 'unshared') {
    const message = 'Redis no longer accepts data. Run the same command again later to continue from here.';
    throw new WarmError('unavailable', `${summed}${message}`);
  }
  return ending === 'stopped'
    ? `${summed}Stopped. Run the same command again to continue from here.\n`
    : summed;
}

async function isShared({ redis }: UpstreamConnection): Promise<boolean> {
  if (!redis) return false;
  return redis.attempt(
    async (client) => (await client.ping()) === 'PONG',
    async () => false,
  );
}

const mostAtOnce = 8;
/** One more product is warmed at the same time for each multiple of this number of requests per minute. */
const perPlace = 30;

/**
 * Returns how many products are warmed at the same time. At a slow rate there are few, because a client that requests
 * the same data must wait for the requests of this run.
 */
function concurrencyOf(
  { rateLimit = Infinity, maxConcurrency = mostAtOnce }: WarmRun['options']['config'],
  share: number,
): number {
  const places = Math.floor((rateLimit * share) / perPlace);
  return Math.max(1, Math.min(mostAtOnce, maxConcurrency, places));
}
