/** Holds all that one operation has learnt: records, absent records, bundles and relations. */
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

/** Where and when a resource was read. */
export interface Origin {
  /** Path and query of the answer that brought it, below the upstream's origin. */
  readonly url: string;
  readonly fetchedAt: Date;
  /** Of that answer, and how many records came with it: how large each is, about. */
  readonly bytes?: number;
  readonly entries?: number;
  /** Whether it came from a copy that is no longer fresh. */
  readonly stale: boolean;
  /** Whether it may hold no more than the elements that were asked for. @default false */
  readonly isNarrow?: boolean;
  /** Whether it came from the index. @default false */
  readonly isIndexed?: boolean;
}

export interface Held {
  readonly resource: FhirResource;
  /** Null for a stand-in, of which nothing but a display is known. */
  readonly origin: Origin | null;
}

/**
 * What came of asking for a resource by its key. `unseen`: it is in none of the bundles that were read; it may be in
 * another product's.
 */
export type Reading = Held | Missing;
export type Missing = 'absent' | 'unseen' | PmsError;

/** A product's `$everything`, as far as it was read; or all that searches find of one. */
export interface Bundle {
  readonly keys: ReadonlySet<Key>;
  /** Records that came without an id. */
  readonly unidentified?: readonly FhirResource[];
  readonly state: State;
  /** When its oldest stale page was fetched. */
  readonly staleSince?: Date | undefined;
  /** Whether it came from the index. */
  readonly isIndexed?: boolean;
  /** Where searches have found it: then being in it is no link by itself, and what is referred to was read. */
  readonly searched?: Searched | undefined;
}

/** What searches have shown of a product, beside its records. */
export interface Searched {
  /** Keys that its records refer to, and that do not exist. */
  readonly absent: ReadonlySet<Key>;
}

/** The rows of one list, and what is known of missing ones. */
export interface ListedRows {
  readonly refs: readonly Key[];
  /** References to records that do not exist, or that cannot be looked up. They are not in `refs`. */
  readonly dangling: readonly string[];
  /** Whether none of the referenced records exists. */
  readonly isAllDangling?: boolean;
  readonly hasNext: boolean;
  /**
   * Rows from this page's start on, where asking again may bring more of them: then its cursor leads back to its start,
   * and carries this number.
   */
  readonly again?: number;
  /** Number of rows of the whole list; null where that is not known. */
  readonly total: number | null;
  readonly state: State;
  /** When the oldest stale answer that names the rows was fetched. */
  readonly staleSince?: Date | undefined;
}

/** One page of rows of a root search, and where it goes on. */
export interface RootList extends Omit<ListedRows, 'dangling'> {
  /** For each row, the cursor position right after it. */
  readonly positions: readonly Position[];
  /** Of a search by text. */
  readonly called?: FoundByCall;
}

/** What a search by text says of its rows. */
export interface FoundByCall {
  /** Why each row is there; undefined where no text was given. */
  readonly matches: readonly (TextMatch | undefined)[];
  /** The products that are folded with each. */
  readonly folded: readonly (readonly Key[])[];
  /** Products that were found, of those that are held. */
  readonly products: number;
  /** Texts that may be meant. */
  readonly didYouMean: readonly string[];
}

/** Records that lead to products, the matches of a search among them; they have yet to be looked through. */
export interface Candidates {
  readonly found: readonly Key[];
  /** Holds for all of them. */
  readonly satisfied: readonly FilterPart[];
  readonly state: State;
  /** Whether records may spell the searched value in another way, so that no match proves nothing. */
  readonly mayBeSpelledOtherwise?: boolean;
  /** When its oldest stale page was fetched. */
  readonly staleSince?: Date | undefined;
}

/** Results of the searches for some terms. */
export interface TermFinds {
  readonly found: readonly Key[];
  /** The searches that were read to their end. A record that they do not find does not exist. */
  readonly open: ReadonlySet<TermWay>;
  /** The ways that this upstream does not have. */
  readonly lacking: ReadonlySet<TermWay>;
  /** Terms of which a way finds too many: each as `wayOfTerm` has it. */
  readonly tooMany: ReadonlySet<string>;
  /** The codes of the substances that terms are names of, as far as records have shown them. */
  readonly codes: ReadonlyMap<string, readonly string[]>;
  /** All products, where there are few enough to look through them for values that no search finds. */
  readonly all?: readonly Key[] | undefined;
  /** Products that are held with all that belongs to them, and bear one of the terms somewhere. */
  readonly bearing?: readonly Key[];
  readonly states: readonly State[];
  /** Whether the products found are to be looked into, where not all can be. */
  readonly looksInto: boolean;
  /** When its oldest stale page was fetched. */
  readonly staleSince?: Date | undefined;
}

export function wayOfTerm(way: TermWay, term: string): string {
  return `${way} ${term}`;
}

