/** Stores the progress of a listing in the index after each page, so that an interrupted listing can continue. */
import type { SearchIndex } from '../search-index/search-index.js';
import type { NameSearch } from './name-searches.js';

/** The progress of a listing, without the products of its pages. */
export interface Standing {
  /** When the listing began, in milliseconds since 1970. */
  readonly asOf: number;
  /** Number of pages stored in the index. */
  readonly pages: number;
  /** Path and query of the next page. Undefined after the last page. */
  readonly next?: string | undefined;
  /** The number of products that the upstream says it has. */
  readonly total?: number | undefined;
  /** The total on the first page. */
  readonly firstTotal?: number | undefined;
  readonly isEnded: boolean;
  /** The reasons why some products may be missing in the listing. */
  readonly gaps: readonly string[];
}

/** The result of a listing. */
export interface Listing extends Pick<Standing, 'asOf' | 'total' | 'firstTotal' | 'gaps'> {
  readonly ids: ReadonlySet<string>;
  /** Ids of products that have another version in the index. */
  readonly changed: ReadonlySet<string>;
  /** Whether products were found by searches for names. Such a listing takes many requests. */
  readonly isSearched: boolean;
}

export interface ListedPage {
  readonly ids: readonly string[];
  /** Ids of products that have another version in the index. */
  readonly changed: readonly string[];
  /** The search for a name that the page belongs to; undefined for a page of the whole list. */
  readonly search?: NameSearch | undefined;
}

/** The progress of a listing, with the products listed so far. */
export interface Kept {
  standing: Standing;
  readonly ids: Set<string>;
  readonly changed: Set<string>;
  /** All pages so far, also those of searches for names. */
  readonly pages: ListedPage[];
}

type Notes = Pick<SearchIndex, 'note' | 'noted'>;

const standingNote = 'listing';
const pageNote = (page: number): string => `listing ${page}`;

/** Returns the progress; undefined if no listing was started. */
export async function readStanding(index: Pick<Notes, 'noted'>): Promise<Standing | undefined> {
  const noted = await index.noted(standingNote);
  return noted === undefined ? undefined : (JSON.parse(noted) as Standing);
}

export async function readKept(index: Notes): Promise<Kept | undefined> {
  const standing = await readStanding(index);
  if (!standing) return undefined;
  const [ids, changed] = [new Set<string>(), new Set<string>()];
  const pages: ListedPage[] = [];
  for (let page = 0; page < standing.pages; page += 1) {
    const noted = await index.noted(pageNote(page));
    const listed = JSON.parse(noted ?? '{"ids":[],"changed":[]}') as ListedPage;
    for (const id of listed.ids) ids.add(id);
    for (const id of listed.changed) changed.add(id);
    pages.push(listed);
  }
  return { standing, ids, changed, pages };
}

/** Writes the page first, then the progress. If the second write fails, the page is listed again. */
export async function keepPage(index: Notes, page: ListedPage, standing: Standing): Promise<void> {
  await index.note(pageNote(standing.pages - 1), JSON.stringify(page));
  await keepStanding(index, standing);
}

export async function keepStanding(index: Notes, standing: Standing): Promise<void> {
  await index.note(standingNote, JSON.stringify(standing));
}

export async function beginListing(index: Notes): Promise<Kept> {
  await forgetListing(index);
  const standing: Standing = { asOf: Date.now(), pages: 0, isEnded: false, gaps: [] };
  await keepStanding(index, standing);
  return { standing, ids: new Set(), changed: new Set(), pages: [] };
}

/** Deletes the stored listing, so that the next listing starts with the first page. */
export async function forgetListing(index: Notes): Promise<void> {
  const standing = await readStanding(index);
  if (!standing) return;
  await index.note(standingNote, undefined);
  for (let page = 0; page < standing.pages; page += 1) await index.note(pageNote(page), undefined);
}
