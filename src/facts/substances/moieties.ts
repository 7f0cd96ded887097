/** Determines the active moieties of a product: the bases of its active substances. */
import type { CodeableReference } from 'fhir/r5.js';
import type { ResourceOf } from '../../fhir/resources.js';
import { eachSubstance, namedBy, substanceKey, substancesIn } from './substances.js';

export interface Moiety {
  readonly substance: CodeableReference;
  /** The ingredient that states the substance. */
  readonly ingredient: ResourceOf<'Ingredient'>;
}

/**
 * Returns the bases of the ingredients. For an ingredient without a base, returns the substance itself. Each
 * substance occurs once. (`Ingredient.substance`) Records may state an ingredient for an item, and again for the
 * administrable product. If one of them states the base, it counts for both.
 * @param ingredients active ingredients
 */
export function moietiesOf(ingredients: readonly ResourceOf<'Ingredient'>[]): readonly Moiety[] {
  const told = ingredients.map((ingredient) => ({ ingredient, ...substancesIn(ingredient) }));
  const based = new Set(told.flatMap(({ own, bases }) => (bases.length > 0 ? [substanceKey(own)] : [])));
  based.delete(undefined);
  const found = new Map<string, Moiety>();
  for (const { ingredient, own, bases } of told) {
    const code = ingredient.substance?.code;
    const itself = bases.length === 0 && code && !based.has(substanceKey(own)) ? [code] : [];
    const all = [...bases.map((base) => base.told.substance), ...itself];
    for (const substance of all.flatMap(eachSubstance)) {
      const key = substanceKey(namedBy(substance)) ?? `ingredient ${ingredient.id}`;
      const before = found.get(key);
      if (!before || (!isNamed(before.substance) && isNamed(substance)))
        found.set(key, { substance, ingredient });
    }
  }
  return [...found.values()];
}

function isNamed(substance: CodeableReference): boolean {
  return namedBy(substance).names.length > 0;
}
