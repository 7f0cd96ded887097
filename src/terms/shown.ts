/**
 * Learns the texts that records show for their values. A reader who has seen a text may use it in a filter, whether a
 * known list has it or not.
 */
import { elements } from '../fhir/elements.js';
import { unlessOdd } from '../fhir/unless-odd.js';
import type { FhirResource, ResourceType } from '../fhir/resources.js';
import { namedLists, type ListName } from './lists.js';
import type { Term, TermSource } from './source.js';
import { listOf } from './terms.js';

export interface ShownTexts extends TermSource {
  /** Learns the texts of a record. A record that was read before costs nothing. */
  note(record: FhirResource): void;
}

interface Place {
  /** Elements from the record's root downwards. */
  readonly path: readonly string[];
  readonly list: ListName;
}

/** The elements that filters and drop-downs are about. */
const places: Readonly<Partial<Record<ResourceType, readonly Place[]>>> = {
  MedicinalProductDefinition: [
    { path: ['domain'], list: 'DOMAIN' },
    { path: ['status'], list: 'STATUS' },
    { path: ['combinedPharmaceuticalDoseForm'], list: 'DOSE_FORM' },
    { path: ['extension', 'valueCoding'], list: 'DOSE_FORM' },
    { path: ['extension', 'valueCodeableConcept'], list: 'DOSE_FORM' },
    { path: ['route'], list: 'ROUTE' },
    { path: ['classification'], list: 'CLASSIFICATION' },
    { path: ['legalStatusOfSupply'], list: 'LEGAL_STATUS' },
    { path: ['pediatricUseIndicator'], list: 'PEDIATRIC_USE' },
    { path: ['marketingStatus', 'status'], list: 'MARKETING_STATUS' },
  ],
  AdministrableProductDefinition: [{ path: ['routeOfAdministration', 'code'], list: 'ROUTE' }],
  RegulatedAuthorization: [
    { path: ['region'], list: 'COUNTRY' },
    { path: ['status'], list: 'AUTHORIZATION_STATUS' },
  ],
  PackagedProductDefinition: [
    { path: ['legalStatusOfSupply', 'code'], list: 'LEGAL_STATUS' },
    { path: ['marketingStatus', 'status'], list: 'MARKETING_STATUS' },
  ],
};

/** Upstreams search for these by code, so a value without a code cannot be found by its text. */
const byCodeAlone: ReadonlySet<ListName> = new Set(['DOMAIN', 'STATUS', 'COUNTRY']);

/** Most characters of a text. A longer one is not a word for a filter. */
const longestText = 200;

/** @param most texts that are kept, the newest; each takes some hundred bytes. @default 10,000 */
export function createShownTexts({ most = 10_000 }: { readonly most?: number } = {}): ShownTexts {
  const lists = new Map<string, Map<string, Set<string>>>();
  const order: (readonly [list: string, code: string, text: string])[] = [];
  const read = new WeakSet<FhirResource>();
  let version = 1;

  function learn(list: string, code: string, text: string): void {
    if (text.length > longestText) return;
    const terms = lists.get(list) ?? new Map<string, Set<string>>();
    lists.set(list, terms);
    const texts = terms.get(code) ?? new Set<string>();
    terms.set(code, texts);
    if (texts.has(text)) return;
    texts.add(text);
    version += 1;
    order.push([list, code, text]);
    if (order.length > most) forgetOldest();
  }

  function forgetOldest(): void {
    const oldest = order.shift();
    if (!oldest) return;
    const [list, code, text] = oldest;
    const terms = lists.get(list);
    const texts = terms?.get(code);
    texts?.delete(text);
    if (texts?.size === 0) terms?.delete(code);
  }

  function note(record: FhirResource): void {
    const found = places[record.resourceType];
    if (!found || read.has(record)) return;
    read.add(record);
    // A malformed element shows no text.
    for (const place of found) unlessOdd(() => noteAt(record, place));
  }

  function noteAt(record: FhirResource, place: Place): void {
    for (const concept of valuesAt(record, place.path))
      for (const told of textsOf(concept, place)) learn(...told);
  }

  return {
    note,
    get version() {
      return version;
    },
    lists: () => [...lists.keys()],
    term: (list, code) => {
      const texts = lists.get(list)?.get(code);
      return texts && termOf(code, texts);
    },
    terms: (list) => [...(lists.get(list) ?? [])].map(([code, texts]) => termOf(code, texts)),
  };
}

/** Makes a term. The language of its texts is unknown, so they are never used as labels of other records. */
function termOf(code: string, texts: ReadonlySet<string>): Term {
  return { code, texts: new Map(), otherNames: [...texts] };
}

/** Returns the values at the end of a path, through every entry of the lists on the way. */
function valuesAt(record: unknown, path: readonly string[]): readonly unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return [record];
  const value = (record as Readonly<Record<string, unknown>> | null)?.[step];
  const values = Array.isArray(value) ? elements(value as readonly object[]) : [value];
  return values
    .filter((each) => typeof each === 'object' && each !== null)
    .flatMap((each) => valuesAt(each, rest));
}

interface Told {
  readonly system?: unknown;
  readonly code?: unknown;
  readonly display?: unknown;
  readonly text?: unknown;
  readonly coding?: readonly Told[];
}

/** Returns the texts of a concept or coding, by list and code. A value without a code is its own code. */
function textsOf(value: unknown, { list }: Place): readonly (readonly [string, string, string])[] {
  const concept = value as Told;
  const codings = Array.isArray(concept.coding) ? elements(concept.coding) : [concept];
  if (codings.some(({ code }) => typeof code === 'string')) {
    return codings.flatMap(({ system, code, display }) => {
      if (typeof code !== 'string') return [];
      const id = listIdOf(list, typeof system === 'string' ? system : undefined);
      // A code in letters is a word, which is shown where there is no text.
      const own = /\d/.test(code) ? undefined : code;
      return [display, concept.text, own].flatMap(wordIn).map((text) => [id, code, text] as const);
    });
  }
  if (byCodeAlone.has(list)) return [];
  return [concept.text, ...codings.map(({ display }) => display)]
    .flatMap(wordIn)
    .map((text) => [list, text, text] as const);
}

function wordIn(text: unknown): readonly string[] {
  return typeof text === 'string' && /\S/.test(text) ? [text.trim()] : [];
}

/** Returns the id of EMA's list where the system names one that belongs to the name; else the name. */
function listIdOf(name: ListName, system: string | undefined): string {
  const ids: readonly string[] = namedLists[name];
  const [list, ...others] = listOf(system)?.split('~') ?? [];
  return list !== undefined && others.length === 0 && ids.includes(list) ? list : name;
}
