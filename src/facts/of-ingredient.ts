/** Facts that ingredients state: substance, role and strength. */
import type { CodeableReference } from 'fhir/r5.js';
import { ofType, type ResourceOf } from '../fhir/resources.js';
import type { IngredientRole } from '../terms/ema-codes.js';
import { hasActives, isActive, type FoundBy } from './substances/actives.js';
import { isStrengthFault, readStrength, type StrengthFilter } from './amounts/strength-filter.js';
import { notTold, valueFact, type Fact, type WholeTest } from './fact.js';
import type { Actives } from './filter.js';
import { meetsStrength } from './amounts/strength.js';
import { ingredientRoles } from './substances/roles.js';
import { isSubstance, namedBy, substancesIn, type SubstanceFilter } from './substances/substances.js';
import { allOf, anyOf, type Verdict } from './verdict.js';
import { isWithoutSubstance, withNamesIn } from './substances/without.js';

const type = 'Ingredient';
const of = 'ingredient';
const group = 'ingredient';

export const ofIngredient = {
  substance: valueFact({
    of,
    group,
    type,
    elements: ['substance'],
    values(ingredient) {
      const { own, bases } = substancesIn(ingredient);
      return [own, ...bases];
    },
    meets: (asked: readonly SubstanceFilter[]) => (substance) =>
      anyOf(asked.map((each) => isSubstance(each, substance))),
  }),
  substanceRole: valueFact({
    of,
    group,
    type,
    elements: ['role'],
    values: (ingredient) => ingredientRoles(ingredient).map((role) => role ?? notTold),
    meets: (asked: IngredientRole) => (role) => role === asked,
  }),
  strength: valueFact({
    of,
    group,
    type,
    elements: ['role', 'substance'],
    looksAt: ['substance', 'substanceRole'],
    values: (ingredient) => [ingredient],
    meets(asked: readonly string[], { substance, substanceRole }) {
      const strengths = asked.map(strengthIn);
      return (ingredient) => {
        const isIt = anyOf(
          strengths.map((each) =>
            substance ? isOfSubstance(each, ingredient, substance) : meetsStrength(each, ingredient, 'any'),
          ),
        );
        // The strength must be that of the filter's substance. Without a substance, it must be that of an ingredient in
        // the filter's role. Without a role, it must be that of an active ingredient.
        return substance || substanceRole ? isIt : allOf([isActive(ingredient), isIt]);
      };
    },
  }),
  actives: {
    with: [of],
    reads: [[type, ['role', 'substance']]],
    wholeTest({ all, only }: Actives) {
      const asked = all.map(({ substance, strength }) => ({
        substance,
        ...(strength === undefined ? {} : { strength: strengthIn(strength) }),
      }));
      return (_product, records) => {
        const { isWhole } = records(of);
        return hasActives({ all: asked, only }, ofType(type, records(of).records), isWhole, hasStrength);
      };
    },
  },
  withoutSubstance: {
    with: ['item', of],
    reads: [
      [type, ['role', 'substance', 'for']],
      ['MedicinalProductDefinition', ['ingredient']],
      ['ManufacturedItemDefinition', ['ingredient']],
    ],
    isDoubtful: (asked: readonly SubstanceFilter[]) => asked.some(({ codes }) => codes.length === 0),
    wholeTest: isWithoutAll,
    testBy(asked: readonly SubstanceFilter[], records) {
      const named = asked.map((each) => withNamesIn(ofType(type, records), each));
      return named.some(({ names }, at) => names.length > (asked[at]?.names.length ?? 0))
        ? isWithoutAll(named)
        : undefined;
    },
  },
} satisfies Readonly<Record<string, Fact>>;

function isWithoutAll(asked: readonly SubstanceFilter[]): WholeTest {
  return (product, records) => {
    const contents = {
      product,
      items: ofType('ManufacturedItemDefinition', records('item').records),
      ingredients: ofType(type, records(of).records),
      areAllRead: records(of).isWhole && records('item').isWhole,
    };
    return allOf(asked.map((each) => isWithoutSubstance(each, contents)));
  };
}

/** Reads a strength in the filter. Invalid texts were rejected before. */
function strengthIn(text: string): StrengthFilter {
  const strength = readStrength(text);
  if (isStrengthFault(strength)) throw new RangeError(strength.message);
  return strength;
}

/**
 * Whether the filter's substance has the strength. For the ingredient's own substance, the ingredient's strength is
 * compared. For a base, the strength of the base is compared.
 */
function isOfSubstance(
  strength: StrengthFilter,
  ingredient: ResourceOf<typeof type>,
  asked: readonly SubstanceFilter[],
): Verdict {
  const { own, bases } = substancesIn(ingredient);
  const isIt = (which: typeof own): Verdict => anyOf(asked.map((each) => isSubstance(each, which)));
  return anyOf([
    allOf([isIt(own), meetsStrength(strength, ingredient, 'own')]),
    ...(bases.length > 0
      ? [meetsStrength(strength, ingredient, (substance) => isIt(namedBy(substance)))]
      : []),
  ]);
}

function hasStrength(
  ingredient: ResourceOf<typeof type>,
  { own, bases }: FoundBy,
  strength: StrengthFilter,
): Verdict {
  const isFound = (substance: CodeableReference): boolean =>
    bases.some(({ told: { substance: each } }) => each === substance);
  return anyOf([
    ...(own ? [meetsStrength(strength, ingredient, 'own')] : []),
    ...(bases.length > 0 ? [meetsStrength(strength, ingredient, isFound)] : []),
  ]);
}
