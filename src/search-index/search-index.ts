/**
 * The search index, as the rest of the service uses it. It stores products with all their records, and searches
 * products among them.
 */
import { isPmsError, type PmsError } from '../errors.js';
import { isObject } from '../fhir/answer.js';
import { isReadable } from '../fhir/bundle.js';
import { asSent } from '../fhir/guarded.js';
import type { FhirResource } from '../fhir/resources.js';
import { isSubsetted } from '../fhir/subsetted.js';
import type { ChangesFound, ChangesQuery } from './changes/change.js';
import { ownHashes, restHashes } from './changes/parts.js';
import { coverageOf, type Coverage, type Enumeration } from './coverage.js';
import type { Engine, TermsToKnow, Token } from './engine.js';
import type { Facet } from './facets/facet.js';
import type { Suggestion } from './suggest/suggestion.js';
import type { IndexMatches, IndexQuery, TextFacetsQuery, TextMatches, TextQuery } from './query.js';
import type { HeldDetails, HeldOwn, HeldRow, IndexStatus, ProductRows } from './store/index-store.js';
import type { SubstanceMatches, SubstanceQuery } from './substances.js';
import type { DerivedRows } from './derive-rows.js';
import { eachInTurn } from './turns.js';
import { noLoad, type Load } from './worker-host.js';

/** A product as it was read from the upstream, with all records that belong to it. */
export interface HeldProduct {
  readonly id: string;
  /** When the product was read. */
  readonly asOf: Date;
  /** The path and query of the upstream request that returned the product. */
  readonly url: string;
  /** The product's own record (MedicinalProductDefinition), followed by the records that belong to it. */
  readonly records: readonly FhirResource[];
  /** Records that came without an id. */
  readonly unidentified: readonly FhirResource[];
  /** Additional results if the product was read by several searches; undefined if one Bundle contained it. */
  readonly searched?: SearchedProduct | undefined;
}

/** Additional results for a product that was read by several searches. */
export interface SearchedProduct {
  /** Keys of records that do not exist, although other records refer to them. */
  readonly absent: readonly string[];
}

/** A product from a list of products, without the records that belong to it. */
export interface NamedProduct {
  readonly record: FhirResource;
  /** When the product was read. */
  readonly asOf: Date;
}

/** The terms of the built-in and imported lists. */
export interface KnownTerms extends TermsToKnow {
  /**
   * Whether the terms include a list of substances. Without such a list, the index does not know all existing
   * substances.
   */
  readonly hasSubstances: boolean;
}

/** A product's own record, a MedicinalProductDefinition. */
export interface OwnRecord extends NamedProduct {
  /** Whether the product was read with all its records. If false, it comes from a list of products. */
  readonly isRead: boolean;
}

/** The methods of the index that are called for clients. */
export type ClientIndex = Pick<
  SearchIndex,
  | 'find'
  | 'search'
  | 'facets'
  | 'suggest'
  | 'products'
  | 'owns'
  | 'bearing'
  | 'owners'
  | 'substances'
  | 'changes'
  | 'current'
>;

