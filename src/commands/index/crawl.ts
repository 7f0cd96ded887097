/** `pms-graphql index crawl`: fills the index, within the configured share of the rate limit. */
import { crawl, leftAloneMs } from '../../crawl/crawl.js';
import { whileHeld } from '../../crawl/hold-lease.js';
import { createPace } from '../../crawl/pace.js';
import type { CrawlProgress } from '../../crawl/tally.js';
import { settleWay } from '../../crawl/way.js';
import { isPmsError } from '../../errors.js';
import { openIndex } from '../../search-index/open-index.js';
import type { Coverage } from '../../search-index/coverage.js';
import type { SearchIndex } from '../../search-index/search-index.js';
import { connect, type UpstreamConnection, type ServiceOptions } from '../../service.js';
import { counted } from '../counted.js';
import type { Screen } from '../screen.js';
import { endedOrAborted } from '../../network/signals.js';
import { IndexCommandError, unreachable, type IndexPlace } from './place.js';
import { duration, show } from './show.js';

export interface CrawlRun {
  readonly options: Omit<ServiceOptions, 'version'>;
  readonly place: IndexPlace;
  /** The terminal that shows progress. */
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

export interface CrawlEnding {
  /** The text for the user. */
  readonly told: string;
  /** Whether the crawl has ended, and no product failed. */
  readonly isWhole: boolean;
}

/**
 * Runs the crawl.
 * @throws IndexError if the index cannot be opened; IndexCommandError if it cannot be filled, or cannot be filled
 * completely
 */
export async function runCrawl({ options, place, screen, signal }: CrawlRun): Promise<CrawlEnding> {
  const { config } = options;
  const index = await openIndex(place);
  await refuseToFill(index);
  const { share = 1, maxAgeMs = 0 } = config.index ?? {};
  const connection = connect({ ...options, config: { ...config, share }, index });
  let progress: CrawlProgress | undefined;
  const began = performance.now();
  const hide = show(() => progress, screen);
  try {
    // How products are read depends on the upstream's features, so the crawl waits until they are learnt.
    await endedOrAborted(Promise.all([connection.learning.learnt(), connection.held?.told]), signal);
    await endedOrAborted(settleWay(connection.capabilities.features, connection.learning.proving), signal);
    await ifFree(index, signal, async (held) => {
      progress = await crawl({
        ...crawlerOf(connection),
        // The rate limiter of the connection enforces the share of the rate limit, so the crawl itself need not limit
        // its rate.
        pace: createPace(undefined),
        freshMs: leftAloneMs(maxAgeMs),
        signal: held,
        onProgress: (now) => void (progress = now),
      });
    });
    hide();
    return endingOf(progress, await index.refreshed(), performance.now() - began, signal.aborted);
  } catch (error) {
    hide();
    throw isPmsError(error) ? endedBy(error, progress) : error;
  } finally {
    await connection.close();
  }
}

/**
 * Crawls, unless another process that shares the index does.
 * @throws IndexCommandError if another process crawls
 */
async function ifFree(
  index: SearchIndex,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const taken = new AbortController();
  const onWait = (): void => taken.abort();
  await whileHeld({ index, signal: AbortSignal.any([signal, taken.signal]), onWait }, work);
  if (!taken.signal.aborted) return;
  throw new IndexCommandError(
    'Another process is filling the index. A service with INDEX_CRAWL=true fills its index itself.',
  );
}

function crawlerOf({
  background,
  catalogue,
  capabilities,
  held,
}: UpstreamConnection): Pick<
  Parameters<typeof crawl>[0],
  'client' | 'catalogue' | 'capabilities' | 'index' | 'writer'
> {
  if (!held) throw new TypeError('The index was opened, but the service does not use it.');
  return { client: background, catalogue, capabilities, index: held.index, writer: held.writer };
}

/**
 * Throws if the index is only in the memory of this process, or if another process writes to it. Filling it would
 * then have no effect.
 */
async function refuseToFill(index: SearchIndex): Promise<void> {
  if (index.fault) {
    await index.close();
    throw unreachable(index.fault);
  }
  const { place, access, because = '' } = await index.status();
  if (place !== 'memory' && access === 'writes') return;
  await index.close();
  throw new IndexCommandError(
    place === 'memory'
      ? `${because} Set INDEX_URL to another file.`
      : `This process cannot fill the index ${place}. ${because} A service with INDEX_CRAWL=true fills its index itself.`,
  );
}

function endedBy(error: Error, progress: CrawlProgress | undefined): IndexCommandError {
  const done = progress ? `${counted(progress.done, 'product')} read. ` : '';
  return new IndexCommandError(`${done}${error.message} Run the same command again to continue from here.`, {
    cause: error,
  });
}

function endingOf(
  progress: CrawlProgress | undefined,
  coverage: Coverage,
  ms: number,
  isStopped: boolean,
): CrawlEnding {
  const { listed = 0, held = 0, failed = 0, requests = 0 } = progress ?? {};
  const told = [
    `${held.toLocaleString('en')} of ${counted(listed, 'product')} in the index, after ${counted(requests, 'request')} in ${duration(ms)}`,
    ...(failed > 0 ? [`${counted(failed, 'product')} failed; run the same command again to retry them`] : []),
    ...(isStopped
      ? ['Stopped. Run the same command again to continue from here.']
      : [...coverage.gaps, ...completeOf(coverage)]),
    '',
  ].join('\n');
  return { told, isWhole: !isStopped && failed === 0 };
}

function completeOf({ complete }: Coverage): readonly string[] {
  return complete ? ['Complete.'] : [];
}
