/** Stores everything that one operation has read: records, missing records, bundles and relations. */
import type { Reference } from 'fhir/r5.js';
import type { PmsError } from '../../errors.js';
import { isObject } from '../../fhir/answer.js';
import { asSent, guarded, MalformedElement } from '../../fhir/guarded.js';
import { displayId, displayIn, type Display } from '../../fhir/display-id.js';
import { recordId } from '../../fhir/reference.js';
import {
  isResourceType,
  type FhirResource,
  type ResourceOf,
  type ResourceType,
} from '../../fhir/resources.js';
import type { FilterPart } from '../../facts/filter.js';
import type { TextMatch } from '../../search-index/query.js';
import type { Position } from '../question/selection.js';
import type { TermWay } from '../question/term.js';
import { containedId, containerOf, idOf, isOfType, keyOf, type Key } from '../graph/key.js';
import type { Link } from '../graph/link.js';
import type { Relation, State } from '../graph/relation.js';

/** Where and when a record was fetched. */
export interface Origin {
  /** Path and query of the response that brought the record, relative to the upstream's host. */
  readonly url: string;
  readonly fetchedAt: Date;
  /** The size of that response, and the number of its records. Both estimate the size of one record. */
  readonly bytes?: number;
  readonly entries?: number;
  /** Whether the record came from a cached copy that is no longer fresh. */
  readonly stale: boolean;
  /** Whether the record may have only the elements that `_elements` listed. @default false */
  readonly isNarrow?: boolean;
  /** Whether the record came from the index. @default false */
  readonly isIndexed?: boolean;
}

export interface Held {
  readonly resource: FhirResource;
  /** Null for a placeholder, which has only the display of a reference. */
  readonly origin: Origin | null;
}

/**
 * The outcome of reading a record by its key. `unseen`: no bundle that was read contains it, but another product's
 * bundle may.
 */
export type Reading = Held | Missing;
export type Missing = 'absent' | 'unseen' | PmsError;

/** The records of a product, from its `$everything` or from searches. */
export interface Bundle {
  readonly keys: ReadonlySet<Key>;
  /** Records that came without an id. */
  readonly unidentified?: readonly FhirResource[];
  readonly state: State;
  /** When the oldest stale page was fetched. */
  readonly staleSince?: Date | undefined;
  /** Whether the bundle came from the index. */
  readonly isIndexed?: boolean;
  /**
   * Set for a product that was read by searches. Its records are linked by their references alone, and all references
   * to details were read.
   */
  readonly searched?: Searched | undefined;
}

/** What a product's searches have proved, beside its records. */
export interface Searched {
  /** Keys that the product's records refer to, and that do not exist. */
  readonly absent: ReadonlySet<Key>;
}

/** The rows of one list, with what is known about missing rows. */
export interface ListedRows {
  readonly refs: readonly Key[];
  /** References to records that do not exist, or that cannot be looked up. They are not in `refs`. */
  readonly dangling: readonly string[];
  /** Whether none of the referenced records exists. */
  readonly isAllDangling?: boolean;
  readonly hasNext: boolean;
  /**
   * Number of rows from this page's start on, if a retry may bring more. Then the page's cursor leads back to its
   * start, and contains this number.
   */
  readonly again?: number;
  /** Number of rows of the whole list; null if unknown. */
  readonly total: number | null;
  readonly state: State;
  /** When the oldest stale response that contributed rows was fetched. */
  readonly staleSince?: Date | undefined;
}

/** One page of rows of a root search, with the positions to continue from. */
export interface RootList extends Omit<ListedRows, 'dangling'> {
  /** The cursor position right after each row. */
  readonly positions: readonly Position[];
  /** The details of a full-text search. */
  readonly called?: FoundByCall;
}

/** What a full-text search returns about its rows. */
export interface FoundByCall {
  /** Why each row matched; undefined without a text. */
  readonly matches: readonly (TextMatch | undefined)[];
  /** The products that are grouped into each row. */
  readonly folded: readonly (readonly Key[])[];
  /** Number of matching products in the index. */
  readonly products: number;
  /** Suggested corrections of the text. */
  readonly didYouMean: readonly string[];
}

/** Records that lead to products. All matches of a search are among these products, which are still to be tested. */
export interface Candidates {
  readonly found: readonly Key[];
  /** The filter fields that all candidates meet. */
  readonly satisfied: readonly FilterPart[];
  readonly state: State;
  /** Whether records may spell the searched value otherwise, so that an empty result proves nothing. */
  readonly mayBeSpelledOtherwise?: boolean;
  /** When the oldest stale page was fetched. */
  readonly staleSince?: Date | undefined;
}

