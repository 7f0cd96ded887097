/** Whether a product has the active substances that are asked for, and no others. */
import type { ResourceOf } from '../../fhir/resources.js';
import { IngredientRole } from '../../terms/ema-codes.js';
import { ingredientRoles } from './roles.js';
import { isSubstance, substancesIn, type AskedSubstance, type Base } from './substances.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/** One of the substances that must be there. `Strength` is whatever the judge of strengths reads. */
export interface AskedActive<Strength> {
  readonly substance: AskedSubstance;
  readonly strength?: Strength | undefined;
}

export interface AskedActives<Strength> {
  readonly all: readonly AskedActive<Strength>[];
  /** Whether there may be no other active substance. */
  readonly only?: boolean | undefined;
}

/** By what an ingredient was found: a strength is that of the substance that it was asked with. */
export interface FoundBy {
  /** By its own substance, whose strength is its own. */
  readonly own: boolean;
  /** By these bases, whose strengths are the reference strengths. */
  readonly bases: readonly Base[];
}

/** Judges the strength of an ingredient; undefined where the record does not tell. */
export type HasStrength<Strength> = (
  ingredient: ResourceOf<'Ingredient'>,
  foundBy: FoundBy,
  strength: Strength,
) => Verdict;

/**
 * Whether the active ingredients are what is asked for (`actives`): for each entry one and the same ingredient has role,
 * substance and strength; with `only`, every active ingredient is of one of the substances asked for. Undefined where the
 * records do not tell; with `only` also where an ingredient's role is not known.
 * @param areAllRead whether these are all ingredients of the product
 */
export function hasActives<Strength>(
  { all, only = false }: AskedActives<Strength>,
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
  { substance, strength }: AskedActive<Strength>,
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
  all: readonly AskedActive<Strength>[],
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

/** Whether an ingredient is an active one; undefined where its role is not known. */
export function isActive(ingredient: ResourceOf<'Ingredient'>): Verdict {
  return anyOf(
    ingredientRoles(ingredient).map((role) => (role === null ? undefined : role === IngredientRole.ACTIVE)),
  );
}

/** Whether the ingredient's substance, or a base of it, is the one asked for. */
function find(
  asked: AskedSubstance,
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
