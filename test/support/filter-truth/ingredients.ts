/** The filter parts on ingredients: one ingredient must meet substance, role and strength together. Also `withoutSubstance`. */
import type { CodeableReference, Ingredient, IngredientSubstanceStrength, Ratio } from 'fhir/r5.js';
import type { Family } from './family.js';
import type { ActiveInput, FilterInput } from './input.js';
import { amountAsked, isAmount } from './quantities.js';
import { every, not, some, type Told } from './told.js';
import { codesIn, idIn, isAny, plain, textsIn, wordsOf, type Names } from './words.js';

export type Role = 'ACTIVE' | 'ADJUVANT' | 'EXCIPIENT' | 'SOLVENT' | 'OTHER';

const roles: Readonly<Record<string, Role>> = {
  '100000072072': 'ACTIVE',
  '100000072073': 'ADJUVANT',
  '100000072082': 'EXCIPIENT',
  '100000136066': 'SOLVENT',
};

export function roleOf({ role }: Ingredient): Role | undefined {
  return codesIn(role).flatMap((code) => roles[code] ?? [])[0];
}

/** Whether the text is an SMS number or a UNII. */
export const isCode = (asked: string): boolean => /^(\d{6,}|(?=(.*\d){2})[A-Z0-9]{10})$/.test(asked);

function codesOf({ concept, reference }: CodeableReference): readonly string[] {
  return [...codesIn(concept), ...(reference ? [idIn(reference)] : [])].flatMap((code) => code ?? []);
}

export function ownNames({ concept, reference }: CodeableReference): readonly string[] {
  return [...textsIn(concept), ...(reference?.display === undefined ? [] : [reference.display])];
}

function isSubstance(said: CodeableReference, asked: string, names: Names): Told {
  const codes = codesOf(said);
  const own = ownNames(said);
  // If the record names its substance, only that name counts. Otherwise the names that other records give the code.
  const all = (own.length > 0 ? own : codes.flatMap(names.of)).map(plain);
  if (isCode(asked)) {
    if (codes.includes(asked)) return true;
    if (codes.length > 0) return false;
    const wanted = names.of(asked).map(plain);
    if (isAny(all, wanted)) return true;
    return wanted.length > 0 && all.length > 0 ? false : undefined;
  }
  if (all.includes(plain(asked))) return true;
  return all.length > 0 ? false : undefined;
}

interface Strengths {
  readonly told: readonly Ratio[];
  /** Whether a strength is stated in a form that is not a number. */
  readonly isOpen: boolean;
}

export function ownStrengths(strengths: readonly IngredientSubstanceStrength[]): Strengths {
  const told = strengths.flatMap((each): Ratio[] =>
    [
      each.presentationRatio,
      each.concentrationRatio,
      each.presentationQuantity && { numerator: each.presentationQuantity },
      each.concentrationQuantity && { numerator: each.concentrationQuantity, denominator: {} },
    ].flatMap((ratio) => ratio ?? []),
  );
  const isOpen = strengths.some(
    (each) =>
      Object.keys(each).length > 0 &&
      !each.presentationRatio &&
      !each.concentrationRatio &&
      !each.presentationQuantity &&
      !each.concentrationQuantity,
  );
  return { told, isOpen };
}

function isStrength({ told, isOpen }: Strengths, asked: readonly string[]): Told {
  const amounts = asked.map(amountAsked);
  return some([
    ...told.flatMap((each) => amounts.map((amount) => isAmount(each, amount))),
    ...(isOpen ? [undefined] : []),
  ]);
}

interface Base {
  readonly substance: CodeableReference | undefined;
  readonly strengths: Strengths;
}

export function basesOf({ substance }: Ingredient): readonly Base[] {
  return (substance.strength ?? []).flatMap(({ referenceStrength = [] }) =>
    referenceStrength.map(({ substance: base, strengthRatio, strengthQuantity }) => ({
      substance: base,
      strengths: {
        told: [strengthRatio, strengthQuantity && { numerator: strengthQuantity }].flatMap(
          (each) => each ?? [],
        ),
        isOpen: !strengthRatio && !strengthQuantity,
      },
    })),
  );
}

