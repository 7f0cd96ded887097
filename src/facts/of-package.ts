/** The facts that packages tell, and those of supply, which stand at the product or at its packages. */
import { elements } from '../fhir/elements.js';
import { codings, codingsOrText, hasCode } from './concepts.js';
import { anyOf, type RecordFact, type Test } from './fact.js';
import type { ProductFilter } from './filter.js';

const type = 'PackagedProductDefinition';
const productType = 'MedicinalProductDefinition';

export const ofPackage = {
  legalStatusOfSupply: {
    of: 'supply',
    reads: [
      [type, ['legalStatusOfSupply']],
      [productType, ['legalStatusOfSupply']],
    ],
    test: (asked: readonly string[], { country }: ProductFilter) => supplied(asked, country),
  },
} satisfies Readonly<Record<string, RecordFact>>;

/** A package may have a status for each jurisdiction; one for none holds anywhere. */
function supplied(asked: readonly string[], country: readonly string[] | undefined): Test {
  const isIt = hasCode(asked);
  const isThere = country && hasCode(country);
  return (resource) => {
    if (resource?.resourceType === productType) return codingsOrText(resource.legalStatusOfSupply).some(isIt);
    if (resource?.resourceType !== type) return undefined;
    const statuses = elements(resource.legalStatusOfSupply).filter(({ jurisdiction }) => {
      const places = codings(jurisdiction);
      return !isThere || places.length === 0 || places.some(isThere);
    });
    return anyOf(
      statuses.flatMap(({ code }) => codingsOrText(code)),
      isIt,
    );
  };
}
