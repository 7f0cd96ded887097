/**
 * Detects contradictory coded values: codings that name different terms, or a display that is the text of another term.
 */
import type { CodeableConcept, Coding } from 'fhir/r5.js';
import { elements, isElement, unlessOdd } from '../fhir/elements.js';
import { isAtcCode, isAtcTerm } from './ema-codes.js';
import { atcCodeOf, atcTermsOf } from './ema-terms.js';
import { foldText } from './fold.js';
import { countryCodesOf, languageTagsOf } from './languages.js';
import { atcList, isFhirList, isSubstanceSystem, substanceList } from './lists.js';
import { listOf, type Terms } from './terms.js';

/** The list and the code of a term. `list` is undefined if the coding has no system. */
export interface TermKey {
  readonly list: string | undefined;
  readonly code: string;
}

/**
 * Returns the term that a coding stands for: EMA's term, or EMA's term for an ATC code of WHO. Undefined for codes of
 * other systems.
 */
export function termOf(coding: Coding): TermKey | undefined {
  const { system, code } = coding;
  if (typeof code !== 'string' || code === '') return undefined;
  const list = listOf(system);
  if (list !== null) return { list, code };
  if (system === undefined) return { list: undefined, code };
  if (isFhirList(system)) return { list: system, code };
  if (isSubstanceSystem(system)) return { list: substanceList, code };
  // A code of another system may look like one of EMA's codes.
  if (!isAtcCode(coding)) return undefined;
  const [term] = atcTermsOf(code.toUpperCase());
  return term === undefined ? undefined : { list: atcList, code: term };
}

/**
 * Whether the codings of a value name different terms, or a coding's display is the text of another term of its list.
 */
export function isContradictory(codings: readonly Coding[], terms: Terms): boolean {
  return (
    codings.some((coding) => hasAnothersText(coding, terms)) ||
    // Most values have one coding.
    (codings.length > 1 && hasTwo(codings, terms))
  );
}

function hasTwo(codings: readonly Coding[], terms: Terms): boolean {
  return codings.some((one, index) =>
    codings.slice(index + 1).some((other) => isOther(one, other) || isOtherTerm(one, other, terms)),
  );
}

function hasAnothersText(coding: Coding, terms: Terms): boolean {
  const { display } = coding;
  const term = typeof display === 'string' ? termOf(coding) : undefined;
  const known = term && terms.find(term.list, term.code, 'en');
  // The meaning of an unknown code is not known, so its display cannot contradict it.
  if (!display || !term || !known || known.text === display) return false;
  if (foldText(known.text) === foldText(display)) return false;
  const bearers = terms.named(term.list?.split('~') ?? [], display);
  return bearers.length > 0 && !bearers.includes(term.code);
}

/**
 * Whether two codings contradict each other: they have different codes of one list, or name different ATC classes,
 * countries or languages.
 */
function isOther(one: Coding, other: Coding): boolean {
  if (isOneList(one.system, other.system)) return codeOf(one) !== codeOf(other);
  const [mine, yours] = [meaningOf(one), meaningOf(other)];
  if (mine === undefined || yours === undefined || mine.of !== yours.of) return false;
  // An ATC group next to a class in that group is less specific, but not contradictory.
  return !mine.key.startsWith(yours.key) && !yours.key.startsWith(mine.key);
}

/** Whether two codings stand for terms of two different EMA lists whose texts differ. */
function isOtherTerm(one: Coding, other: Coding, terms: Terms): boolean {
  const kind = meaningOf(one)?.of;
  if (kind !== undefined && kind === meaningOf(other)?.of) return false;
  const [mine, yours] = [one, other].map((coding) => {
    const term = termOf(coding);
    return term && terms.find(term.list, term.code, 'en');
  });
  return mine !== undefined && yours !== undefined && foldText(mine.text) !== foldText(yours.text);
}

function isOneList(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [mine, yours] = [listOf(one)?.split('~'), listOf(other)?.split('~')];
  if (mine && yours) return mine.some((list) => yours.includes(list));
  return systemOf(one) === systemOf(other);
}

