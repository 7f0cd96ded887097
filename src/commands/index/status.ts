/**
 * `pms-graphql index status`: reports how much of the upstream's data is in the index, the file of the index, and
 * what is missing.
 */
import { pastCrawls, type PastCrawl } from '../../crawl/history.js';
import { ExitError, isPmsError } from '../../errors.js';
import type { SearchIndex } from '../../search-index/search-index.js';
import { IndexError } from '../../search-index/store/index-error.js';
import { placeIn } from '../../search-index/store/postgres/place.js';
import { counted } from '../counted.js';
import { openAt, type IndexPlace } from './place.js';
import { duration } from './show.js';

export interface IndexReport {
  /** The path of the file, or `memory`. */
  readonly place: string;
  /** False if the index is damaged or cannot be opened. */
  readonly readable: boolean;
  /**
   * The access that a process would get if it opened the index now. Null if there is no index yet, or if it cannot be
   * opened.
   */
  readonly access: 'writes' | 'reads' | null;
  /** Why the index can only be read, or why it cannot be opened. */
  readonly because: string | null;
  readonly products: number;
  /** Number of products that the index has with all their details. */
  readonly withDetails: number;
  /** The number of products in the index that no longer exist upstream. */
  readonly gone: number;
  /** The number of products that the upstream says it has. */
  readonly upstreamTotal: number | null;
  readonly complete: boolean;
  /** What is missing in the index, as sentences. */
  readonly gaps: readonly string[];
  /** When all products were listed, as an instant in ISO 8601. */
  readonly asOf: string | null;
  /** When the oldest product of the index was read, as an instant in ISO 8601. */
  readonly oldest: string | null;
  readonly bytes: number;
  /** The last crawls, the newest first. */
  readonly crawls: readonly PastCrawl[];
}

/** Reports on the index. Resolves with a report even if the index has a fault. */
export async function reportOn(place: IndexPlace): Promise<IndexReport> {
  try {
    const index = await openAt(place);
    return index ? await lookInto(index) : nothingAt(place, {});
  } catch (error) {
    if (!(error instanceof ExitError) && !isPmsError(error)) throw error;
    return nothingAt(place, { readable: false, because: error.message });
  }
}

async function lookInto(index: SearchIndex): Promise<IndexReport> {
  try {
    const { place, access, because, gone, bytes } = await index.status();
    if (!(await index.isSound())) throw damaged(place);
    const { products, withDetails, upstreamTotal, complete, gaps, asOf, oldest } = index.coverage;
    return {
      place,
      readable: true,
      access,
      because: because ?? null,
      products,
      withDetails,
      gone,
      upstreamTotal: upstreamTotal ?? null,
      complete,
      gaps,
      asOf: asOf?.toISOString() ?? null,
      oldest: oldest?.toISOString() ?? null,
      bytes,
      crawls: await pastCrawls(index),
    };
  } finally {
    await index.close();
  }
}

/**
 * Only this command checks the file for damage. The service would have to read the whole file before it starts. A
 * process that is killed does not damage the file.
 */
function damaged(place: string): IndexError {
  return new IndexError(
    'damaged',
    `${place} is damaged. Stop the processes that use it and delete it, and the service fills a new index.`,
  );
}

function nothingAt(
  { file, url }: IndexPlace,
  { readable = true, because = null }: { readonly readable?: boolean; readonly because?: string | null },
): IndexReport {
  return {
    place: file ?? placeIn(url ?? ''),
    readable,
    access: null,
    because,
    products: 0,
    withDetails: 0,
    gone: 0,
    upstreamTotal: null,
    complete: false,
    gaps: ['The index is empty.'],
    asOf: null,
    oldest: null,
    bytes: 0,
    crawls: [],
  };
}

/** Returns the report as text for people. */
export function printed(report: IndexReport): string {
  const { place, readable, because, access, products, gone, upstreamTotal, asOf, oldest } = report;
  if (!readable) return `${because ?? ''}\n`;
  if (access === null) return `The index is empty: ${place} does not exist.\n`;
  const ofAll =
    upstreamTotal === null ? '' : ` of ${upstreamTotal.toLocaleString('en')} that the upstream has`;
  return [
    `Index at ${place}, ${counted(Math.ceil(report.bytes / 2 ** 20), 'MiB', 'MiB')}`,
    `  ${counted(products, 'product')}${ofAll}, ${report.withDetails.toLocaleString('en')} with all their records`,
    ...(gone > 0 ? [`  ${counted(gone, 'product')} that the upstream no longer has`] : []),
    ...(asOf === null ? [] : [`  last complete list of the upstream’s products at ${asOf}`]),
    ...(oldest === null ? [] : [`  oldest product read at ${oldest}`]),
    ...(because === null ? [] : [`  ${because}`]),
    report.complete ? 'Complete.' : 'Not complete:',
    ...report.gaps.map((gap) => `  ${gap}`),
    ...(report.crawls.length > 0 ? ['Last crawls:'] : []),
    ...report.crawls.slice(0, mostPrinted).map(lineOf),
    '',
  ].join('\n');
}

/** The number of crawls that are printed. */
const mostPrinted = 5;

function lineOf(crawl: PastCrawl): string {
  const { at, listed, total, withDetails, failed, requests, seconds, complete } = crawl;
  const ofAll = total === null ? '' : ` of ${total.toLocaleString('en')}`;
  return [
    `  ${at}: ${listed.toLocaleString('en')}${ofAll} listed`,
    `${withDetails.toLocaleString('en')} in the index with all their records`,
    ...(failed > 0 ? [`${failed.toLocaleString('en')} failed`] : []),
    `${counted(requests, 'request')} in ${duration(seconds * 1_000)}`,
    complete ? 'complete' : 'not complete',
  ].join(', ');
}
