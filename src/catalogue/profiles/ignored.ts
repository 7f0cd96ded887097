/**
 * Detects searches whose parameters the server has ignored. Such a server answers with everything, which looks like a
 * match. Its answer is never believed.
 */
import { PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import { elements } from '../../fhir/elements.js';
import type { FhirResource } from '../../fhir/resources.js';
import type { SearchParameterName, SearchParameters } from '../../fhir/search.js';
import { foldFurthest } from '../../terms/fold.js';
import { allOf, type Verdict } from '../../facts/verdict.js';
import { unlessOdd } from '../../fhir/unless-odd.js';
import type { Criterion } from '../../facts/requirements.js';
import { isName, parameterOf } from '../search/ways.js';
import { keyOf } from '../graph/key.js';

/** Thrown for an answer that is worthless, because the upstream ignored a part of the search. */
export class Ignored extends PmsError {
  /** The ignored search parameter, where it is known. */
  readonly parameter: SearchParameterName | undefined;

  constructor(what: string, parameter: SearchParameterName | undefined) {
    super(
      'UPSTREAM_UNSUPPORTED',
      `The upstream does not apply ${what}, so its answer cannot be used. \`service { capabilities }\` says what it supports.`,
    );
    this.parameter = parameter;
  }
}

/** @param what the part of the search that was not honoured, in a client's words */
export function ignored(what: string, parameter?: SearchParameterName): Ignored {
  return new Ignored(what, parameter);
}

/**
 * Whether the upstream has dropped the parameter: it says so, or the `self` link of its answer lacks the parameter. A
 * `self` without `_count` proves nothing, nor does that of a page which was asked for by a link.
 */
export function dropped(parameter: string, page: Pick<Page, 'url' | 'self' | 'ignored'>): boolean {
  const { url, self, ignored: told } = page;
  if (told.has(parameter)) return true;
  const isAskedHere = url.endsWith('/_search') || names(url, parameter);
  return isAskedHere && self !== undefined && names(self, '_count') && !names(self, parameter);
}

/** Whether the query of a link has a parameter, with a modifier or without. Skips the values, which may be hundreds. */
function names(link: string, parameter: string): boolean {
  const [address = ''] = link.split('#', 1);
  const begin = address.indexOf('?') + 1;
  const parts = begin > 0 ? address.slice(begin).split('&') : [];
  return parts.some((part) => nameIn(part) === parameter);
}

function nameIn(part: string): string | undefined {
  const [written = ''] = part.split('=', 1);
  const [name] = written.includes('%') ? [...new URLSearchParams(written).keys()] : [written];
  return name?.split(':', 1)[0];
}

/**
 * @param folded the searched text, as `foldFurthest` folds it
 * @throws UPSTREAM_UNSUPPORTED when a product was found that bears the text in none of its names
 */
function refuseForeignName(folded: string, product: FhirResource): void {
  if (product.resourceType !== 'MedicinalProductDefinition') return;
  const names = unlessOdd(() =>
    elements(product.name).flatMap(({ productName, part }) => [
      productName ?? '',
      ...elements(part).map((each) => each.part ?? ''),
    ]),
  );
  // A name that cannot be read may be the wanted one.
  if (!names) return;
  const bearsIt = names.some((name) => foldFurthest(name).includes(folded));
  if (names.length > 0 && !bearsIt) throw ignored('"filter.name"', 'name');
}

/**
 * Judges whether a product that a search found is one of the wanted ones.
 * @throws Ignored where it shows that the search was not honoured
 */
export type Check = (product: FhirResource) => Verdict;

/** @param asked the parameters of the search */
export function checkOf(criteria: readonly Criterion[], asked: SearchParameters): Check {
  const pushed = new Set(asked.map(({ name }) => name));
  const texts = asked.flatMap(({ name, values }) => (name === 'name' ? values.map(String) : []));
  const folded = texts.map(foldFurthest);
  return (product) => {
    for (const text of folded) refuseForeignName(text, product);
    const verdicts = criteria.map((criterion): Verdict => {
      const { part, asked: wanted, test } = criterion;
      if (!test) return true;
      const isMet = unlessOdd(() => test(product, keyOf(product)));
      // Only the upstream knows which names contain a text. Whether a name equals or begins with a text is judged here
      // alone.
      if (isName(part)) return (part === 'name' && texts.includes(String(wanted))) || isMet;
      const parameter = parameterOf(criterion);
      if (parameter === undefined || !pushed.has(parameter)) return true;
      if (isMet === false) throw ignored(`"filter.${part}"`, parameter);
      return true;
    });
    return allOf(verdicts);
  };
}