/** Results of the searches for terms. */
export interface TermFinds {
  readonly found: readonly Key[];
  /** The kinds of terms whose searches were read to their end. They prove that no other record matches. */
  readonly open: ReadonlySet<TermWay>;
  /** The kinds of terms that this upstream has no search for. */
  readonly lacking: ReadonlySet<TermWay>;
  /** Terms with too many matches of one kind, in the form of `wayOfTerm`. */
  readonly tooMany: ReadonlySet<string>;
  /** The codes of the substances that the terms name, as records state them. */
  readonly codes: ReadonlyMap<string, readonly string[]>;
  /** All products, if they are few enough to be scanned for values that no search finds. */
  readonly all?: readonly Key[] | undefined;
  /** Products of the index, with all their details, in which one of the terms occurs. */
  readonly bearing?: readonly Key[];
  readonly states: readonly State[];
  /** Whether to scan the details of the found products, if not all products can be scanned. */
  readonly looksInto: boolean;
  /** When the oldest stale page was fetched. */
  readonly staleSince?: Date | undefined;
}

export function wayOfTerm(way: TermWay, term: string): string {
  return `${way} ${term}`;
}

export interface Known {
  hold(resource: FhirResource, origin: Origin): Key;
  /** Stores an organization made from a reference alone, by its name or identifier. */
  standIn(told: ReferenceLabel, key: Key | undefined): Key | undefined;
  /** Returns the contained records of a record, as far as it was read. */
  inside(container: Key): readonly Key[];
  reading(key: Key): Reading | undefined;
  /** Returns why a record could not be read, even if a placeholder replaces it. */
  missing(key: Key): Missing | undefined;
  /**
   * Returns the error of a record that a placeholder replaces; undefined if the upstream does not serve such records at
   * all.
   */
  replacedAt(key: Key): PmsError | undefined;
  settleReading(key: Key, reading: Missing): void;
  /** Whether any requested record does not exist. */
  readonly hasAbsent: boolean;
  /** Whether any record came from a copy that is no longer fresh. */
  readonly holdsStale: boolean;
  /** The products that were read. */
  readonly products: readonly Key[];
  /** Returns the number of records of a type. */
  count(type: ResourceType): number;
  bundle(product: Key): Bundle | undefined;
  /** Returns the bundles that contain a record, or whose searches have proved that it does not exist. */
  bundlesWith(key: Key): readonly Bundle[];
  settleBundle(product: Key, bundle: Bundle): void;
  children(question: string, parent: Key): Relation | undefined;
  settleChildren(question: string, parent: Key, relation: Relation): void;
  /** Returns the cached result of a composed link, so that every path to a parent gets the same relation. */
  followed(link: Link, parent: Key): Relation | undefined;
  settleFollowed(link: Link, parent: Key, relation: Relation): void;
  /** Returns the rows of a link's list for a parent, unless a record has changed since they were computed. */
  listed(link: string, args: object, parent: Key): ListedRows | undefined;
  settleListed(link: string, args: object, parent: Key, rows: ListedRows): void;
  rootList(question: string): RootList | Candidates | PmsError | undefined;
  settleRootList(question: string, list: RootList | Candidates | PmsError): void;
  termFinds(question: string): TermFinds | PmsError | undefined;
  settleTermFinds(question: string, finds: TermFinds | PmsError): void;
  /** Returns the result of a value query; undefined before it was sent. */
  answer(question: string): Answer | undefined;
  settleAnswer(question: string, value: unknown): void;
}

/** One page of a value query's result. */
export interface ValuePage {
  readonly kind: 'page';
  readonly rows: readonly ValueRow[];
  readonly hasNext: boolean;
  /** Number of rows on all pages; null if unknown. */
  readonly total: number | null;
  readonly state: State;
  /** When the data were read, if they are no longer fresh. */
  readonly staleSince?: Date | undefined;
}

export interface ValueRow {
  /** The key from which to follow links. */
  readonly key: Key;
  readonly value: unknown;
  /** The position after this row. */
  readonly place: unknown;
}

export function isValuePage(value: unknown): value is ValuePage {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'page';
}

export interface Answer {
  /** A `PmsError` if the query failed. */
  readonly value: unknown;
}

export function isHeld(reading: Reading | undefined): reading is Held {
  return typeof reading === 'object' && 'resource' in reading;
}

/** The elements of a reference that a placeholder organization is made from. */
export type ReferenceLabel = Pick<Reference, 'display' | 'identifier'>;

/** Returns undefined without a name, since an organization cannot be looked up by an identifier alone. */
function displayOf({ display, identifier }: ReferenceLabel): Display | undefined {
  const name = typeof display === 'string' ? display.trim() : '';
  const { system, value } = identifier ?? {};
  if (name === '') return undefined;
  if (typeof value !== 'string' || value === '') return { name };
  return { name, value, ...(typeof system === 'string' ? { system } : {}) };
}

