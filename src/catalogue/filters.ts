/** The filters of child lists: an argument's name, and the test of a resource that it stands for. */
import { authorizationType, clinicalUseType, ingredientRole } from '../terms/ema-codes.js';
import type { FhirResource } from '../fhir/resources.js';

export const filters: Readonly<Record<string, (resource: FhirResource, value: unknown) => boolean>> = {
  role: (resource, role) => resource.resourceType === 'Ingredient' && ingredientRole(resource) === role,
  authorizationType: (resource, type) =>
    resource.resourceType === 'RegulatedAuthorization' && authorizationType(resource) === type,
  clinicalUseType: (resource, type) =>
    resource.resourceType === 'ClinicalUseDefinition' && clinicalUseType(resource) === type,
};
