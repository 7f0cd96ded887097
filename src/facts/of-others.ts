/** The facts that other records tell: what is given of a product, who makes it, what it is for. */
import type { CodeableReference, Coding } from 'fhir/r5.js';
import { elements } from '../fhir/elements.js';
import type { FhirResource } from '../fhir/resources.js';
import { ClinicalUseType, clinicalUseType } from '../terms/ema-codes.js';
import { codings, codingsOrText, hasCode, hasPhrase, textsIn, textsOf } from './concepts.js';
import { told, type RecordFact } from './fact.js';
import { isOrganization } from './organizations.js';

export const ofOthers = {
  route: {
    of: 'route',
    reads: [
      ['MedicinalProductDefinition', ['route']],
      ['AdministrableProductDefinition', ['routeOfAdministration']],
    ],
    test(asked: readonly string[]) {
      const isIt = hasCode(asked);
      return (resource) => routesOf(resource)?.some(isIt);
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

function routesOf(resource: FhirResource | undefined): readonly Coding[] | undefined {
  if (resource?.resourceType === 'MedicinalProductDefinition')
    return elements(resource.route).flatMap(codingsOrText);
  if (resource?.resourceType !== 'AdministrableProductDefinition') return undefined;
  return elements(resource.routeOfAdministration).flatMap(({ code }) => codingsOrText(code));
}

/** By a code of the disease, or by whole words of its text. */
function isDisease(asked: readonly string[]): (disease: CodeableReference) => boolean {
  const isCode = hasCode(asked);
  const isSaid = hasPhrase(asked);
  return ({ concept, reference }) =>
    codings(concept).some(isCode) || textsOf([...textsIn(concept), reference?.display]).some(isSaid);
}
