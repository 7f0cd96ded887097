/**
 * The index for the rest of the service: it holds products with all that belongs to them, and finds products among
 * these.
 */
import { isObject } from '../fhir/answer.js';
import { isReadable } from '../fhir/bundle.js';
import { asSent } from '../fhir/guarded.js';
import type { FhirResource } from '../fhir/resources.js';
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

/** A product as it was read, with all records that belong to it. */
export interface HeldProduct {
  readonly id: string;
  /** When it was read. */
  readonly asOf: Date;
  /** Path and query of the response that contained it. */
  readonly url: string;
  /** Its own record first. */
  readonly records: readonly FhirResource[];
  /** Records that came without an id. */
  readonly unidentified: readonly FhirResource[];
  /** The results of searches beside the records; undefined where it came as one bundle. */
  readonly searched?: SearchedProduct | undefined;
}

/** Further results for a product that was read by several searches. */
export interface SearchedProduct {
  /** Keys of records that are referred to and do not exist. */
  readonly absent: readonly string[];
}

/** A product from a list of products, without the records that belong to it. */
export interface NamedProduct {
  readonly record: FhirResource;
  /** When it was read. */
  readonly asOf: Date;
}

/** The known terms. */
export interface KnownTerms extends TermsToKnow {
  /** Whether they include a list of substances. Without one there are real substances that the index does not know. */
  readonly hasSubstances: boolean;
}

/** A product's own record. */
export interface OwnRecord extends NamedProduct {
  /** Whether it was read together with the records that belong to it. */
  readonly isRead: boolean;
}

/** The calls that clients may make. */
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
  | 'current'
>;

export interface SearchIndex {
  /** Returns the calls for a client. Clients take turns. Calls outside of this are made for the service itself. */
  askedBy(client: string | undefined): ClientIndex;
  /** Stores products in place of older copies. Newer ones are kept. @throws INDEX_UNAVAILABLE */
  put(products: readonly (HeldProduct & { readonly derived: DerivedRows })[]): Promise<void>;
  /** Stores products by their own records alone, unless they are held with all that belongs to them. */
  name(products: readonly (NamedProduct & { readonly derived: DerivedRows })[]): Promise<void>;
  /** Notes that the upstream no longer has the product. */
  putGone(id: string, asOf: Date): Promise<void>;
  /** @throws INDEX_UNAVAILABLE */
  find(query: IndexQuery): Promise<IndexMatches>;
  /** Searches products by text, as people call them. @throws BAD_USER_INPUT, INDEX_UNAVAILABLE */
  search(query: Omit<TextQuery, 'mayLackWords'>): Promise<TextMatches>;
  /** Counts how many of the found products have each value of some fields. @throws as `search` does */
  facets(query: Omit<TextFacetsQuery, 'mayLackWords'>): Promise<readonly Facet[]>;
  /** Suggests completions of a typed text. @throws as `search` does */
  suggest(query: { readonly text: string; readonly first: number }): Promise<readonly Suggestion[]>;
  /** Takes the known terms. */
  know(terms: KnownTerms): Promise<void>;
  /** Returns products that are held with all that belongs to them. @throws INDEX_UNAVAILABLE */
  products(ids: readonly string[]): Promise<ReadonlyMap<string, HeldProduct>>;
  /** Returns own records of products, from lists of products or as they were read. @throws INDEX_UNAVAILABLE */
  owns(ids: readonly string[]): Promise<ReadonlyMap<string, OwnRecord>>;
  /** Returns the state of products that are held, known by name, or gone. */
  rows(ids: readonly string[]): Promise<ReadonlyMap<string, HeldRow>>;
  /** Returns the ids of all products that are not gone. */
  ids(): Promise<readonly string[]>;
  /** Returns the ids of products that have all of the tokens, at most `most` and one more. */
  bearing(tokens: readonly Token[], most: number): Promise<readonly string[]>;
  /** Returns the id of one product for each token of a kind; tokens without a product are left out. */
  owners(kind: string, values: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Returns the substances of the products, A to Z. @throws INDEX_UNAVAILABLE */
  substances(query: SubstanceQuery): Promise<SubstanceMatches>;
  /** The load of the engine. */
  readonly load: Readonly<Load>;
  /** The coverage as of a moment ago. */
  readonly coverage: Coverage;
  /** Notes the result of listing all products; undefined where the list is not complete. */
  enumerated(enumeration: Enumeration | undefined): Promise<void>;
  /** Computes the coverage anew. */
  refreshed(): Promise<Coverage>;
  /** Returns the coverage; computed anew where another process writes the index. */
  current(): Promise<Coverage>;
  status(): Promise<IndexStatus>;
  /** Whether everything can be read. Reads the whole file, which takes seconds for a large one. */
  isSound(): Promise<boolean>;
  note(name: string, value: string | undefined): Promise<void>;
  noted(name: string): Promise<string | undefined>;
  purge(): Promise<void>;
  close(): Promise<void>;
}

const enumerationNote = 'enumeration';

/**
 * @param engineFor returns the engine for a client, or for the service itself where it is undefined
 * @param load of the engine, where it runs in a thread of its own
 */
export async function createSearchIndex(
  engineFor: (client: string | undefined) => Engine,
  load: Load = noLoad(),
): Promise<SearchIndex> {
  const engine = engineFor(undefined);
  const { access } = await engine.status();
  const count = async (): Promise<Coverage> => {
    const [status, noted] = await Promise.all([engine.status(), engine.noted(enumerationNote)]);
    return coverageOf(status, noted === undefined ? undefined : (JSON.parse(noted) as Enumeration));
  };
  let coverage = await count();
  let hasSubstances = false;
  const mayLackWords = (): boolean => !coverage.complete || !hasSubstances;
  // The next caller gets the error.
  const prepared = (): Promise<void> => engine.prepare().catch(() => undefined);
  const refreshed = async (): Promise<Coverage> => (coverage = await count());
  const rows = async (ids: readonly string[]): Promise<ReadonlyMap<string, HeldRow>> =>
    new Map((await engine.rows(ids)).map((row) => [row.id, row]));
  // One write after the other. So a state that a write has checked does not change before it writes.
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
    async enumerated(enumeration) {
      // Prepared first, so that the index does not count as complete before all of it can be searched.
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

const emptyRows = { versionId: undefined, lastUpdated: undefined, rows: [], tokens: [] } as const;

function isHeld(row: Pick<HeldRow, 'state'> | undefined): boolean {
  return row?.state === 'held' || row?.state === 'suspected';
}

/** Reads each value. Damaged ones are left out. */
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
    ...derived,
  };
}

/** Returns the version of a record. Values that are no texts are left out. */
function versionOf(record: FhirResource | undefined): Pick<ProductRows, 'versionId' | 'lastUpdated'> {
  const { versionId, lastUpdated } = (record && asSent(record).meta) ?? {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return { versionId: text(versionId), lastUpdated: text(lastUpdated) };
}

/** The records that belong to a product. */
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
    ...derived,
  };
}

/** Returns undefined where only the product's name is held, or its data is damaged. */
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

/** Returns undefined for bytes that are no JSON. */
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
