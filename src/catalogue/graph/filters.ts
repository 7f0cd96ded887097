/** The filter arguments of child lists. Each has a test that decides which resources match. */
import { ingredientRoles } from '../../facts/substances/roles.js';
import { anyOf } from '../../facts/verdict.js';
import { authorizationType, clinicalUseType } from '../../terms/ema-codes.js';
import type { ResourceType } from '../../fhir/resources.js';
import { isSame, testOf, type Test } from './link.js';

/** Creates the test for a filter value, and names the elements that the test reads. */
export interface Filter extends Omit<Test, 'test'> {
  readonly of: (value: unknown) => Test['test'];
}

export const filters: Readonly<Record<string, Filter>> = {
  role: filter(
    'Ingredient',
    ['role'],
    (value) => (resource) => anyOf(ingredientRoles(resource).map((role) => isSame<unknown>(role, value))),
  ),
  authorizationType: filter(
    'RegulatedAuthorization',
    ['type', 'identifier'],
    (value) => (resource) => isSame<unknown>(authorizationType(resource), value),
  ),
  clinicalUseType: filter(
    'ClinicalUseDefinition',
    ['type', 'indication', 'contraindication', 'interaction', 'undesirableEffect', 'warning'],
    (value) => (resource) => clinicalUseType(resource) === value,
  ),
};

function filter<T extends ResourceType>(
  type: T,
  elements: readonly string[],
  make: (value: unknown) => Parameters<typeof testOf<T>>[2],
): Filter {
  return { type, elements, of: (value) => testOf(type, elements, make(value)).test };
}
