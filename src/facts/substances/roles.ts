/** Reads the roles of ingredients. */
import type { CodeableConcept, Ingredient } from 'fhir/r5.js';
import { isElement } from '../../fhir/elements.js';
import { valuesOf } from '../../terms/contradictions.js';
import { ingredientRole, type IngredientRole } from '../../terms/ema-codes.js';

/**
 * Returns the roles of an ingredient; null for an unknown role. There is usually one role. There are several if the
 * record has different codes from one list.
 */
export function ingredientRoles({ role }: Pick<Ingredient, 'role'>): readonly (IngredientRole | null)[] {
  const values = isElement<CodeableConcept>(role) ? valuesOf(role) : [];
  return values.length < 2
    ? [ingredientRole({ role })]
    : values.map((each) => ingredientRole({ role: each }));
}
