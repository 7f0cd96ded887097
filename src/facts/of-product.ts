/** Facts that the product's own record states. */
import type { Coding, MedicinalProductDefinition } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import type { FhirResource, ResourceOf } from '../fhir/resources.js';
import { isInAtcGroup } from '../terms/atc.js';
import { authorisedDoseForm, isAtcCode, isAtcTerm } from '../terms/ema-codes.js';
import { atcCodeOf } from '../terms/ema-terms.js';
import { foldText } from '../terms/fold.js';
import { foldNumber } from '../terms/numbers.js';
import {
  codesIn,
  codingsOfAll,
  codingsOrText,
  identifiersOf,
  isCoded,
  textsIn,
  textsOf,
} from './concepts.js';
import { notTold, valueFact, type NotTold, type RecordFact } from './fact.js';

const type = 'MedicinalProductDefinition';
type Product = ResourceOf<typeof type>;

export const ofProduct = {
  ids: {
    of: 'product',
    reads: [],
    test: (keys: readonly string[]) => (_resource, key) => keys.includes(key),
  },
  identifier: valueFact({
    of: 'product',
    type,
    elements: ['identifier'],
    values: (product): readonly NumberOf[] => [
      { value: product.id, isId: true },
      ...identifiersOf(product.identifier),
    ],
    meets: hasNumber,
    exact: {
      tokensOf: tokensOfNumber,
      tokensFor: (asked: readonly string[]) => asked.flatMap(tokensForNumber),
    },
  }),
  name: named((text) => (name) => name.includes(text)),
  nameStartsWith: named((text) => (name) => name.startsWith(text)),
  nameEquals: named((text) => (name) => name === text),
  status: coded('status', ({ status }) => codingsOrText(status)),
  domain: coded('domain', ({ domain }) => codingsOrText(domain)),
  doseForm: valueFact({
    of: 'product',
    type,
    elements: ['combinedPharmaceuticalDoseForm', 'extension'],
    values: doseFormsOf,
    meets: isCoded,
  }),
  atc: valueFact({
    of: 'product',
    type,
    elements: ['classification'],
    values: ({ classification }) => atcOf(classification),
    meets(asked: readonly string[]) {
      const wanted = asked.map(foldNumber);
      return (code) => wanted.includes(code) || wanted.some((each) => isInAtcGroup(code, each));
    },
  }),
  classification: coded('classification', ({ classification }) =>
    elements(classification).flatMap(codingsOrText),
  ),
  pediatricUse: coded('pediatricUseIndicator', ({ pediatricUseIndicator }) =>
    codingsOrText(pediatricUseIndicator),
  ),
  additionalMonitoring: valueFact({
    of: 'product',
    type,
    elements: ['additionalMonitoringIndicator'],
    values: monitoringOf,
    // A product without the indicator does not match `true`. It may match `false`.
    meets: (asked: boolean) => (is: boolean | 'unsaid') =>
      is === 'unsaid' ? (asked ? false : undefined) : is === asked,
  }),
  updatedSince: valueFact({
    of: 'product',
    type,
    elements: ['meta'],
    values(product) {
      const updated = updatedOf(product);
      return updated === undefined ? undefined : [updated];
    },
    meets(since: string) {
      const begin = Date.parse(since);
      return (updated) => updated >= begin;
    },
  }),
} satisfies Readonly<Record<string, RecordFact>>;

function named(make: (text: string) => (name: string) => boolean): RecordFact {
  return valueFact({
    of: 'product',
    type,
    elements: ['name'],
    values: namesOf,
    meets(text: string) {
      const isIt = make(foldText(text));
      return (name) => isIt(foldText(name));
    },
  });
}

function coded(element: keyof Product & string, values: (product: Product) => readonly Coding[]): RecordFact {
  return valueFact({ of: 'product', type, elements: [element], values, meets: isCoded });
}

/** Returns the full names of a product. */
export function namesOf(product: FhirResource): readonly string[] {
  if (product.resourceType !== type) return [];
  return textsOf(elements(product.name).map(({ productName }) => productName));
}

