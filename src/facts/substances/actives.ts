/** Whether a product has the active substances that are asked for, and no others. */
import type { ResourceOf } from '../../fhir/resources.js';
import { IngredientRole } from '../../terms/ema-codes.js';
import { ingredientRoles } from './roles.js';
import { isSubstance, substancesIn, type SubstanceFilter, type Base } from './substances.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/** A substance that must be there. `Strength` is the type that the strength test takes. */
export interface ActiveFilter<Strength> {
  readonly substance: SubstanceFilter;
  readonly strength?: Strength | undefined;
}

export interface ActivesFilter<Strength> {
  readonly all: readonly ActiveFilter<Strength>[];
  /** Whether there may be no other active substance. */
  readonly only?: boolean | undefined;
}

/** How the ingredient was found. The strength must be that of the substance that matched. */
export interface FoundBy {
  /** Whether its own substance matched, which has its own strength. */
  readonly own: boolean;
  /** The bases that matched, which have the reference strengths. */
  readonly bases: readonly Base[];
}

/** Tests the strength of an ingredient; undefined where the record leaves it open. */
export type HasStrength<Strength> = (
  ingredient: ResourceOf<'Ingredient'>,
  foundBy: FoundBy,
  strength: Strength,
) => Verdict;

/**
 * Whether the active ingredients are those asked for (`actives`). For each entry, a single ingredient must have role,
 * substance and strength. With `only`, every active ingredient must be of one of the substances asked for. Undefined
 * where the records leave it open; with `only` also where an ingredient's role is unknown.
 * @param areAllRead whether these are all ingredients of the product
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

/** Whether an ingredient is active; undefined where its role is unknown. */
export function isActive(ingredient: ResourceOf<'Ingredient'>): Verdict {
  return anyOf(
    ingredientRoles(ingredient).map((role) => (role === null ? undefined : role === IngredientRole.ACTIVE)),
  );
}

/** Returns how an ingredient matches a substance: by its own, or by bases. */
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
