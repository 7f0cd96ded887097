/** `pms-graphql index crawl --dry-run`: estimates the number of requests of a crawl from the first page. */
import { leftAloneMs } from '../../crawl/crawl.js';
import { chunksOf } from '../../crawl/sort-out.js';
import { leastRequests, settleWay, wayOf, whyUnread } from '../../crawl/way.js';
import type { Features } from '../../catalogue/upstream/features.js';
import { isPmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import { connect } from '../../service.js';
import { counted } from '../counted.js';
import { endedOrAborted } from '../../network/signals.js';
import type { CrawlRun } from './crawl.js';
import { IndexCommandError, openAt, type IndexPlace } from './place.js';
import { duration } from './show.js';

/** The number of products that are looked up in the index at the same time. */
const atOnce = 1_000;

/**
 * @returns the text for the user
 * @throws IndexError if the index cannot be opened; IndexCommandError if the upstream does not respond
 */
export async function dryRun({ options, place, signal }: Omit<CrawlRun, 'screen'>): Promise<string> {
  const { config } = options;
  const { share = 1, maxAgeMs = 0 } = config.index ?? {};
  const connection = connect({ ...options, config: { ...config, share } });
  try {
    await endedOrAborted(connection.learning.learnt(), signal);
    await endedOrAborted(settleWay(connection.capabilities.features, connection.learning.proving), signal);
    const page = await connection.background.search(
      'MedicinalProductDefinition',
      [{ name: '_count', values: [100] }],
      { signal, cache: 'no-store' },
    );
    const fresh = await freshIn(place, Date.now() - leftAloneMs(maxAgeMs));
    const { features } = connection.capabilities;
    const perMinute = config.rateLimit === undefined ? undefined : config.rateLimit * share;
    return [...foreseen(page, { fresh, features, perMinute }), 'Nothing was written.', ''].join('\n');
  } catch (error) {
    throw isPmsError(error) ? new IndexCommandError(error.message, { cause: error }) : error;
  } finally {
    await connection.close();
  }
}

/**
 * Returns the number of products in the index that are still fresh. A crawl reads such a product only if it has
 * changed.
 */
async function freshIn(place: IndexPlace, since: number): Promise<number> {
  const index = await openAt(place);
  if (!index) return 0;
  try {
    let fresh = 0;
    for (const ids of chunksOf(await index.ids(), atOnce)) {
      const rows = await index.rows(ids);
      fresh += [...rows.values()].filter(({ state, asOf }) => state === 'held' && asOf >= since).length;
    }
    return fresh;
  } finally {
    await index.close();
  }
}

interface Circumstances {
  readonly fresh: number;
  readonly features: Features;
  /** Maximum number of requests per minute; undefined if there is no limit. */
  readonly perMinute: number | undefined;
}

function foreseen(
  { total, resources, next }: Page,
  { fresh, features, perMinute }: Circumstances,
): readonly string[] {
  const onPage = resources.length;
  const isCut = next === undefined && (total ?? Number.POSITIVE_INFINITY) > onPage;
  if (
    isCut &&
    (total === undefined || features.evidence('search MedicinalProductDefinition?name') === 'refuted')
  )
    return [
      `The upstream lists ${counted(onPage, 'product')} and gives no link to a next page, so a crawl cannot find the other products.`,
    ];
  if (total === undefined) return ['The upstream does not say how many products it has.'];
  const pages = Math.ceil(total / Math.max(1, onPage));
  const way = wayOf(features);
  const read = Math.max(0, total - fresh);
  const least = way ? leastRequests(read, way, features) : 0;
  const ms = perMinute === undefined ? undefined : ((pages + least) * 60_000) / perMinute;
  const asked =
    way === 'bundles' ? 'with at least one request each' : `with at least ${counted(least, 'request')}`;
  return [
    isCut
      ? `The upstream has ${counted(total, 'product')}, and shows only the first ${onPage}. Searches for names find the others, with at least ${counted(pages, 'request')}, and often ten to twenty times as many.`
      : `The upstream has ${counted(total, 'product')}; ${counted(pages, 'request')} list them.`,
    way
      ? `${counted(read, 'product')} would be read, ${asked}; ${fresh.toLocaleString('en')} are already in the index and up to date.`
      : whyUnread(features),
    ...(ms === undefined || perMinute === undefined
      ? []
      : [
          `That takes ${duration(ms)} or more, at ${counted(Math.floor(perMinute), 'request')} a minute (INDEX_SHARE of PMS_RATE_LIMIT).`,
        ]),
  ];
}
