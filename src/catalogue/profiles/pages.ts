/** Reads a searchset page by page, until its last page or until it must stop. The returned state gives the reason. */
import { nameOf, type Page } from '../../fhir/bundle.js';
import { isPmsError, PmsError } from '../../errors.js';
import type { FhirResource, ResourceType } from '../../fhir/resources.js';
import { Spent } from './ledger.js';
import { complete, type CutReason, type State } from '../graph/relation.js';
import type { OwnCounting } from '../upstream/own.js';
import type { Trait } from '../upstream/passing-traits.js';
import type { Operation } from './profile.js';

/**
 * Receives each page, with the number of the attempt to read the list. Only the last attempt may be treated as
 * complete.
 */
export type Visit = (page: Page, reading: number) => void;

/**
 * Reads all pages, starting with the first page that `begin` requests. It starts a second attempt if a link has
 * expired, or if the list has changed between two pages.
 * @param reading the number of the first attempt
 * @returns complete, or the reason why not all pages were read
 */
export async function readToEnd(
  begin: () => Promise<Page>,
  at: Reader,
  visit: Visit,
  isBundle = false,
  reading = 0,
): Promise<State> {
  const one = await readOnce(await begin(), at, (page) => visit(page, reading), isBundle);
  if (one.state !== expired && !(one.moves.hasMoved && mayBeOtherwise(one.state))) return one.state;
  if (!at.ledger.mayPage()) return cut('BUDGET');
  // A cached copy would show the old list again.
  at.client.bypassCopies();
  try {
    const two = await readOnce(await begin(), at, (page) => visit(page, reading + 1), isBundle);
    if (two.state === expired) return cut('PAGE_FAILED');
    const isOdd = two.moves.hasMoved && mayBeOtherwise(two.state);
    return isOdd ? settled(two.state, one.moves, two.moves, at) : two.state;
  } catch (error) {
    return whyCut(error);
  }
}

/** Whether the state may be wrong if the list changed between its pages. */
export function mayBeOtherwise(state: State): boolean {
  return state.kind === 'complete' || isCutAs(state, 'FEWER_THAN_TOTAL', 'NO_NEXT_LINK');
}

/** Returns the state of a list that seemed to change between its pages in both attempts. */
export function settled(
  state: State,
  one: Moves,
  two: Moves,
  { figures }: Pick<Operation, 'figures'>,
): State {
  if (!two.isLike(one)) return cut('PAGE_FAILED');
  // Both attempts gave the same rows, so this upstream always pages like this.
  figures.traits.note(two.trait, two.list);
  return state;
}

interface Reading {
  readonly state: State | typeof expired;
  readonly moves: Moves;
}

/** Checks whether all pages show the same state of a list. */
export interface Moves {
  /**
   * Whether the list seems to have changed: the total of a page differs from the first page's, or a row came twice.
   * Pages that overlap count as a change too, until this upstream is known to send such pages.
   */
  readonly hasMoved: boolean;
  /** The rows of all pages, with the totals that the pages state. */
  readonly trace: string;
  readonly trait: Trait;
  /** Identifies this list when an unusual paging behaviour is recorded or looked up. */
  readonly list: string;
  add(page: Page): void;
  /** Whether another attempt found exactly the same rows, and no row can be missing between two pages. */
  isLike(other: Moves): boolean;
}

/** @param first the first page, which identifies the list */
export function createMoves(
  { figures, counting }: Pick<Operation, 'figures' | 'counting'>,
  first: Page,
): Moves {
  return new MovesOfList(figures, counting, first);
}

class MovesOfList implements Moves {
  readonly trait: Trait;
  private readonly total: number | undefined;
  private readonly seen = new Set<string>();
  private readonly pages: string[] = [];
  private before: readonly string[] = [];
  private overlaps = false;
  private differs = false;
  /** The first page, until there is a second page. Most lists have only one page, which needs no comparison. */
  private alone: Page | undefined;

  constructor(
    private readonly figures: Operation['figures'],
    private readonly counting: Operation['counting'],
    private readonly first: Page,
  ) {
    this.trait = `repeats ${kindOf(first.url)}`;
    this.total = totalOf(first, counting);
  }

