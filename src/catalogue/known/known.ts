/** Stores everything that one operation has read: records, the absence of records, bundles and relations. */
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

/** Where a record came from, and when. */
export interface Origin {
  /** The path and query of the request whose response contained the record, relative to the upstream's host. */
  readonly url: string;
  readonly fetchedAt: Date;
  /**
   * The size of that response in bytes, and the number of its records. Together they estimate the size of one record.
   */
  readonly bytes?: number;
  readonly entries?: number;
  /** Whether the record came from a cached copy that is no longer fresh. */
  readonly stale: boolean;
  /** Whether the record may have only the elements that `_elements` requested. @default false */
  readonly isNarrow?: boolean;
  /** Whether the record came from the index. @default false */
  readonly isIndexed?: boolean;
}

export interface Held {
  readonly resource: FhirResource;
  /** Null for a placeholder, which was made from the display of a reference. */
  readonly origin: Origin | null;
}

/**
 * The outcome of reading a record by its key. `unseen` means that no bundle read so far contains the record, but the
 * bundle of another product may contain it.
 */
export type Reading = Held | Missing;
export type Missing = 'absent' | 'unseen' | PmsError;

/** The records of a product, from its `$everything` or from searches. */
export interface Bundle {
  readonly keys: ReadonlySet<Key>;
  /** Records that came without an id. */
  readonly unidentified?: readonly FhirResource[];
  readonly state: State;
  /** When the upstream sent the oldest stale page. */
  readonly staleSince?: Date | undefined;
  /** Whether the records came from the index. */
  readonly isIndexed?: boolean;
  /**
   * Set if the product was read by searches. Its records are linked only by their references, and all details that
   * they refer to were read.
   */
  readonly searched?: Searched | undefined;
}

/** What the searches for a product's records have proved, beside the records that they returned. */
export interface Searched {
  /** Keys of records that do not exist, although the product's records refer to them. */
  readonly absent: ReadonlySet<Key>;
}

/** The rows of one list, and whether rows are missing. */
export interface ListedRows {
  readonly refs: readonly Key[];
  /** References to records that do not exist, or that cannot be looked up. They are not part of `refs`. */
  readonly dangling: readonly string[];
  /** Whether none of the referenced records exists. */
  readonly isAllDangling?: boolean;
  readonly hasNext: boolean;
  /**
   * The number of rows from the start of this page, if a retry may return more. The page's cursor then contains this
   * number, and leads back to the start of the page.
   */
  readonly again?: number;
  /** Number of rows of the whole list; null if unknown. */
  readonly total: number | null;
  readonly state: State;
  /** When the upstream sent the oldest stale response that contributed rows. */
  readonly staleSince?: Date | undefined;
}

/** One page of a root search, with the cursor positions for the next page. */
export interface RootList extends Omit<ListedRows, 'dangling'> {
  /** The cursor position right after each row. */
  readonly positions: readonly Position[];
  /** The details of a full-text search, such as the reasons for each match. */
  readonly called?: FoundByCall;
}

/** What a full-text search returns about its rows. */
export interface FoundByCall {
  /** Why each row matched; undefined if the search has no text. */
  readonly matches: readonly (TextMatch | undefined)[];
  /** For each row, the products that are grouped into it. */
  readonly folded: readonly (readonly Key[])[];
  /** The number of matching products in the index. */
  readonly products: number;
  /** Suggested corrections of the text. */
  readonly didYouMean: readonly string[];
}

/**
 * Records that a search found. Every matching product is among the products of these records. Each of these products
 * is then tested against the filter.
 */
export interface Candidates {
  readonly found: readonly Key[];
  /** The filter fields that are already met by all products of these records. */
  readonly satisfied: readonly FilterPart[];
  readonly state: State;
  /**
   * Whether records may use another spelling of the searched value. If so, an empty result does not prove that
   * nothing matches.
   */
  readonly mayBeSpelledOtherwise?: boolean;
  /** When the upstream sent the oldest stale page. */
  readonly staleSince?: Date | undefined;
}

/** The results of the searches for terms, which are words or codes that the client typed. */
export interface TermFinds {
  readonly found: readonly Key[];
  /** The kinds of terms whose searches were read to the last page. No other record matches them. */
  readonly open: ReadonlySet<TermWay>;
  /** The kinds of terms that this upstream cannot search for. */
  readonly lacking: ReadonlySet<TermWay>;
  /** Terms with too many matches of one kind, each in the form that `wayOfTerm` returns. */
  readonly tooMany: ReadonlySet<string>;
  /** The codes of the substances that the terms mean, as the records state them. */
  readonly codes: ReadonlyMap<string, readonly string[]>;
  /** All products, if they are few enough that each can be scanned for values that no search finds. */
  readonly all?: readonly Key[] | undefined;
  /** The products of the index, with all their details, that contain one of the terms. */
  readonly bearing?: readonly Key[];
  readonly states: readonly State[];
  /** Whether to scan the details of the products found, because there are too many products to scan them all. */
  readonly looksInto: boolean;
  /** When the upstream sent the oldest stale page. */
  readonly staleSince?: Date | undefined;
}

export function wayOfTerm(way: TermWay, term: string): string {
  return `${way} ${term}`;
}