export interface SearchIndex {
  /**
   * Returns the methods for one client. The thread of the index alternates between the calls of several clients. The
   * methods of `SearchIndex` itself are for calls of the service.
   */
  askedBy(client: string | undefined): ClientIndex;
  /**
   * Stores products. Each replaces an older copy of itself, but never a newer one.
   * @throws INDEX_UNAVAILABLE
   */
  put(products: readonly (HeldProduct & { readonly derived: DerivedRows })[]): Promise<void>;
  /** Stores the own records of products. Products that are stored with all their records remain unchanged. */
  name(products: readonly (NamedProduct & { readonly derived: DerivedRows })[]): Promise<void>;
  /** Stores that the product no longer exists upstream. */
  putGone(id: string, asOf: Date): Promise<void>;
  /** @throws INDEX_UNAVAILABLE */
  find(query: IndexQuery): Promise<IndexMatches>;
  /**
   * Searches products by a text that a user typed, such as a name or a substance.
   * @throws BAD_USER_INPUT, INDEX_UNAVAILABLE
   */
  search(query: Omit<TextQuery, 'mayLackWords'>): Promise<TextMatches>;
  /**
   * For each value of some fields, counts the matching products that have this value.
   * @throws the same errors as `search`
   */
  facets(query: Omit<TextFacetsQuery, 'mayLackWords'>): Promise<readonly Facet[]>;
  /**
   * Suggests completions of a text that a user is typing.
   * @throws the same errors as `search`
   */
  suggest(query: { readonly text: string; readonly first: number }): Promise<readonly Suggestion[]>;
  /** Sets the terms of the built-in and imported lists. */
  know(terms: KnownTerms): Promise<void>;
  /** Returns the products that are stored with all their records. @throws INDEX_UNAVAILABLE */
  products(ids: readonly string[]): Promise<ReadonlyMap<string, HeldProduct>>;
  /**
   * Returns the own records of products. Each was read either from a list of products, or with all records of the
   * product.
   * @throws INDEX_UNAVAILABLE
   */
  owns(ids: readonly string[]): Promise<ReadonlyMap<string, OwnRecord>>;
  /**
   * Returns what the index stores about products, including those that are stored by name only, or that no longer
   * exist.
   */
  rows(ids: readonly string[]): Promise<ReadonlyMap<string, HeldRow>>;
  /** Returns the ids of all products that still exist upstream. */
  ids(): Promise<readonly string[]>;
  /** Returns the ids of products that have all tokens: at most `most`, and one more if there are more products. */
  bearing(tokens: readonly Token[], most: number): Promise<readonly string[]>;
  /**
   * For each value of one kind of token, returns the id of one product that has it. Values that no product has are
   * left out.
   */
  owners(kind: string, values: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Returns the substances of the products, A to Z. @throws INDEX_UNAVAILABLE */
  substances(query: SubstanceQuery): Promise<SubstanceMatches>;
  /** Returns the changes of products that the index has recorded. @throws INDEX_UNAVAILABLE */
  changes(query: ChangesQuery): Promise<ChangesFound>;
  /** Numbers and durations of calls to the engine. */
  readonly load: Readonly<Load>;
  /** The coverage as it was last computed. */
  readonly coverage: Coverage;
  /** Stores the result of listing all products; undefined if the list is not complete. */
  enumerated(enumeration: Enumeration | undefined): Promise<void>;
  /** Computes the current coverage, and returns it. */
  refreshed(): Promise<Coverage>;
  /** Returns the coverage. If another process writes to the index, computes it again first. */
  current(): Promise<Coverage>;
  /** Whether the index is in a database, which other processes may also write to. */
  readonly isShared: boolean;
  /**
   * Why the database could not be used when the coverage was last computed; undefined if it could be used. Then the
   * index counts as empty, so that queries go to the upstream. An index in a file has no fault.
   */
  readonly fault: PmsError | undefined;
  /**
   * Claims a work that only one process does at a time, or renews the claim.
   * @param holder names the process
   * @param ms milliseconds until the claim ends by itself
   * @returns false if another process has the work
   */
  claim(name: string, holder: string, ms: number): Promise<boolean>;
  /** Ends a claim of this process. */
  release(name: string, holder: string): Promise<void>;
  status(): Promise<IndexStatus>;
  /**
   * Whether the whole file of the index can be read. This reads the whole file, which takes seconds if it is large.
   */
  isSound(): Promise<boolean>;
  note(name: string, value: string | undefined): Promise<void>;
  noted(name: string): Promise<string | undefined>;
  purge(): Promise<void>;
  close(): Promise<void>;
}

const enumerationNote = 'enumeration';

/**
 * @param engineFor returns the engine for a client; if `client` is undefined, the engine for the service itself
 * @param options.load the load of the engine's worker thread
 * @param options.isShared whether the index is in a database. It may be out of reach now, and come back later
 */
export async function createSearchIndex(
  engineFor: (client: string | undefined) => Engine,
  { load = noLoad(), isShared = false }: { readonly load?: Load; readonly isShared?: boolean } = {},
): Promise<SearchIndex> {
  const engine = engineFor(undefined);
  const access = isShared ? 'writes' : (await engine.status()).access;
  const count = async (): Promise<Coverage> => {
    const [status, noted] = await Promise.all([engine.status(), engine.noted(enumerationNote)]);
    return coverageOf(status, noted === undefined ? undefined : (JSON.parse(noted) as Enumeration));
  };
  let fault: PmsError | undefined;
  let coverage = coverageOf(emptyStatus, undefined);
  const refreshed = async (): Promise<Coverage> => {
    try {
      coverage = await count();
      fault = undefined;
      return coverage;
    } catch (error) {
      if (isShared && isPmsError(error)) {
        fault = error;
        coverage = coverageOf(emptyStatus, undefined);
      }
      throw error;
    }
  };
  await refreshed().catch((error: unknown) => {
    if (!fault) throw error;
  });
  let hasSubstances = false;
  const mayLackWords = (): boolean => !coverage.complete || !hasSubstances;
  // The error is ignored here. The next caller gets it.
  const prepared = (): Promise<void> => engine.prepare().catch(() => undefined);
  const rows = async (ids: readonly string[]): Promise<ReadonlyMap<string, HeldRow>> =>
    new Map((await engine.rows(ids)).map((row) => [row.id, row]));
  // Writes run one after the other, so that nothing changes between a check and the write that depends on it.
  let last: Promise<void> = Promise.resolve();
  const inTurn = (write: () => Promise<void>): Promise<void> => {
    const turn = last.then(write);
    last = turn.catch(() => undefined);
    return turn.then(async () => void (await refreshed()));
  };
  const current = async (): Promise<Coverage> => (access === 'reads' ? refreshed() : coverage);

  function asked(by: Engine): ClientIndex {
    return {
      find: (query) => by.find(query),
      search: (query) => by.search({ ...query, mayLackWords: mayLackWords() }),
      facets: (query) => by.facets({ ...query, mayLackWords: mayLackWords() }),
      suggest: (query) => by.suggest({ ...query, mayLackWords: mayLackWords() }),
      products: async (ids) => readEach(await by.details(ids), heldIn),
      owns: async (ids) => readEach(await by.owns(ids), (_id, own) => ownIn(own)),
      bearing: (tokens, most) => by.bearing(tokens, most),
      owners: (kind, values) => by.owners(kind, values),
      substances: (query) => by.substances(query),
      changes: (query) => by.changes(query),
      current,
    };
  }

  const own = asked(engine);
  return {
    ...own,
    askedBy: (client) => (client === undefined ? own : asked(engineFor(client))),
    put: (products) =>
      inTurn(async () => {
        const each: ProductRows[] = [];
        await eachInTurn(products, (product) => void each.push(rowsOf(product)));
        await engine.write(each);
      }),
    name: (products) =>
      inTurn(async () => {
        const known = await rows(products.map(({ record }) => record.id));
        const named = products.filter(({ record }) => !isHeld(known.get(record.id)));
        if (named.length > 0) await engine.write(named.map(namedRows));
      }),
    putGone: (id, asOf) =>
      inTurn(() =>
        engine.write([
          { ...emptyRows, id, asOf: asOf.getTime(), state: 'gone', own: new Uint8Array(), rest: undefined },
        ]),
      ),
    async know(terms) {
      hasSubstances = terms.hasSubstances;
      const { words, atcCodes } = terms;
      await engine.know({ words, atcCodes });
      void prepared();
    },
    rows,
    ids: () => engine.ids(),
    load,
    get coverage() {
      return coverage;
    },
    isShared,
    get fault() {
      return fault;
    },
    claim: (name, holder, ms) => engine.claim(name, holder, ms),
    release: (name, holder) => engine.release(name, holder),
    async enumerated(enumeration) {
      // The data in memory are computed first. Otherwise the index would count as complete before all of it can be
      // searched.
      if (enumeration) await prepared();
      await engine.note(enumerationNote, enumeration && JSON.stringify(enumeration));
      await refreshed();
    },
    refreshed,
    status: () => engine.status(),
    isSound: () => engine.isSound(),
    note: (name, value) => engine.note(name, value),
    noted: (name) => engine.noted(name),
    async purge() {
      await engine.purge();
      await refreshed();
    },
    close: () => engine.close(),
  };
}

const emptyStatus = { products: 0, withDetails: 0, gone: 0, oldest: undefined };

const emptyRows = { versionId: undefined, lastUpdated: undefined, rows: [], tokens: [], parts: {} } as const;

function isHeld(row: Pick<HeldRow, 'state'> | undefined): boolean {
  return row?.state === 'held' || row?.state === 'suspected';
}

/** Reads the stored value of each product. Products with damaged values are left out. */
async function readEach<Held, Read>(
  found: ReadonlyMap<string, Held>,
  read: (id: string, held: Held) => Read | undefined,
): Promise<ReadonlyMap<string, Read>> {
  const all = new Map<string, Read>();
  await eachInTurn(found, ([id, held]) => {
    const each = read(id, held);
    if (each !== undefined) all.set(id, each);
  });
  return all;
}

function namedRows({ record, asOf, derived }: NamedProduct & { readonly derived: DerivedRows }): ProductRows {
  return {
    id: record.id,
    asOf: asOf.getTime(),
    ...versionOf(record),
    state: 'named',
    own: bytesOf(record),
    rest: undefined,
    // A record without some of its elements shows no change.
    parts: isSubsetted(record) ? {} : ownHashes(record),
    ...derived,
  };
}

/** Returns `meta.versionId` and `meta.lastUpdated` of a record. Values that are not strings are left out. */
function versionOf(record: FhirResource | undefined): Pick<ProductRows, 'versionId' | 'lastUpdated'> {
  const { versionId, lastUpdated } = (record && asSent(record).meta) ?? {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return { versionId: text(versionId), lastUpdated: text(lastUpdated) };
}

/** The records that belong to a product, without its own record. */
interface Rest {
  readonly url: string;
  readonly records: readonly FhirResource[];
  readonly unidentified: readonly FhirResource[];
  readonly searched?: SearchedProduct | undefined;
}

function rowsOf({
  id,
  asOf,
  url,
  records,
  unidentified,
  searched,
  derived,
}: HeldProduct & { readonly derived: DerivedRows }): ProductRows {
  const [own, ...others] = records;
  const rest: Rest = { url, records: others, unidentified, ...(searched && { searched }) };
  return {
    id,
    asOf: asOf.getTime(),
    ...versionOf(own),
    state: 'held',
    own: bytesOf(own),
    rest: bytesOf(rest),
    parts: {
      ...(own && ownHashes(own)),
      ...restHashes([...others, ...unidentified], searched ? 'searches' : 'bundle'),
    },
    ...derived,
  };
}

/** Reads a stored product; returns undefined if only its own record is stored, or if its data are damaged. */
function heldIn(id: string, { own, rest, asOf }: HeldDetails): HeldProduct | undefined {
  const [product, others] = [readJson(own), rest && readJson(rest)];
  if (!isReadable(product) || !isRest(others)) return undefined;
  const { url, records, unidentified, searched } = others;
  return { id, asOf: new Date(asOf), url, records: [product, ...records], unidentified, searched };
}

function ownIn({ own, asOf, state }: HeldOwn): OwnRecord | undefined {
  const record = readJson(own);
  return isReadable(record) ? { record, asOf: new Date(asOf), isRead: isHeld({ state }) } : undefined;
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Parses bytes as JSON; returns undefined if they are not JSON. */
function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRest(value: unknown): value is Rest {
  if (!isObject(value)) return false;
  const { url, records, unidentified, searched } = value;
  return (
    typeof url === 'string' &&
    Array.isArray(records) &&
    records.every(isReadable) &&
    Array.isArray(unidentified) &&
    (searched === undefined || isSearched(searched))
  );
}

function isSearched(value: unknown): value is SearchedProduct {
  return (
    isObject(value) &&
    Array.isArray(value['absent']) &&
    value['absent'].every((key) => typeof key === 'string')
  );
}