function organizationOf({ name, system, value }: Display, id: string): ResourceOf<'Organization'> {
  const identifier = value === undefined ? [] : [{ value, ...(system === undefined ? {} : { system }) }];
  return {
    resourceType: 'Organization',
    id,
    name,
    ...(identifier.length > 0 ? { identifier } : {}),
  };
}

/** Whether a copy is newer. The same record may come twice while the upstream changes. */
function isNewer(candidate: FhirResource, held: FhirResource): boolean {
  const [a, b] = [asSent(candidate).meta, asSent(held).meta];
  if (a?.lastUpdated && b?.lastUpdated && a.lastUpdated !== b.lastUpdated) {
    return Date.parse(a.lastUpdated) > Date.parse(b.lastUpdated);
  }
  return Number(a?.versionId) > Number(b?.versionId);
}

/** Whether a fresh response repeats a stale copy unchanged. */
function isConfirmed(held: Held, resource: FhirResource, { stale }: Origin): boolean {
  return !stale && held.origin?.stale === true && !isNewer(held.resource, resource);
}

/** Whether a record with selected elements has come again as a whole. */
function isWider({ resource: before, origin }: Held, resource: FhirResource, { isNarrow }: Origin): boolean {
  return origin?.isNarrow === true && !isNarrow && !isNewer(before, resource);
}

/** @param onHold called for every record, each time that it arrives */
export function createKnown(onHold?: (resource: FhirResource, origin: Origin) => void): Known {
  return new OperationKnown(onHold);
}

/**
 * A class, because in V8 an object literal with getters would get a new hidden class per operation, which outlives it.
 */
class OperationKnown implements Known {
  hasAbsent = false;
  holdsStale = false;
  private readonly readings = new Map<Key, Reading>();
  private readonly standIns = new Map<Key, Held>();
  private readonly contained = new Map<Key, readonly Key[]>();
  /** Containers with contained records that could not be read. */
  private readonly oddInside = new Set<Key>();
  private readonly bundles = new Map<Key, Bundle>();
  private readonly owners = new Map<Key, Bundle[]>();
  private readonly relations = new Map<string, Map<Key, Relation>>();
  private readonly links = new Map<Link, Map<Key, Relation>>();
  private readonly rootLists = new Map<string, RootList | Candidates | PmsError>();
  private readonly finds = new Map<string, TermFinds | PmsError>();
  private readonly answers = new Map<string, Answer>();
  private readonly lists = new Map<
    object,
    { readonly link: string; readonly byParent: Map<Key, ListedRows> }
  >();

  constructor(private readonly onHold?: (resource: FhirResource, origin: Origin) => void) {}

  hold(given: FhirResource, origin: Origin): Key {
    const resource = guarded(given);
    this.onHold?.(resource, origin);
    const key = keyOf(resource);
    const before = this.readings.get(key);
    if (origin.stale) this.holdsStale = true;
    if (
      !isHeld(before) ||
      isNewer(resource, before.resource) ||
      isConfirmed(before, resource, origin) ||
      isWider(before, resource, origin)
    ) {
      this.readings.set(key, { resource, origin });
      if ('contained' in resource) this.holdContained(key, asSent(resource), origin);
      if (before !== undefined) this.lists.clear();
    }
    return key;
  }

  /** Stores contained records, except organizations: the reference to one states all that is needed. */
  private holdContained(container: Key, holder: { readonly contained?: unknown }, origin: Origin): void {
    const given = holder.contained ?? [];
    const contained: readonly unknown[] = Array.isArray(given) ? given : [given];
    const keys: Key[] = [];
    for (const [index, record] of contained.entries()) {
      if (!isObject(record) || typeof record['resourceType'] !== 'string') {
        if (record !== null) this.oddInside.add(container);
        continue;
      }
      if (!isResourceType(record['resourceType']) || record['resourceType'] === 'Organization') continue;
      // A contained record without an id is identified by its index.
      const id = recordId(record['id']) ?? `%23${index}`;
      const resource = guarded({ ...record, id: containedId(container, id) } as FhirResource);
      const key = keyOf(resource);
      this.readings.set(key, { resource, origin });
      keys.push(key);
    }
    this.contained.set(container, keys);
  }

  inside(container: Key): readonly Key[] {
    if (this.oddInside.has(container)) throw new MalformedElement(`${container}: "contained"`);
    return this.contained.get(container) ?? none;
  }

  standIn(told: ReferenceLabel, key: Key | undefined): Key | undefined {
    const display = displayOf(told);
    if (!display) return undefined;
    // The id encodes the name and the identifier. So `node(id:)` can rebuild the organization without a record.
    const whole = key === undefined ? display : { ...display, value: display.value ?? idOf(key) };
    const id = displayId(whole);
    const resource = organizationOf(whole, id);
    const at = key ?? `Organization/${id}`;
    if (!this.standIns.has(at)) {
      this.standIns.set(at, { resource, origin: null });
      this.lists.clear();
    }
    return at;
  }