export interface Known {
  hold(resource: FhirResource, origin: Origin): Key;
  /** Stores an organization that was created from a reference with only a name or an identifier. */
  standIn(told: ReferenceLabel, key: Key | undefined): Key | undefined;
  /** Returns the contained records of a record; none if the record was not read. */
  inside(container: Key): readonly Key[];
  reading(key: Key): Reading | undefined;
  /** Returns why a record could not be read, even if a placeholder replaces the record. */
  missing(key: Key): Missing | undefined;
  /**
   * Returns the error of a record that a placeholder replaces; undefined if the upstream does not serve this resource
   * type at all.
   */
  replacedAt(key: Key): PmsError | undefined;
  settleReading(key: Key, reading: Missing): void;
  /** Whether any requested record does not exist. */
  readonly hasAbsent: boolean;
  /** Whether any record came from a copy that is no longer fresh. */
  readonly holdsStale: boolean;
  /** The products that were read by this operation. */
  readonly products: readonly Key[];
  /** Returns the number of records of a type. */
  count(type: ResourceType): number;
  bundle(product: Key): Bundle | undefined;
  /**
   * Returns the bundles that contain a record. Bundles whose searches proved that the record does not exist are
   * returned too.
   */
  bundlesWith(key: Key): readonly Bundle[];
  settleBundle(product: Key, bundle: Bundle): void;
  children(question: string, parent: Key): Relation | undefined;
  settleChildren(question: string, parent: Key, relation: Relation): void;
  /** Returns the cached targets of a composed link. All paths to a parent get the same relation. */
  followed(link: Link, parent: Key): Relation | undefined;
  settleFollowed(link: Link, parent: Key, relation: Relation): void;
  /**
   * Returns the cached rows of a link's list for a parent; undefined if a record has changed since the rows were
   * computed.
   */
  listed(link: string, args: object, parent: Key): ListedRows | undefined;
  settleListed(link: string, args: object, parent: Key, rows: ListedRows): void;
  rootList(question: string): RootList | Candidates | PmsError | undefined;
  settleRootList(question: string, list: RootList | Candidates | PmsError): void;
  termFinds(question: string): TermFinds | PmsError | undefined;
  settleTermFinds(question: string, finds: TermFinds | PmsError): void;
  /** Returns the values that the index gave for a query, such as facets or suggestions; undefined before the query was sent. */
  answer(question: string): Answer | undefined;
  settleAnswer(question: string, value: unknown): void;
}

/** One page of the result of a value query (facets or suggestions). */
export interface ValuePage {
  readonly kind: 'page';
  readonly rows: readonly ValueRow[];
  readonly hasNext: boolean;
  /** Number of rows on all pages; null if unknown. */
  readonly total: number | null;
  readonly state: State;
  /** When the data were read from the upstream, if they are no longer fresh. */
  readonly staleSince?: Date | undefined;
}

export interface ValueRow {
  /** The key of the record from which links are followed. */
  readonly key: Key;
  readonly value: unknown;
  /** The cursor position after this row. */
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

/** The elements of a reference from which a placeholder organization is created. */
export type ReferenceLabel = Pick<Reference, 'display' | 'identifier'>;

/**
 * Returns undefined if the reference has no name, because an organization cannot be looked up by an identifier alone.
 */
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

/**
 * Whether a copy of a record is newer. A record may arrive twice, with different contents, while the upstream
 * changes.
 */
function isNewer(candidate: FhirResource, held: FhirResource): boolean {
  const [a, b] = [asSent(candidate).meta, asSent(held).meta];
  if (a?.lastUpdated && b?.lastUpdated && a.lastUpdated !== b.lastUpdated) {
    return Date.parse(a.lastUpdated) > Date.parse(b.lastUpdated);
  }
  return Number(a?.versionId) > Number(b?.versionId);
}

/** Whether a fresh response confirms a stale copy without a change. */
function isConfirmed(held: Held, resource: FhirResource, { stale }: Origin): boolean {
  return !stale && held.origin?.stale === true && !isNewer(held.resource, resource);
}

/** Whether a record that had only selected elements has arrived again with all its elements. */
function isWider({ resource: before, origin }: Held, resource: FhirResource, { isNarrow }: Origin): boolean {
  return origin?.isNarrow === true && !isNarrow && !isNewer(before, resource);
}

/** @param onHold called with every record, each time that the operation receives it */
export function createKnown(onHold?: (resource: FhirResource, origin: Origin) => void): Known {
  return new OperationKnown(onHold);
}

/**
 * This is a class, because in V8 an object literal with getters gets a new hidden class for each operation, and
 * hidden classes are not freed with the operation.
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

  /**
   * Stores contained records, except organizations. The reference to a contained organization states all data that is
   * needed.
   */
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
      // A contained record without an id is identified by its index in `contained`.
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
    // The id encodes the name and the identifier, so `node(id:)` can rebuild the organization without a record.
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
    // If a record could not be read, the response still contains the name in the reference.
    if (reading !== undefined) return this.standIns.get(key) ?? reading;
    return key.includes('#') ? this.byContainer(key) : key.includes('~') ? this.byDisplay(key) : undefined;
  }

  missing(key: Key): Missing | undefined {
    const reading = this.readings.get(key);
    return isHeld(reading) ? undefined : reading;
  }

  replacedAt(key: Key): PmsError | undefined {
    const reading = this.standIns.has(key) ? this.readings.get(key) : undefined;
    // A record of a type that the upstream does not serve is not reported as missing.
    return reading instanceof Error && reading.code !== 'UPSTREAM_UNSUPPORTED' ? reading : undefined;
  }

  /**
   * Returns why a contained record is missing: either its container was not read, or the contained record does not
   * exist.
   */
  private byContainer(key: Key): Missing | undefined {
    const container = containerOf(key);
    const reading = container === undefined ? undefined : this.reading(container);
    return isHeld(reading) ? 'absent' : reading;
  }

  /** Rebuilds an organization from a key that encodes its name and identifier. */
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
    // Records that do not exist are mapped to their bundle too, because existing child records may refer to them.
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
