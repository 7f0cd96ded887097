/**
 * Probes how the upstream pages its results: the number of rows on a page, how a further page is indicated, and the
 * bundle of a product.
 */
import { isPmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import { hasExpired } from '../../profiles/pages.js';
import { anew, productType, sampleSize, type Inquiry } from './inquiry.js';

/** A `_count` above the limit of most servers. The number of rows in the response shows the server's limit. */
const largePage = 500;
const mostPages = 4;

/** Returns a page of products that other probes use; undefined if the upstream has no products. */
export async function takeSample(inquiry: Inquiry): Promise<Page | undefined> {
  const { figures } = inquiry;
  const page = await firstPage(inquiry);
  if (!page || page.resources.length === 0) return undefined;
  figures.sawPage(page.resources.length, largePage, page.next === undefined);
  figures.sawBytes(productType, undefined, page.bytes, page.resources.length);
  const { length: rows } = page.resources;
  const isLast = page.next === undefined && !page.hasLostWay && rows > 1;
  if (isLast && page.total === rows) await probeTotal(inquiry);
  if ((page.total ?? 0) > rows) figures.sawPagesCounted(false);
  if (page.total === undefined && rows > 1) await probeEnd(inquiry);
  if (page.total !== undefined && !figures.countsPages) figures.sawProducts(page.total);
  return { ...page, resources: page.resources.slice(0, sampleSize) };
}

/** Returns a few products for one probe. */
export async function takeFew({ search }: Inquiry): Promise<Page | undefined> {
  const page = await search(productType, [{ name: '_count', values: [sampleSize] }]);
  return page && page.resources.length > 0 ? page : undefined;
}

/**
 * Returns the first page of products. Errors other than UPSTREAM_UNSUPPORTED are thrown: if this search fails, all
 * searches fail.
 */
async function firstPage({ first }: Inquiry): Promise<Page | undefined> {
  try {
    return await first([{ name: '_count', values: [largePage] }]);
  } catch (error) {
    if (isPmsError(error) && error.code === 'UPSTREAM_UNSUPPORTED') return undefined;
    throw error;
  }
}

/**
 * Requests a page of one row, although there are several products. If the total is 1, it counts only the rows of the
 * page, and so does not indicate further pages.
 */
async function probeTotal(inquiry: Inquiry): Promise<void> {
  const page = await inquiry.search(productType, [{ name: '_count', values: [1] }]);
  if (page?.resources.length !== 1) return;
  if (page.total === 1) await probeEnd(inquiry);
  const isCounted = page.total === 1 && inquiry.features.evidence('total-on-request') !== 'probed';
  inquiry.figures.sawPagesCounted(isCounted);
}

/** Probes how a further page is indicated: by a link, by a total, or by a total on request. */
export async function probeEnd({ search, note, features }: Inquiry): Promise<void> {
  const one = { name: '_count', values: [1] } as const;
  const counted = await search(productType, [{ name: '_total', values: ['accurate'] }, one]);
  const page = counted ?? (await search(productType, [one]));
  if (page?.resources.length !== 1) return;
  const hasLink = page.next !== undefined || page.hasLostWay;
  if (!hasLink || features.evidence('next-links') !== undefined) note('next-links', hasLink);
  note('total-on-request', page.total !== undefined && page.total > 1);
}

/**
 * The number of products tried per probe. If the upstream refuses one product, that product may be the cause; if it
 * refuses two, it refuses all.
 */
const mostOdd = 2;

export async function probeEverything(inquiry: Inquiry, { resources }: Page): Promise<void> {
  const { client, note } = inquiry;
  const some = resources.slice(0, mostOdd);
  for (const [index, { id }] of some.entries()) {
    const bundle = await unlessRefused(() => client.everything(id, anew));
    if (!bundle && index < some.length - 1) continue;
    note('everything', bundle !== undefined);
    for (const { resourceType } of bundle?.resources ?? [])
      inquiry.figures.given.sawInBundle(resourceType, id, 'service');
    if (bundle) await readOn(inquiry, bundle);
    return;
  }
}

export async function probeRead({ client, note }: Inquiry, { resources }: Page): Promise<void> {
  const some = resources.slice(0, mostOdd);
  for (const [index, { id }] of some.entries()) {
    const found = await unlessRefused(() => client.read(productType, id, anew));
    if (!found && index < some.length - 1) continue;
    return note('read', found !== undefined);
  }
}

async function unlessRefused<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isPmsError(error) || error.code !== 'UPSTREAM_UNSUPPORTED') throw error;
    return undefined;
  }
}

/**
 * Measures how many pages a product's bundle has, because operations may need all of them. If the bundle is long,
 * only a few pages are read and the rest is computed from its total, if it states one. If pages expire, nothing is
 * measured.
 */
async function readOn({ client, figures }: Inquiry, bundle: Page): Promise<void> {
  let pages = 1;
  let { next } = bundle;
  try {
    for (; next !== undefined && pages < mostPages; pages += 1) ({ next } = await client.page(next, anew));
  } catch (error) {
    if (hasExpired(error)) return;
    throw error;
  }
  const foretold = Math.ceil((bundle.total ?? 0) / Math.max(1, bundle.entries));
  if (next === undefined) figures.sawBundle(pages);
  else if (foretold > pages) figures.sawBundle(foretold);
}
