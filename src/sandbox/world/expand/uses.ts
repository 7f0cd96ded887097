/** Builds the ClinicalUseDefinitions of a product, of all five types, and the ActivityDefinitions of its manufacture. */

import type { ActivityDefinition, ClinicalUseDefinition, CodeableConcept, Reference } from 'fhir/r5.js';
import { usualUses, type SampleUse } from '../clinical-uses.js';
import { concept } from '../elements.js';
import { idIn, type Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { companyReference } from '../organizations.js';
import type { ProductSpecification } from '../specification.js';
import { substanceConcept, substanceNames, type SubstanceName } from '../substances.js';
import { manufacturingActivities } from '../terms.js';
import { activitiesOf, productReference } from './identity.js';

const ACTIVE: CodeableConcept = {
  coding: [{ system: 'http://hl7.org/fhir/publication-status', code: 'active', display: 'Active' }],
};

export function buildUses(specification: ProductSpecification, series: Series): ClinicalUseDefinition[] {
  const { no, atc } = specification;
  return usualUses(atc).map((use, at) => ({
    resourceType: 'ClinicalUseDefinition',
    id: idIn(series, 'clinical use', no, at),
    meta: sampleMeta(no + 7),
    type: use.type,
    status: ACTIVE,
    subject: [productReference(specification, series)],
    population: populationOf(specification, use),
    ...useContent(use),
  }));
}

/** Returns the population of an indication, for every fifth product. Other clinical uses have no population. */
function populationOf({ form, no }: ProductSpecification, { type }: SampleUse): Reference[] | undefined {
  if (type !== 'indication' || no % 5 !== 0) return undefined;
  const isForChildren = form === 'syrup' || form === 'oral suspension';
  return [{ display: isForChildren ? 'Children from 3 months to 12 years' : 'Adults' }];
}

function useContent(use: SampleUse): Partial<ClinicalUseDefinition> {
  const described = { concept: { text: use.text } };
  switch (use.type) {
    case 'indication':
      return {
        indication: {
          diseaseSymptomProcedure: described,
          intendedEffect: { concept: { text: use.intended } },
        },
      };
    case 'contraindication':
      return { contraindication: { diseaseSymptomProcedure: described } };
    case 'interaction':
      return {
        interaction: {
          type: { text: 'Interaction with another medicine or substance' },
          interactant: [{ itemCodeableConcept: interactant(use.with) }],
          effect: described,
          management: [{ text: use.management }],
        },
      };
    case 'undesirable-effect':
      return {
        undesirableEffect: {
          symptomConditionEffect: described,
          frequencyOfOccurrence: { text: use.frequency },
        },
      };
    case 'warning':
      return {
        category: [{ text: 'Special warnings and precautions for use' }],
        warning: { description: use.text },
      };
  }
}

function interactant(name: string): CodeableConcept {
  const isOurs = (substanceNames as readonly string[]).includes(name);
  return isOurs ? substanceConcept(name as SubstanceName) : { text: name };
}

export function buildActivities(specification: ProductSpecification, series: Series): ActivityDefinition[] {
  const { no, authorization } = specification;
  return activitiesOf(specification).map(([activity, company], at) => ({
    resourceType: 'ActivityDefinition',
    id: idIn(series, 'activity', no, at),
    meta: sampleMeta(no + 8),
    status: 'active',
    effectivePeriod: { start: authorization.date },
    code: concept(manufacturingActivities[activity]),
    participant: [{ typeReference: companyReference(company) }],
  }));
}
