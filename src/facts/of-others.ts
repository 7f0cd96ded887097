/** Facts about routes, manufacturers and clinical uses. */
import type { CodeableConcept, CodeableReference } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import type { FhirResource } from '../fhir/resources.js';
import { ClinicalUseType, clinicalUseType } from '../terms/ema-codes.js';
import {
  codesIn,
  codings,
  codingsOrText,
  hasCode,
  hasPhrase,
  isCoded,
  textsIn,
  textsOf,
} from './concepts.js';
import { valueFact, type RecordFact } from './fact.js';
import { isOrganization } from './organizations.js';
import { anyOf } from './verdict.js';

export const ofOthers = {
  route: {
    of: 'route',
    reads: [
      ['MedicinalProductDefinition', ['route']],
      ['AdministrableProductDefinition', ['routeOfAdministration']],
    ],
    test(asked: readonly string[]) {
      const isIt = isCoded(asked);
      return (resource) => {
        const routes = routesOf(resource);
        return routes && anyOf(routes.flatMap(codingsOrText).map(isIt));
      };
    },
  },
  manufacturer: {
    of: 'maker',
    reads: [['Organization', ['name', 'identifier', 'alias']]],
    test: isOrganization,
  },
  indication: valueFact({
    of: 'clinicalUse',
    type: 'ClinicalUseDefinition',
    elements: ['type', 'indication'],
    values(use): readonly CodeableReference[] {
      const disease = use.indication?.diseaseSymptomProcedure;
      return clinicalUseType(use) === ClinicalUseType.INDICATION && disease ? [disease] : [];
    },
    meets: isDisease,
  }),
} satisfies Readonly<Record<string, RecordFact>>;

/** Returns the routes of a product or an administrable product; undefined for any other record. */
export function routesOf(
  resource: FhirResource | undefined,
): readonly (CodeableConcept | undefined)[] | undefined {
  if (resource?.resourceType === 'MedicinalProductDefinition') return elements(resource.route);
  if (resource?.resourceType !== 'AdministrableProductDefinition') return undefined;
  return elements(resource.routeOfAdministration).map(({ code }) => code);
}

/** Returns a function that tests a disease by its code, or by complete words in its text. */
function isDisease(asked: readonly string[]): (disease: CodeableReference) => boolean | undefined {
  const isCode = hasCode(asked);
  const isSaid = hasPhrase(asked);
  return ({ concept, reference }) => {
    const texts = textsOf([...textsIn(concept), reference?.display]);
    if (codings(concept).some(isCode) || texts.some(isSaid)) return true;
    // If a disease has neither text nor code, it may be any disease.
    return texts.length > 0 || codesIn(concept).length > 0 ? false : undefined;
  };
}