  get list(): string {
    // The URL of a search by POST does not contain its parameters, so the ids of the first page identify the list.
    return [this.first.url, ...this.first.resources.map(({ id }) => id)].join();
  }

  get hasMoved(): boolean {
    return this.differs || (this.overlaps && !this.figures.traits.has(this.trait, this.list));
  }

  get trace(): string {
    this.compareAlone();
    return this.pages.join('\n');
  }

  add(page: Page): void {
    if (!this.alone && this.pages.length === 0) {
      this.alone = page;
      return;
    }
    this.compareAlone();
    this.compare(page);
  }

  isLike(other: Moves): boolean {
    // If the number of rows equals the total, no row is missing.
    const isWhole = !this.differs || (this.total !== undefined && this.seen.size >= this.total);
    return other.trace === this.trace && isWhole;
  }

  private compareAlone(): void {
    if (this.alone) this.compare(this.alone);
    this.alone = undefined;
  }

  private compare(page: Page): void {
    const { seen, before, pages, total } = this;
    const rows = page.resources.map(({ resourceType, id }) => `${resourceType}/${id}`);
    const counted = totalOf(page, this.counting);
    const again = rows.filter((row) => seen.has(row));
    // A page may begin with the last rows of the previous page. Then no row is missing between the two pages.
    const isOverlap =
      isSame(again, rows.slice(0, again.length)) && isSame(again, before.slice(-again.length));
    this.differs ||= total !== undefined && counted !== undefined && counted !== total;
    if (again.length > 0) {
      this.overlaps ||= isOverlap;
      this.differs ||= !isOverlap;
    }
    for (const row of rows) seen.add(row);
    // A page with only one row cannot show whether pages overlap.
    if (page.next === undefined && pages.length > 0 && rows.length > 1 && !this.overlaps)
      this.figures.traits.noteWithout(this.trait);
    pages.push(`${counted ?? ''} ${rows.join()}`);
    this.before = rows;
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((row, index) => row === b[index]);
}

/** Returns what a list contains, without its parameters: `Ingredient` or `$everything`. */
function kindOf(url: string): string {
  const [path = ''] = url.split('?', 1);
  const parts = path.split('/').filter((part) => part !== '' && part !== '_search');
  return parts.at(-1) ?? '';
}

export type Reader = Pick<Operation, 'client' | 'ledger' | 'features' | 'figures' | 'counting'>;

/** The result for a page link that has expired at the upstream. */
const expired = 'expired';

async function readOnce(
  first: Page,
  at: Reader,
  visit: (page: Page) => void,
  isBundle: boolean,
): Promise<Reading> {
  const moves = createMoves(at, first);
  const state = await readPages(first, at, visit, moves, isBundle);
  return { state, moves };
}

async function readPages(
  first: Page,
  at: Reader,
  visit: (page: Page) => void,
  moves: Moves,
  isBundle: boolean,
): Promise<State | typeof expired> {
  const { client, ledger } = at;
  const links = new Set<string>();
  const count = createCount(at, first, { isBundle });
  let page = first;
  for (;;) {
    visit(page);
    moves.add(page);
    count.add(page);
    if (page.hasLostWay) return cut('PAGE_FAILED');
    if (page.next === undefined) return count.state();
    // If a link leads back to an earlier page, the chain of links would never end.
    if (links.has(page.next)) return cut('PAGE_FAILED');
    if (!ledger.mayPage()) return cut('BUDGET');
    links.add(page.next);
    try {
      page = await client.page(page.next);
    } catch (error) {
      if (hasExpired(error)) return expired;
      return whyCut(error);
    }
  }
}

export function hasExpired(error: unknown): boolean {
  return isPmsError(error) && (error.status === 404 || error.status === 410);
}

/**
 * Returns the reason why a list is incomplete. The pages that were read are used.
 * @throws errors that do not concern a single page, such as an abort by the client
 */
export function whyCut(error: unknown): State {
  if (error instanceof Spent) return cut(error.reason);
  if (isPmsError(error)) return cut('PAGE_FAILED');
  throw error;
}

export interface CountOptions {
  /** Whether the list is a product's `$everything` bundle, where a missing `next` link always means the last page. */
  readonly isBundle?: boolean;
  /** The `_count` of the search. */
  readonly asked?: number;
}

export interface Count {
  add(page: Page): void;
  /** Returns the state that the list has if the pages so far are all its pages. */
  readable(): State;
  /** Returns the state of the whole list, after its last page. */
  state(): State;
}

/**
 * Returns the total of matches that a page states, without included records; undefined if the page states no total,
 * or if the totals of this upstream count something else.
 */
export function totalOf(
  { total, included }: Page,
  { countsIncluded, countsPages }: OwnCounting,
): number | undefined {
  return countsPages || (included.length > 0 && countsIncluded) ? undefined : total;
}

/**
 * Counts the distinct records of all pages. Compares the count with the upstream's total, if the upstream states one.
 * @param first the page that states the total; undefined if reading began at a later page
 */
export function createCount(
  { features, figures, counting }: Pick<Operation, 'features' | 'figures' | 'counting'>,
  first: Page | undefined,
  { isBundle = false, asked = Number.POSITIVE_INFINITY }: CountOptions = {},
): Count {
  const total = first && totalOf(first, counting);
  // If there are neither `next` links nor totals, only a page that is not full proves that it is the last page.
  const isUntold =
    !isBundle &&
    features.evidence('next-links') === 'refuted' &&
    (first?.total === undefined || counting.countsPages);
  const ids = new Map<ResourceType, Set<string>>();
  let others = 0;
  let pages = 0;
  let longest = 0;
  let unidentified: FhirResource | undefined;
  let hasUnreadable = false;
  let isReportedIncomplete = false;
  const note = ({ resourceType, id }: FhirResource): void => {
    const same = ids.get(resourceType);
    if (same) same.add(id);
    else ids.set(resourceType, new Set([id]));
  };
  const isFull = (): boolean => longest > 0 && longest >= Math.min(asked, figures.seenPage);
  const records = (): number => [...ids.values()].reduce((sum, { size }) => sum + size, 0);
  const readable = (): State => {
    if (isReportedIncomplete) return cut('REPORTED_INCOMPLETE');
    if (hasUnreadable) return cut('UNREADABLE_ENTRIES');
    return unidentified ? cutAt(nameOf(unidentified)) : complete;
  };
  return {
    readable,
    add({ resources, included, entries, unidentified: nameless, isReportedIncomplete: isReported }) {
      // The entries of a `$everything` bundle do not distinguish matches from included records.
      const counted = isBundle ? [...resources, ...included] : resources;
      if (total !== undefined) counted.forEach(note);
      // The upstream's total also counts entries of resource types that the service does not read.
      others += entries - resources.length - included.length;
      pages += 1;
      longest = Math.max(longest, resources.length);
      // Included records are not rows of this list.
      const lacking = nameless.filter(({ isIncluded }) => isBundle || !isIncluded);
      hasUnreadable ||= lacking.some(({ resource }) => !resource);
      unidentified ??= lacking[0]?.resource;
      isReportedIncomplete ||= isReported;
    },
    state() {
      const isShort = total === undefined ? isUntold && isFull() : records() + others < total;
      if (isReportedIncomplete || !isShort) return readable();
      return cut(pages > 1 || isBundle ? 'FEWER_THAN_TOTAL' : 'NO_NEXT_LINK');
    },
  };
}

/**
 * Returns the error for a record that was not read. If the operation reached a limit, the record counts as missing,
 * not as faulty.
 */
export function unread(error: PmsError): PmsError {
  if (!(error instanceof Spent)) return error;
  const what = error.reason === 'BUDGET' ? 'upstream requests' : 'time';
  return new PmsError(
    'UPSTREAM_INCOMPLETE',
    `A referenced record was not read: this operation has reached its limit of ${what}.`,
    { cause: error },
  );
}

export function isCutAs(state: State, ...reasons: readonly CutReason[]): boolean {
  return state.kind === 'cut' && reasons.includes(state.reason);
}

export function cut(reason: CutReason): State {
  return { kind: 'cut', reason };
}

/**
 * Returns the state of a list from which a record may be missing, because the record has no id or does not refer to
 * its parent.
 */
export function cutAt(record: string): State {
  return { kind: 'cut', reason: 'UNREADABLE_ENTRIES', record };
}
