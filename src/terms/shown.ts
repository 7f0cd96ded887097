/** Collects the texts of coded values from records. Clients can use such a text in a filter even if no list has it. */
import { elements, unlessOdd } from '../fhir/elements.js';
import type { FhirResource, ResourceType } from '../fhir/resources.js';
import { namedLists, type ListName } from './lists.js';
import type { Term, TermSource } from './source.js';
import { listOf } from './terms.js';

export interface ShownTexts extends TermSource {
  /** Collects the texts of a record. A record that was collected before is skipped. */
  note(record: FhirResource): void;
}

interface Place {
  /** The names of the elements from the record to the value. */
  readonly path: readonly string[];
  readonly list: ListName;
}

/** The coded elements that filters and drop-downs use. */
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

/** Lists whose values upstreams search only by code. A value without a code could not be searched by its text. */
const byCodeAlone: ReadonlySet<ListName> = new Set(['DOMAIN', 'STATUS', 'COUNTRY']);

/** Maximum number of characters of a text. Longer texts are not useful in a filter. */
const longestText = 200;

/** @param most maximum number of texts, each of some hundred bytes; the oldest are deleted first @default 10,000 */
export function createShownTexts({ most = 10_000 }: { readonly most?: number } = {}): ShownTexts {
  const lists = new Map<string, Map<string, Set<string>>>();
  const order: (readonly [list: string, code: string, text: string])[] = [];
  const read = new WeakSet<FhirResource>();
  let version = 1;

  function learn(list: string, code: string, given: unknown): void {
    const text = typeof given === 'string' ? given.trim() : '';
    if (text === '' || text.length > longestText) return;
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
    // A malformed element is skipped.
    for (const place of found) unlessOdd(() => noteAt(record, place));
  }

  /** Collects the values at the end of a path. If the path leads through a list, every item is visited. */
  function noteAt(value: unknown, place: Place, step = 0): void {
    if (typeof value !== 'object' || value === null) return;
    const name = place.path[step];
    if (Array.isArray(value)) for (const each of value as readonly unknown[]) noteAt(each, place, step);
    else if (name === undefined) noteConcept(value, place.list);
    else noteAt((value as Readonly<Record<string, unknown>>)[name], place, step + 1);
  }

  /**
   * Collects the texts of a concept or a coding, by list and code. If a value has no code, its text is used as the
   * code.
   */
  function noteConcept(concept: Told, list: ListName): void {
    const codings = Array.isArray(concept.coding) ? elements(concept.coding) : [concept];
    let isCoded = false;
    for (const { system, code, display } of codings) {
      if (typeof code !== 'string') continue;
      isCoded = true;
      const id = listIdOf(list, system);
      learn(id, code, display);
      learn(id, code, concept.text);
      // A code without digits is a word. It is displayed if the value has no text.
      if (!/\d/.test(code)) learn(id, code, code);
    }
    if (isCoded || byCodeAlone.has(list)) return;
    noteUncoded(list, concept.text);
    for (const { display } of codings) noteUncoded(list, display);
  }

  function noteUncoded(list: ListName, text: unknown): void {
    if (typeof text === 'string') learn(list, text.trim(), text);
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
    anywhere: (code) =>
      [...lists.values()].flatMap((terms) => {
        const texts = terms.get(code);
        return texts ? [termOf(code, texts)] : [];
      }),
    terms: (list) => [...(lists.get(list) ?? [])].map(([code, texts]) => termOf(code, texts)),
  };
}

/**
 * Creates a term. Its texts are only additional names: their language is unknown, so they are never displayed for
 * other records.
 */
function termOf(code: string, texts: ReadonlySet<string>): Term {
  return { code, texts: new Map(), otherNames: [...texts] };
}

interface Told {
  readonly system?: unknown;
  readonly code?: unknown;
  readonly display?: unknown;
  readonly text?: unknown;
  readonly coding?: readonly Told[];
}

/** Returns the id of EMA's list if the system names an EMA list with this name; else the name. */
function listIdOf(name: ListName, system: unknown): string {
  const ids: readonly string[] = namedLists[name];
  const list = typeof system === 'string' ? listOf(system) : null;
  return list !== null && ids.includes(list) ? list : name;
}
