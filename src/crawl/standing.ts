/** Where a listing stands, kept in the index page by page: it goes on from there, however it was ended. */
import type { SearchIndex } from '../search-index/search-index.js';

/** What is kept beside the pages. */
export interface Standing {
  /** When the listing began, in milliseconds since 1970. */
  readonly asOf: number;
  /** Pages that are kept. */
  readonly pages: number;
  /** Path and query of the page that comes next; undefined where there is none. */
  readonly next?: string | undefined;
  /** What the upstream says that there are. */
  readonly total?: number | undefined;
  readonly isEnded: boolean;
  /** Why some may not have been listed. */
  readonly gaps: readonly string[];
}

export interface ListedPage {
  readonly ids: readonly string[];
  /** Those of which another version is held. */
  readonly changed: readonly string[];
}

/** Where a listing stands, and what it has listed so far. */
export interface Kept {
  standing: Standing;
  readonly ids: Set<string>;
  readonly changed: Set<string>;
}

type Notes = Pick<SearchIndex, 'note' | 'noted'>;

const standingNote = 'listing';
const pageNote = (page: number): string => `listing ${page}`;

/** Undefined where none was begun. */
export async function readStanding(index: Pick<Notes, 'noted'>): Promise<Standing | undefined> {
  const noted = await index.noted(standingNote);
  return noted === undefined ? undefined : (JSON.parse(noted) as Standing);
}

export async function readKept(index: Notes): Promise<Kept | undefined> {
  const standing = await readStanding(index);
  if (!standing) return undefined;
  const [ids, changed] = [new Set<string>(), new Set<string>()];
  for (let page = 0; page < standing.pages; page += 1) {
    const noted = await index.noted(pageNote(page));
    const listed = JSON.parse(noted ?? '{"ids":[],"changed":[]}') as ListedPage;
    for (const id of listed.ids) ids.add(id);
    for (const id of listed.changed) changed.add(id);
  }
  return { standing, ids, changed };
}

/** The page first: where the standing is not written any more, the page comes again. */
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
  return { standing, ids: new Set(), changed: new Set() };
}

/** The next listing begins anew. */
export async function forgetListing(index: Notes): Promise<void> {
  const standing = await readStanding(index);
  if (!standing) return;
  await index.note(standingNote, undefined);
  for (let page = 0; page < standing.pages; page += 1) await index.note(pageNote(page), undefined);
}
