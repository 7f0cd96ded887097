/** The ClinicalUseDefinitions of a product, of all five kinds, and the ActivityDefinitions of its manufacture. */

import type { ActivityDefinition, ClinicalUseDefinition } from 'fhir/r5.js';
import { concept } from '../elements.js';
import { idIn, type Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { companyReference } from '../organizations.js';
import type { ClinicalUseSpecification, ProductSpecification } from '../specification.js';
import { manufacturingActivities } from '../terms.js';
import { productReference } from './identity.js';

export function buildUses(specification: ProductSpecification, series: Series): ClinicalUseDefinition[] {
  const { no, uses = [] } = specification;
  return uses.map((use, at) => ({
    resourceType: 'ClinicalUseDefinition',
    id: idIn(series, 'clinical use', no, at),
    meta: sampleMeta(no + 7),
    type: use.type,
    subject: [productReference(specification, series)],
    ...useContent(use),
  }));
}

function useContent(use: ClinicalUseSpecification): Partial<ClinicalUseDefinition> {
  const described = { concept: { text: use.text } };
  switch (use.type) {
    case 'indication':
      return { indication: { diseaseSymptomProcedure: described } };
    case 'contraindication':
      return { contraindication: { diseaseSymptomProcedure: described } };
    case 'interaction':
      return {
        interaction: { interactant: [{ itemCodeableConcept: { text: use.with } }], effect: described },
      };
    case 'undesirable-effect':
      return {
        undesirableEffect: {
          symptomConditionEffect: described,
          frequencyOfOccurrence: { text: use.frequency },
        },
      };
    case 'warning':
      return { warning: { description: use.text } };
  }
}

export function buildActivities(
  { no, authorization, activities = [] }: ProductSpecification,
  series: Series,
): ActivityDefinition[] {
  return activities.map(([activity, company], at) => ({
    resourceType: 'ActivityDefinition',
    id: idIn(series, 'activity', no, at),
    meta: sampleMeta(no + 8),
    status: 'active',
    effectivePeriod: { start: authorization.date },
    code: concept(manufacturingActivities[activity]),
    participant: [{ typeReference: companyReference(company) }],
  }));
}
