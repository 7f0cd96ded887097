/**
 * A server that ignores a parameter answers with everything, which looks like a match: how one tells. Such an answer is
 * never believed.
 */
import type { MedicinalProductDefinitionName } from 'fhir/r5.js';
import { PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import type { FhirResource } from '../../fhir/resources.js';

/** An answer that is none, because what was asked was ignored. */
export class Ignored extends PmsError {}

/** @param what the search that was not honoured, in a client's words */
export function ignored(what: string): Ignored {
  return new Ignored('UPSTREAM_UNSUPPORTED', `The upstream ignores ${what}, and answers with everything.`);
}

/**
 * Whether the upstream says what it has answered, and the parameter is not in it. A `self` without `_count` tells
 * nothing, nor does that of a page which was asked for by a link.
 */
export function dropped(parameter: string, { url, self }: Pick<Page, 'url' | 'self'>): boolean {
  const isAskedHere = url.endsWith('/_search') || namesIn(url).has(parameter);
  const honoured = namesIn(self);
  return isAskedHere && honoured.has('_count') && !honoured.has(parameter);
}

function namesIn(link: string | undefined): ReadonlySet<string | undefined> {
  return new Set([...new URLSearchParams(link?.split('?')[1]).keys()].map((name) => name.split(':')[0]));
}

/** @throws UPSTREAM_UNSUPPORTED when a product was found that bears the text in none of its names */
export function refuseForeignName(text: string, product: FhirResource): void {
  const names = namesOf(product).flatMap(({ productName, part }) => [
    productName ?? '',
    ...(Array.isArray(part) ? part.map((each) => each?.part ?? '') : []),
  ]);
  const bearsIt = names.some((name) => folded(name).includes(folded(text)));
  if (names.length > 0 && !bearsIt) throw ignored('"filter.name"');
}

function namesOf(resource: FhirResource): readonly MedicinalProductDefinitionName[] {
  if (resource.resourceType !== 'MedicinalProductDefinition' || !Array.isArray(resource.name)) return [];
  return resource.name.filter((name) => typeof name === 'object' && name !== null);
}

const unfolding: Readonly<Record<string, string>> = {
  Æ: 'AE',
  Ø: 'O',
  Œ: 'OE',
  Ł: 'L',
  Đ: 'D',
  Ð: 'D',
  Þ: 'TH',
};

/** Letters and digits alone, without case and accents: no upstream's search folds further than this. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .toUpperCase()
    .replaceAll(/[ÆØŒŁĐÐÞ]/g, (letter) => unfolding[letter] ?? letter)
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Whether a name of the product begins with the text, case and accents apart. */
export function beginsWith(text: string, product: FhirResource): boolean {
  return namesOf(product).some(({ productName = '' }) => plain(productName).startsWith(plain(text)));
}

function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase().trim();
}
