/** What ingredients are there for. */
import type { CodeableConcept, Ingredient } from 'fhir/r5.js';
import { isElement } from '../../fhir/elements.js';
import { valuesOf } from '../../terms/contradictions.js';
import { ingredientRole, type IngredientRole } from '../../terms/ema-codes.js';

/** The roles that an ingredient is found by: one as a rule, several where codes of one list differ. Null where one is not known. */
export function ingredientRoles({ role }: Pick<Ingredient, 'role'>): readonly (IngredientRole | null)[] {
  const values = isElement<CodeableConcept>(role) ? valuesOf(role) : [];
  return values.length < 2
    ? [ingredientRole({ role })]
    : values.map((each) => ingredientRole({ role: each }));
}
