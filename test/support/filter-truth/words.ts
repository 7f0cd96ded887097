/** Compares words, numbers, codes and ids. */
import type { CodeableConcept, Identifier, Reference } from 'fhir/r5.js';
import type { Told } from './told.js';

/** Returns the text without accents and surrounding blanks, in upper case. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toUpperCase()
    .trim();
}

/** Returns a number without blanks, in lower case. */
export function solid(number: string): string {
  return number.split(/\s/).join('').toLowerCase();
}

export function wordsOf(text: string): readonly string[] {
  return plain(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

export function isAny(has: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some((each) => has.includes(each));
}

export function codesIn(concept: CodeableConcept | undefined): readonly string[] {
  return (concept?.coding ?? []).flatMap(({ code }) => code ?? []);
}

/** Returns the text and the displays of a concept. */
export function textsIn(concept: CodeableConcept | undefined): readonly string[] {
  const displays = (concept?.coding ?? []).map(({ display }) => display);
  return [concept?.text, ...displays].flatMap((text) => text ?? []);
}

/** The names that all records give to codes. */
export interface Names {
  of(code: string): readonly string[];
  /** Whether the word is the name of a known term. */
  isTerm(word: string): boolean;
}

/** English names of terms that the records state without a display. */
const known = {
  '100000072099': ['Valid'],
  '100000072100': ['Expired'],
  '100000072112': ['Not renewed'],
  '100000072113': ['Withdrawn'],
  '100000072121': ['Revoked'],
  '100000072122': ['Suspended'],
  '100000072076': ['Medicinal product not subject to medical prescription'],
  '100000072084': ['Medicinal product subject to medical prescription'],
  '100000072078': ['Medicinal product subject to restricted medical prescription'],
  '100000072085': ['Medicinal product subject to special medical prescription'],
};

export function namesIn(resources: readonly object[]): Names {
  const names = new Map<string, readonly string[]>(Object.entries(known));
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return undefined;
    const { code, display } = node as Record<string, unknown>;
    if (typeof code === 'string' && typeof display === 'string')
      names.set(code, [...new Set([...(names.get(code) ?? []), display])]);
    return Object.values(node).forEach(visit);
  };
  visit(resources);
  const terms = new Set([...names.values()].flat().map(plain));
  return { of: (code) => names.get(code) ?? [], isTerm: (word) => terms.has(plain(word)) };
}

/** Whether a concept is one of the given codes or words. */
export function isConcept(concept: CodeableConcept, asked: readonly string[], names: Names): Told {
  const codes = codesIn(concept);
  const texts = [...textsIn(concept), ...codes.flatMap(names.of)].map(plain);
  if (isAny(codes, asked) || isAny(texts, asked.map(plain))) return true;
  const byCode = asked.some((each) => /\d/.test(each) && !/\s/.test(each));
  // A word that is the name of a term is compared by its code.
  if (codes.length > 0)
    return texts.length > 0 || asked.every((each) => byCode || names.isTerm(each)) ? false : undefined;
  return texts.length === 0 || byCode || (asked.some(names.isTerm) && !texts.some(names.isTerm))
    ? undefined
    : false;
}

export function valuesOf(identifiers: readonly Identifier[] | undefined): readonly string[] {
  return (identifiers ?? []).flatMap(({ value }) => value ?? []);
}

export function idIn(reference: Reference | undefined): string | undefined {
  const text = bareOf(reference);
  return text === '' ? undefined : text.slice(text.lastIndexOf('/') + 1);
}

export function bareOf({ reference = '' }: Reference = {}): string {
  return reference.replace(/\/_history\/.*$/, '');
}

/** Removes the type from a global id, as clients may give it. */
export function localOf(id: string): string {
  return id.replace(/^[A-Za-z]+:/, '');
}

/** Compares ids: runs of digits as numbers, the rest as text. */
export function compareIds(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)];
  for (const [at, left] of one.entries()) {
    const right = other[at];
    if (right === undefined) return 1;
    if (left === right) continue;
    const areNumbers = /^\d/.test(left) && /^\d/.test(right);
    if (areNumbers && BigInt(left) !== BigInt(right)) return BigInt(left) < BigInt(right) ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return one.length - other.length;
}

function partsOf(id: string): readonly string[] {
  return id.match(/\d+|\D+/g) ?? [];
}
