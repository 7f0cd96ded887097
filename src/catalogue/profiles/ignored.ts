/**
 * A server that ignores a parameter answers with everything, which looks like a match: how one tells. Such an answer is
 * never believed.
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

/** An answer that is none, because what was asked was ignored. */
export class Ignored extends PmsError {
  /** Which search parameter it was, where that is known. */
  readonly parameter: SearchParameterName | undefined;

  constructor(what: string, parameter: SearchParameterName | undefined) {
    super('UPSTREAM_UNSUPPORTED', `The upstream ignores ${what}, and answers with everything.`);
    this.parameter = parameter;
  }
}

/** @param what the search that was not honoured, in a client's words */
export function ignored(what: string, parameter?: SearchParameterName): Ignored {
  return new Ignored(what, parameter);
}

/**
 * Whether the upstream says that it has ignored the parameter, or says what it has answered, and the parameter is not in
 * it. A `self` without `_count` tells nothing, nor does that of a page which was asked for by a link.
 */
export function dropped(parameter: string, page: Pick<Page, 'url' | 'self' | 'ignored'>): boolean {
  const { url, self, ignored: told } = page;
  if (told.has(parameter)) return true;
  const isAskedHere = url.endsWith('/_search') || names(url, parameter);
  return isAskedHere && self !== undefined && names(self, '_count') && !names(self, parameter);
}

/** Whether the query of a link has a parameter, with a modifier or without. Its values, which may be hundreds, are passed over. */
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

/** @throws UPSTREAM_UNSUPPORTED when a product was found that bears the text in none of its names */
export function refuseForeignName(text: string, product: FhirResource): void {
  if (product.resourceType !== 'MedicinalProductDefinition') return;
  const names = unlessOdd(() =>
    elements(product.name).flatMap(({ productName, part }) => [
      productName ?? '',
      ...elements(part).map((each) => each.part ?? ''),
    ]),
  );
  // What cannot be read may be what was asked for.
  if (!names) return;
  const bearsIt = names.some((name) => foldFurthest(name).includes(foldFurthest(text)));
  if (names.length > 0 && !bearsIt) throw ignored('"filter.name"', 'name');
}

/** Whether a product that a search found is one of those asked for. @throws Ignored where it shows that it cannot be */
export type Check = (product: FhirResource) => Verdict;

/** @param asked how the upstream was asked for them */
export function checkOf(criteria: readonly Criterion[], asked: SearchParameters): Check {
  const pushed = new Set(asked.map(({ name }) => name));
  const texts = asked.flatMap(({ name, values }) => (name === 'name' ? values.map(String) : []));
  return (product) => {
    for (const text of texts) refuseForeignName(text, product);
    const verdicts = criteria.map((criterion): Verdict => {
      const { part, asked: wanted, test } = criterion;
      if (!test) return true;
      const isMet = unlessOdd(() => test(product, keyOf(product)));
      // What contains a text is told by the upstream; what begins with it, or is it, by nobody else.
      if (isName(part)) return (part === 'name' && texts.includes(String(wanted))) || isMet;
      const parameter = parameterOf(criterion);
      if (parameter === undefined || !pushed.has(parameter)) return true;
      if (isMet === false) throw ignored(`"filter.${part}"`, parameter);
      return true;
    });
    return allOf(verdicts);
  };
}