/** Whether the ingredient has one of the substances, with one of the strengths. */
function isOneOf(
  ingredient: Ingredient,
  substances: readonly string[] | undefined,
  strengths: readonly string[] | undefined,
  names: Names,
): Told {
  const { code, strength = [] } = ingredient.substance;
  const asked = (said: CodeableReference | undefined): Told =>
    substances ? said && some(substances.map((each) => isSubstance(said, each, names))) : true;
  const has = (told: Strengths): Told => (strengths ? isStrength(told, strengths) : true);
  return some([
    every([asked(code), has(ownStrengths(strength))]),
    ...basesOf(ingredient).map((base) => every([asked(base.substance), has(base.strengths)])),
  ]);
}

function isRole(ingredient: Ingredient, role: string): Told {
  const own = roleOf(ingredient);
  return own === undefined ? undefined : own === role;
}

export function meetsIngredients({ ingredients }: Family, filter: FilterInput, names: Names): Told {
  const { substance, substanceRole, strength } = filter;
  if (!substance && !substanceRole && !strength) return true;
  // A strength without a substance or a role means that of an active substance.
  const role = substanceRole ?? (substance ? undefined : 'ACTIVE');
  return some(
    ingredients.map((each) =>
      every([role ? isRole(each, role) : true, isOneOf(each, substance, strength, names)]),
    ),
  );
}

export function meetsActives({ ingredients }: Family, { actives }: FilterInput, names: Names): Told {
  if (!actives) return true;
  const is = (each: Ingredient, asked: ActiveInput, withStrength: boolean): Told =>
    isOneOf(
      each,
      [asked.substance],
      withStrength && asked.strength !== undefined ? [asked.strength] : undefined,
      names,
    );
  const all = actives.all.map((asked) =>
    some(ingredients.map((each) => every([isRole(each, 'ACTIVE'), is(each, asked, true)]))),
  );
  const others = actives.only
    ? ingredients.map((each) =>
        some([not(isRole(each, 'ACTIVE')), ...actives.all.map((asked) => is(each, asked, false))]),
      )
    : [];
  return every([...all, ...others]);
}

/** Returns the substance of an ingredient and its bases. */
function said(ingredient: Ingredient): readonly CodeableReference[] {
  return [ingredient.substance.code, ...basesOf(ingredient).flatMap(({ substance }) => substance ?? [])];
}

function holds(name: string, asked: string): boolean {
  const words = wordsOf(name);
  return wordsOf(asked).every((word) => words.includes(word));
}

/** Whether a substance is the excluded one in any form: by its code, or by a name that contains all its words. */
function isWidely(substance: CodeableReference, asked: string, names: Names): Told {
  const codes = codesOf(substance);
  const all = [...ownNames(substance), ...codes.flatMap(names.of)];
  const wanted = isCode(asked) ? names.of(asked) : [asked];
  if (codes.includes(asked)) return true;
  if (all.some((name) => wanted.some((each) => holds(name, each)))) return true;
  if (codes.length === 0 && all.length === 0) return undefined;
  // A substance with only a code cannot be compared with words.
  const isComparable = wanted.length > 0 ? all.length > 0 : codes.length > 0;
  return isComparable ? false : undefined;
}

export function meetsWithout(family: Family, { withoutSubstance }: FilterInput, names: Names): Told {
  if (!withoutSubstance) return true;
  const words = (family.product.ingredient ?? []).map((concept): CodeableReference => ({ concept }));
  const isThere = some(
    [...family.ingredients.flatMap(said), ...words].flatMap((each) =>
      withoutSubstance.map((asked) => isWidely(each, asked, names)),
    ),
  );
  return isThere === false && !isListed(family) ? undefined : not(isThere);
}

/** Whether every item has an ingredient that is not active. Then its excipients are taken to be stated completely. */
function isListed({ itemIds, ingredients }: Family): boolean {
  const others = ingredients.filter((each) => {
    const role = roleOf(each);
    return role !== undefined && role !== 'ACTIVE';
  });
  return (
    itemIds.length > 0 &&
    itemIds.every((id) => others.some((each) => (each.for ?? []).some((target) => idIn(target) === id)))
  );
}

/** Returns the names of a substance: those of its own record first, then those of other records. */
export function namedOf(substance: CodeableReference, names: Names): readonly string[] {
  return [...ownNames(substance), ...codesOf(substance).flatMap(names.of)];
}

/** Returns the strengths of an ingredient and of its bases. */
export function strengthsOf(ingredient: Ingredient): readonly Ratio[] {
  const bases = basesOf(ingredient).flatMap(({ strengths }) => strengths.told);
  return [...ownStrengths(ingredient.substance.strength ?? []).told, ...bases];
}