/**
 * Returns when the record was last changed, in milliseconds since 1970; undefined if the record does not state this.
 */
export function updatedOf({ meta }: Product): number | undefined {
  const updated = Date.parse(meta?.lastUpdated ?? '');
  return Number.isNaN(updated) ? undefined : updated;
}

/**
 * Returns the ATC codes, and EMA's terms for ATC classes, from the classifications of a product. They are in
 * capitals.
 */
export function atcOf(classification: MedicinalProductDefinition['classification']): readonly string[] {
  return codingsOfAll(classification).flatMap((coding) => {
    const { code } = coding;
    if (typeof code !== 'string') return [];
    if (isAtcCode(coding)) return [foldNumber(code)];
    return isAtcTerm(coding) ? [code, atcCodeOf(code) ?? []].flat() : [];
  });
}

export function doseFormsOf(product: Product): readonly Coding[] {
  const combined = codingsOrText(product.combinedPharmaceuticalDoseForm);
  return combined.length > 0 ? combined : codingsOrText(authorisedDoseForm(product));
}

/** Reads whether a product is under additional monitoring. Records state this in words or by a code of HL7. */
function monitoringOf({
  additionalMonitoringIndicator: indicator,
}: Product): readonly (boolean | 'unsaid' | NotTold)[] {
  const words = [...textsIn(indicator), ...codesIn(indicator)].map((word) =>
    foldText(word).replaceAll(/[\s_-]+/g, ' '),
  );
  if (words.length === 0) return [indicator ? notTold : 'unsaid'];
  const isIt = words.some((word) => monitored.test(word));
  const isNot = words.some((word) => unmonitored.test(word));
  return [isIt === isNot ? notTold : isIt];
}

const unmonitored = /^(NO|NONE|FALSE|N)$|\bNOT\b.*MONITOR/;
const monitored = /^(YES|TRUE|Y)$|^(?!.*\b(NOT|NO)\b).*(MONITORING|BLACK ?TRIANGLE)/;

interface NumberOf {
  readonly system?: string;
  readonly value: string;
  /** Whether the number is the FHIR id of the record. An id has no system, so it matches a filter with any system. */
  readonly isId?: boolean;
}

function hasNumber(asked: readonly string[]): (number: NumberOf) => boolean {
  const wanted = asked.map(identifierIn);
  return (number) =>
    wanted.some(
      ({ value, system }) =>
        foldNumber(number.value) === value &&
        (system === undefined || number.isId === true || foldSystem(number.system ?? '') === system),
    );
}

/** Returns the tokens of a number: the number without its system, and the number with its system. */
function tokensOfNumber({ value, system = '', isId }: NumberOf): readonly string[] {
  const number = foldNumber(value);
  return [number, `${isId ? anySystem : foldSystem(system)}|${number}`];
}

function tokensForNumber(asked: string): readonly string[] {
  const { value, system } = identifierIn(asked);
  return system === undefined ? [value] : [`${system}|${value}`, `${anySystem}|${value}`];
}

const anySystem = '*';

/** A number to search by, either with a system (`system|value`) or in any system. */
export interface NumberFilter {
  /** The number as written, without the system. */
  readonly bare: string;
  readonly value: string;
  readonly system: string | undefined;
}

/**
 * Reads a number with or without a system. EMA writes its systems with `http` or `https`, and in upper or lower case.
 */
export function identifierIn(text: string): NumberFilter {
  const [, system, after] = /^((?:https?:\/\/|urn:)[^|]*)\|(.+)$/i.exec(text) ?? [];
  const bare = after ?? text;
  return {
    bare,
    value: foldNumber(bare),
    system: system === undefined ? undefined : foldSystem(system),
  };
}

function foldSystem(system: string): string {
  return system
    .trim()
    .toLowerCase()
    .replace(/^https:/, 'http:')
    .replace(/\/$/, '');
}