/** Returns a system without `http:` or `https:` and the trailing slash. */
function systemOf(system: string): string {
  return system.replace(/^https?:/i, '').replace(/\/$/, '');
}

function codeOf({ code }: Coding): string | undefined {
  return typeof code === 'string' ? code.trim() : undefined;
}

/** Returns the ATC class, country or language that a coding stands for. Several code systems have codes for these. */
function meaningOf(coding: Coding): { readonly of: string; readonly key: string } | undefined {
  const code = codeOf(coding);
  if (code === undefined) return undefined;
  const list = listOf(coding.system);
  if (isAtcCode(coding)) return { of: 'atc', key: code.toUpperCase() };
  if (isAtcTerm(coding)) {
    const key = atcCodeOf(code);
    return key === undefined ? undefined : { of: 'atc', key };
  }
  if (list === '100000000002' || coding.system === 'urn:iso:std:iso:3166')
    return { of: 'country', key: countryCodesOf(code)[0] ?? code };
  if (list === '100000072057' || coding.system === 'urn:ietf:bcp:47') {
    const [key] = languageTagsOf({ coding: [{ code }] });
    return key === undefined ? undefined : { of: 'language', key };
  }
  return undefined;
}

/**
 * Returns the values of a concept in a list of concepts. There are several values if the concept has different codes
 * from one list. A coding from another list belongs to the value with the same meaning or display. If there is none,
 * it is a separate value.
 */
export function valuesOf(concept: CodeableConcept): readonly CodeableConcept[] {
  const codings = elements(concept.coding);
  const isOne = codings.every((one, index) =>
    codings.slice(index + 1).every((other) => !isOneList(one.system, other.system) || !isOther(one, other)),
  );
  if (isOne) return [concept];
  const values: Coding[][] = [];
  for (const coding of codings) {
    const value = values.find(
      (others) =>
        others.some((other) => isSame(coding, other)) && !others.some((other) => isOther(coding, other)),
    );
    if (value) value.push(coding);
    else values.push([coding]);
  }
  return values.map((coding) => ({ ...concept, coding }));
}

/**
 * Maximum number of combinations of values. A higher number cannot be intended, so the element is not split, and
 * counts as contradictory.
 */
const mostElements = 100;

/** The members of an element that are CodeableConcepts. */
type ConceptMember<Element> = {
  [Name in keyof Element]-?: NonNullable<Element[Name]> extends CodeableConcept ? Name : never;
}[keyof Element];

/**
 * Returns one copy of an element of a list for each value of the given members. Other members stay the same. For
 * example, a status for two countries, given as codings of one concept, becomes one status for each country.
 */
export function eachValue<Element extends object>(
  element: Element,
  ...members: readonly ConceptMember<Element>[]
): readonly Element[] {
  let all: readonly Element[] = [element];
  for (const member of members) {
    // A malformed member must not affect the other members. It will throw when it is read later.
    const values = unlessOdd(() => valuesIn(element[member])) ?? [];
    if (values.length < 2) continue;
    if (values.length * all.length > mostElements) return [element];
    all = all.flatMap((each) =>
      values.map((value) => withMember(each, member, value as Element[typeof member])),
    );
  }
  return all;
}

function valuesIn(member: unknown): readonly CodeableConcept[] {
  return isElement<CodeableConcept>(member) ? valuesOf(member) : [];
}

/** Returns a copy of an element with another value for one member. Other members are copied without being read. */
export function withMember<Element extends object, Name extends keyof Element>(
  element: Element,
  member: Name,
  value: Element[Name],
): Element {
  const { [member]: before, ...others } = Object.getOwnPropertyDescriptors(element) as PropertyDescriptorMap;
  return Object.defineProperties({}, { ...others, [member]: { ...before, value } }) as Element;
}

function isSame(one: Coding, other: Coding): boolean {
  if (isOneList(one.system, other.system)) return true;
  const [mine, yours] = [meaningOf(one), meaningOf(other)];
  if (mine && yours && mine.of === yours.of) return true;
  return (
    Boolean(one.display && other.display) && foldText(one.display ?? '') === foldText(other.display ?? '')
  );
}
