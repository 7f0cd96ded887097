/**
 * Detects coded values that contradict themselves: codings that name different terms, and displays that belong to other
 * terms than their codes.
 */
import type { CodeableConcept, Coding } from 'fhir/r5.js';
import { elements, isElement } from '../fhir/elements.js';
import { unlessOdd } from '../fhir/unless-odd.js';
import { isAtcCode, isAtcTerm } from './ema-codes.js';
import { atcCodeOf, atcTermsOf } from './ema-terms.js';
import { foldText } from './fold.js';
import { countryCodesOf, languageTagsOf } from './languages.js';
import { atcList, isFhirList, isSubstanceSystem, substanceList } from './lists.js';
import { listOf, type Terms } from './terms.js';

/** The key of a term in `Terms`. */
export interface TermKey {
  readonly list: string | undefined;
  readonly code: string;
}

/** Returns the term that a coding names: EMA's, or EMA's term for WHO's code. Codes of other systems name none. */
export function termOf(coding: Coding): TermKey | undefined {
  const { system, code } = coding;
  if (typeof code !== 'string' || code === '') return undefined;
  const list = listOf(system);
  if (list !== null) return { list, code };
  if (system === undefined) return { list: undefined, code };
  if (isFhirList(system)) return { list: system, code };
  if (isSubstanceSystem(system)) return { list: substanceList, code };
  // A code of another system may look like one of EMA's.
  if (!isAtcCode(coding)) return undefined;
  const [term] = atcTermsOf(code.toUpperCase());
  return term === undefined ? undefined : { list: atcList, code: term };
}

/** Whether codings of one value name different terms, or one's display is the text of another term of its list. */
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
  // An unknown code may mean anything, so it cannot contradict a display.
  if (!display || !term || !known || known.text === display) return false;
  if (foldText(known.text) === foldText(display)) return false;
  const bearers = terms.named(term.list?.split('~') ?? [], display);
  return bearers.length > 0 && !bearers.includes(term.code);
}

/**
 * Whether two codings are of one list and differ, or of two lists for the same kind of things and name different ones.
 */
function isOther(one: Coding, other: Coding): boolean {
  if (isOneList(one.system, other.system)) return codeOf(one) !== codeOf(other);
  const [mine, yours] = [meaningOf(one), meaningOf(other)];
  if (mine === undefined || yours === undefined || mine.of !== yours.of) return false;
  // A group of classes beside a class in it is less specific, but no contradiction.
  return !mine.key.startsWith(yours.key) && !yours.key.startsWith(mine.key);
}

/** Whether two codings are EMA's terms of two lists with different texts. */
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

/** Returns a system without its scheme. */
function systemOf(system: string): string {
  return system.replace(/^https?:/i, '').replace(/\/$/, '');
}

function codeOf({ code }: Coding): string | undefined {
  return typeof code === 'string' ? code.trim() : undefined;
}

/** Returns the meaning of a coding of a kind that several systems name: ATC classes, countries, languages. */
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
 * Returns the values of a concept in a list: several where codings of one list differ. A coding of another list is
 * added to the value that it names too, by its meaning or its display; else it is its own value.
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

/** Most combinations of values. More cannot be intended: the element stays one, and is reported as contradictory. */
const mostElements = 100;

/** The members of an element that are concepts. */
type ConceptMember<Element> = {
  [Name in keyof Element]-?: NonNullable<Element[Name]> extends CodeableConcept ? Name : never;
}[keyof Element];

/**
 * Returns an element of a list once for each value of these members, with all its other members. So a status for two
 * countries, given as codings of one concept, becomes one for each.
 */
export function eachValue<Element extends object>(
  element: Element,
  ...members: readonly ConceptMember<Element>[]
): readonly Element[] {
  let all: readonly Element[] = [element];
  for (const member of members) {
    // A malformed member fails where it is read, and does not affect the others.
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

/** Returns a copy with another value in one member, without reading the others. */
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