  reading(key: Key): Reading | undefined {
    const reading = this.readings.get(key);
    if (isHeld(reading)) return reading;
    // A record that could not be read still has the name that a reference states.
    if (reading !== undefined) return this.standIns.get(key) ?? reading;
    return key.includes('#') ? this.byContainer(key) : key.includes('~') ? this.byDisplay(key) : undefined;
  }

  missing(key: Key): Missing | undefined {
    const reading = this.readings.get(key);
    return isHeld(reading) ? undefined : reading;
  }

  replacedAt(key: Key): PmsError | undefined {
    const reading = this.standIns.has(key) ? this.readings.get(key) : undefined;
    // A record of a type that the upstream never serves does not count as missing.
    return reading instanceof Error && reading.code !== 'UPSTREAM_UNSUPPORTED' ? reading : undefined;
  }

  /** Returns why a contained record is missing: it comes with its container, or does not exist. */
  private byContainer(key: Key): Missing | undefined {
    const container = containerOf(key);
    const reading = container === undefined ? undefined : this.reading(container);
    return isHeld(reading) ? 'absent' : reading;
  }

  /** Rebuilds an organization from a key that encodes its display. */
  private byDisplay(key: Key): Held | undefined {
    const display = displayIn(idOf(key));
    if (display === undefined || !isOfType(key, 'Organization')) return undefined;
    const standIn = this.standIns.get(key);
    if (standIn) return standIn;
    return { resource: organizationOf(display, idOf(key)), origin: null };
  }

  count(type: ResourceType): number {
    let count = 0;
    for (const reading of this.readings.values())
      if (isHeld(reading) && reading.resource.resourceType === type) count += 1;
    return count;
  }

  get products(): readonly Key[] {
    return [...this.readings].flatMap(([key, reading]) =>
      isOfType(key, 'MedicinalProductDefinition') && isHeld(reading) ? [key] : [],
    );
  }

  settleReading(key: Key, reading: Missing): void {
    this.hasAbsent ||= reading === 'absent';
    if (!this.readings.has(key)) this.readings.set(key, reading);
  }

  bundle(product: Key): Bundle | undefined {
    return this.bundles.get(product);
  }

  bundlesWith(key: Key): readonly Bundle[] {
    return this.owners.get(key) ?? [];
  }

  settleBundle(product: Key, bundle: Bundle): void {
    this.bundles.set(product, bundle);
    // Records that do not exist are mapped too, because existing children may still refer to them.
    for (const key of [...bundle.keys, ...(bundle.searched?.absent ?? [])]) {
      const owning = this.owners.get(key);
      if (owning) owning.push(bundle);
      else this.owners.set(key, [bundle]);
    }
  }

  children(question: string, parent: Key): Relation | undefined {
    return this.relations.get(question)?.get(parent);
  }

  settleChildren(question: string, parent: Key, relation: Relation): void {
    put(this.relations, question, parent, relation);
  }

  followed(link: Link, parent: Key): Relation | undefined {
    return this.links.get(link)?.get(parent);
  }

  settleFollowed(link: Link, parent: Key, relation: Relation): void {
    put(this.links, link, parent, relation);
  }

  listed(link: string, args: object, parent: Key): ListedRows | undefined {
    const list = this.lists.get(args);
    return list?.link === link ? list.byParent.get(parent) : undefined;
  }

  settleListed(link: string, args: object, parent: Key, rows: ListedRows): void {
    const list = this.lists.get(args);
    if (!list) this.lists.set(args, { link, byParent: new Map([[parent, rows]]) });
    else if (list.link === link) list.byParent.set(parent, rows);
  }

  rootList(question: string): RootList | Candidates | PmsError | undefined {
    return this.rootLists.get(question);
  }

  settleRootList(question: string, list: RootList | Candidates | PmsError): void {
    this.rootLists.set(question, list);
  }

  termFinds(question: string): TermFinds | PmsError | undefined {
    return this.finds.get(question);
  }

  settleTermFinds(question: string, finds: TermFinds | PmsError): void {
    this.finds.set(question, finds);
  }

  answer(question: string): Answer | undefined {
    return this.answers.get(question);
  }

  settleAnswer(question: string, value: unknown): void {
    this.answers.set(question, { value });
  }
}

const none: readonly Key[] = [];

function put<K>(table: Map<K, Map<Key, Relation>>, row: K, parent: Key, relation: Relation): void {
  const existing = table.get(row);
  if (existing) existing.set(parent, relation);
  else table.set(row, new Map([[parent, relation]]));
}
