/** The facts that other records tell: what is given of a product, who makes it, what it is for. */
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
import { told, type RecordFact } from './fact.js';
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
  indication: told({
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

/** The ways in which a product, or what is given of it, is given; undefined for other records. */
export function routesOf(
  resource: FhirResource | undefined,
): readonly (CodeableConcept | undefined)[] | undefined {
  if (resource?.resourceType === 'MedicinalProductDefinition') return elements(resource.route);
  if (resource?.resourceType !== 'AdministrableProductDefinition') return undefined;
  return elements(resource.routeOfAdministration).map(({ code }) => code);
}

/** By a code of the disease, or by whole words of its text. */
function isDisease(asked: readonly string[]): (disease: CodeableReference) => boolean | undefined {
  const isCode = hasCode(asked);
  const isSaid = hasPhrase(asked);
  return ({ concept, reference }) => {
    const texts = textsOf([...textsIn(concept), reference?.display]);
    if (codings(concept).some(isCode) || texts.some(isSaid)) return true;
    // What has neither a text nor a code may be any disease.
    return texts.length > 0 || codesIn(concept).length > 0 ? false : undefined;
  };
}
