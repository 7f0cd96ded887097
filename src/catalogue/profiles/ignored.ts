/**
 * Detects that the server ignored a search parameter. Such a server returns all records as if they matched. The
 * service then rejects the response.
 */
import { PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import { elements, unlessOdd } from '../../fhir/elements.js';
import type { FhirResource } from '../../fhir/resources.js';
import type { SearchParameterName, SearchParameters } from '../../fhir/search.js';
import { foldFurthest } from '../../terms/fold.js';
import { allOf, type Verdict } from '../../facts/verdict.js';
import type { Criterion } from '../../facts/requirements.js';
import { isName, parameterOf } from '../search/ways.js';
import { keyOf } from '../graph/key.js';

/** Thrown if the upstream ignored a part of a search, so that the response cannot be used. */
export class Ignored extends PmsError {
  /** The ignored search parameter; undefined if it is unknown. */
  readonly parameter: SearchParameterName | undefined;

  constructor(what: string, parameter: SearchParameterName | undefined) {
    super(
      'UPSTREAM_UNSUPPORTED',
      `The upstream ignores ${what}, so its response cannot be used. \`service { capabilities }\` lists what it supports.`,
    );
    this.parameter = parameter;
  }
}

/** @param what the ignored part of the search, named as in the GraphQL schema */
export function ignored(what: string, parameter?: SearchParameterName): Ignored {
  return new Ignored(what, parameter);
}

/**
 * Whether the upstream ignored the parameter. The OperationOutcome may say so, or the `self` link may lack the
 * parameter. These prove nothing: a `self` link without `_count`, and the `self` link of a page that was read by a
 * `next` link.
 */
export function dropped(parameter: string, page: Pick<Page, 'url' | 'self' | 'ignored'>): boolean {
  const { url, self, ignored: told } = page;
  if (told.has(parameter)) return true;
  const isAskedHere = url.endsWith('/_search') || names(url, parameter);
  return isAskedHere && self !== undefined && names(self, '_count') && !names(self, parameter);
}

/**
 * Whether the query of a link contains a parameter, with or without a modifier. The values are not parsed, because
 * there may be hundreds.
 */
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
 * @param folded the searched text, in the spelling of `foldFurthest`
 * @throws UPSTREAM_UNSUPPORTED if no name of the product that was found contains the text
 */
function refuseForeignName(folded: string, product: FhirResource): void {
  if (product.resourceType !== 'MedicinalProductDefinition') return;
  const names = unlessOdd(() =>
    elements(product.name).flatMap(({ productName, part }) => [
      productName ?? '',
      ...elements(part).map((each) => each.part ?? ''),
    ]),
  );
  // A malformed name might contain the text.
  if (!names) return;
  const bearsIt = names.some((name) => foldFurthest(name).includes(folded));
  if (names.length > 0 && !bearsIt) throw ignored('"filter.name"', 'name');
}

/**
 * Tests whether a product of a search result really matches the search.
 * @throws Ignored if the product shows that the upstream ignored part of the search
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
      // Only the upstream decides which names contain a text. The service tests only whether a name equals or begins
      // with a text.
      if (isName(part)) return (part === 'name' && texts.includes(String(wanted))) || isMet;
      const parameter = parameterOf(criterion);
      if (parameter === undefined || !pushed.has(parameter)) return true;
      if (isMet === false) throw ignored(`"filter.${part}"`, parameter);
      return true;
    });
    return allOf(verdicts);
  };
}