export interface Known {
  hold(resource: FhirResource, origin: Origin): Key;
  /** Holds an organization that is known by a reference alone: by its name or identifier. */
  standIn(told: ReferenceLabel, key: Key | undefined): Key | undefined;
  /** The records that stand inside of one, as far as they have been read. */
  inside(container: Key): readonly Key[];
  reading(key: Key): Reading | undefined;
  /** Why a record could not be read, even where a mere name stands in for it. */
  missing(key: Key): Missing | undefined;
  /** Why a record could not be read for which a mere name stands in; undefined for what is all that there is. */
  replacedAt(key: Key): PmsError | undefined;
  settleReading(key: Key, reading: Missing): void;
  /** Whether anything was asked for that does not exist. */
  readonly hasAbsent: boolean;
  /** Whether anything came from a copy that is no longer fresh. */
  readonly holdsStale: boolean;
  /** The products that are held. */
  readonly products: readonly Key[];
  /** How many resources of a type are held. */
  count(type: ResourceType): number;
  bundle(product: Key): Bundle | undefined;
  /** Those that a record is in, or whose searches have found it not to exist. */
  bundlesWith(key: Key): readonly Bundle[];
  settleBundle(product: Key, bundle: Bundle): void;
  children(question: string, parent: Key): Relation | undefined;
  settleChildren(question: string, parent: Key, relation: Relation): void;
  /** The result of a composed link. It is kept, so that every path to a parent gets the same answer. */
  followed(link: Link, parent: Key): Relation | undefined;
  settleFollowed(link: Link, parent: Key, relation: Relation): void;
  /** The rows that a link's list was found to have for a parent, unless a reading has changed since. */
  listed(link: string, args: object, parent: Key): ListedRows | undefined;
  settleListed(link: string, args: object, parent: Key, rows: ListedRows): void;
  rootList(question: string): RootList | Candidates | PmsError | undefined;
  settleRootList(question: string, list: RootList | Candidates | PmsError): void;
  termFinds(question: string): TermFinds | PmsError | undefined;
  settleTermFinds(question: string, finds: TermFinds | PmsError): void;
  /** The answer to a question that has a value for an answer; undefined while it was not asked. */
  answer(question: string): Answer | undefined;
  settleAnswer(question: string, value: unknown): void;
}

/** One page of a searcher's answer. */
export interface ValuePage {
  readonly kind: 'page';
  readonly rows: readonly ValueRow[];
  readonly hasNext: boolean;
  /** Of all pages; null where that is not known. */
  readonly total: number | null;
  readonly state: State;
  /** When it was so, where that is no longer fresh. */
  readonly staleSince?: Date | undefined;
}

export interface ValueRow {
  /** The key for requesting more about this row. */
  readonly key: Key;
  readonly value: unknown;
  /** Where rows go on behind it. */
  readonly place: unknown;
}

export function isValuePage(value: unknown): value is ValuePage {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'page';
}

export interface Answer {
  /** A `PmsError` where there is none. */
  readonly value: unknown;
}

export function isHeld(reading: Reading | undefined): reading is Held {
  return typeof reading === 'object' && 'resource' in reading;
}

/** Makes an organization of a reference alone. */
export type ReferenceLabel = Pick<Reference, 'display' | 'identifier'>;

/** Undefined without a name: a reference by identifier alone cannot be looked up. */
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

/** Copies of one resource may come twice while the upstream changes: the newer one counts. */
function isNewer(candidate: FhirResource, held: FhirResource): boolean {
  const [a, b] = [asSent(candidate).meta, asSent(held).meta];
  if (a?.lastUpdated && b?.lastUpdated && a.lastUpdated !== b.lastUpdated) {
    return Date.parse(a.lastUpdated) > Date.parse(b.lastUpdated);
  }
  return Number(a?.versionId) > Number(b?.versionId);
}

/** Whether a stale copy has come again, and is as it was. */
function isConfirmed(held: Held, resource: FhirResource, { stale }: Origin): boolean {
  return !stale && held.origin?.stale === true && !isNewer(held.resource, resource);
}

/** Whether a narrow copy has come again as a whole. */
function isWider({ resource: before, origin }: Held, resource: FhirResource, { isNarrow }: Origin): boolean {
  return origin?.isNarrow === true && !isNarrow && !isNewer(before, resource);
}

/** @param onHold called for every record, each time that it arrives */
export function createKnown(onHold?: (resource: FhirResource, origin: Origin) => void): Known {
  return new OperationKnown(onHold);
}

/** A class: an object with getters of its own would be of another shape for each operation, and outlive it in V8. */
class OperationKnown implements Known {
  hasAbsent = false;
  holdsStale = false;
  private readonly readings = new Map<Key, Reading>();
  private readonly standIns = new Map<Key, Held>();
  private readonly contained = new Map<Key, readonly Key[]>();
  /** Containing records that could not be read. */
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

  /** Without organizations: a reference says all that is known of these. */
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
      // Without an id of its own it is known by its place.
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
    // The id carries all that is known of it. So `node(id:)` finds it again without a record.
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
    // A record that could not be read still has the name that a reference gave it.
    if (reading !== undefined) return this.standIns.get(key) ?? reading;
    return key.includes('#') ? this.byContainer(key) : key.includes('~') ? this.byDisplay(key) : undefined;
  }

  missing(key: Key): Missing | undefined {
    const reading = this.readings.get(key);
    return isHeld(reading) ? undefined : reading;
  }

  replacedAt(key: Key): PmsError | undefined {
    const reading = this.standIns.has(key) ? this.readings.get(key) : undefined;
    // A record that an upstream never gives is not missing from any answer.
    return reading instanceof Error && reading.code !== 'UPSTREAM_UNSUPPORTED' ? reading : undefined;
  }

  /** A contained record arrives with the record that contains it, or does not exist. */
  private byContainer(key: Key): Missing | undefined {
    const container = containerOf(key);
    const reading = container === undefined ? undefined : this.reading(container);
    return isHeld(reading) ? 'absent' : reading;
  }

  /** An organization of which nothing but a display is known; its key alone is enough to give it again. */
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
    // A record that does not exist may still have children that name it.
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
