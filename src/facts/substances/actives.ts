/**
 * Decides whether a product contains all active substances of a filter and, if requested, no other active substance.
 */
import type { ResourceOf } from '../../fhir/resources.js';
import { IngredientRole } from '../../terms/ema-codes.js';
import { ingredientRoles } from './roles.js';
import { isSubstance, substancesIn, type SubstanceFilter, type Base } from './substances.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/** An active substance that the product must contain. `Strength` is the type of the strength that is compared. */
export interface ActiveFilter<Strength> {
  readonly substance: SubstanceFilter;
  readonly strength?: Strength | undefined;
}

export interface ActivesFilter<Strength> {
  readonly all: readonly ActiveFilter<Strength>[];
  /** Whether the product must contain no other active substance. */
  readonly only?: boolean | undefined;
}

/**
 * The substances of an ingredient that matched the filter. The strength in the filter must be the strength of one of
 * them.
 */
export interface FoundBy {
  /** Whether the ingredient's own substance matched. */
  readonly own: boolean;
  /** The bases that matched. Their strengths are the reference strengths. */
  readonly bases: readonly Base[];
}

/** Tests the strength of an ingredient; undefined if the record does not clearly state it. */
export type HasStrength<Strength> = (
  ingredient: ResourceOf<'Ingredient'>,
  foundBy: FoundBy,
  strength: Strength,
) => Verdict;

/**
 * Whether a product contains the active substances of the filter (`actives`). For each entry of the filter, there
 * must be an active ingredient with the substance and the strength. With `only`, every active ingredient must have
 * one of these substances. Undefined if the records are unclear; with `only`, also if the role of an ingredient is
 * unknown.
 * @param areAllRead whether `ingredients` contains all ingredients of the product
 */
export function hasActives<Strength>(
  { all, only = false }: ActivesFilter<Strength>,
  ingredients: readonly ResourceOf<'Ingredient'>[],
  areAllRead: boolean,
  hasStrength: HasStrength<Strength>,
): Verdict {
  const has = all.map((entry) =>
    anyOf([
      ...ingredients.map((each) => isEntry(entry, each, hasStrength)),
      ...(areAllRead ? [] : [undefined]),
    ]),
  );
  return allOf(only ? [...has, hasNoOthers(all, ingredients, areAllRead)] : has);
}

function isEntry<Strength>(
  { substance, strength }: ActiveFilter<Strength>,
  ingredient: ResourceOf<'Ingredient'>,
  hasStrength: HasStrength<Strength>,
): Verdict {
  const { isIt, foundBy } = find(substance, ingredient);
  const isOfStrength = (): Verdict => {
    if (strength === undefined) return true;
    return isIt === true ? hasStrength(ingredient, foundBy, strength) : undefined;
  };
  return allOf([isActive(ingredient), isIt, isIt === false ? false : isOfStrength()]);
}

function hasNoOthers<Strength>(
  all: readonly ActiveFilter<Strength>[],
  ingredients: readonly ResourceOf<'Ingredient'>[],
  areAllRead: boolean,
): Verdict {
  const verdicts = ingredients.map((ingredient) => {
    const active = isActive(ingredient);
    if (active !== true) return active === false ? true : undefined;
    return anyOf(all.map(({ substance }) => find(substance, ingredient).isIt));
  });
  return allOf(areAllRead ? verdicts : [...verdicts, undefined]);
}

/** Whether an ingredient is active; undefined if its role is unknown. */
export function isActive(ingredient: ResourceOf<'Ingredient'>): Verdict {
  return anyOf(
    ingredientRoles(ingredient).map((role) => (role === null ? undefined : role === IngredientRole.ACTIVE)),
  );
}

/** Returns whether an ingredient contains the substance, either as its own substance or as a base. */
function find(
  asked: SubstanceFilter,
  ingredient: ResourceOf<'Ingredient'>,
): { readonly isIt: Verdict; readonly foundBy: FoundBy } {
  const { own, bases } = substancesIn(ingredient);
  const isOwn = isSubstance(asked, own);
  const verdicts = bases.map((base) => isSubstance(asked, base));
  return {
    isIt: anyOf([isOwn, ...verdicts]),
    foundBy: { own: isOwn === true, bases: bases.filter((_base, at) => verdicts[at] === true) },
  };
}
