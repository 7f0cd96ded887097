/**
 * The oracle for substances: computes the substances of all products from raw resources, with code that the service does not share.
 */
import type { CodeableReference, Ingredient, Resource } from 'fhir/r5.js';
import { familiesIn } from './filter-truth/family.js';
import { basesOf, ownNames, roleOf, type Role } from './filter-truth/ingredients.js';
import { codesIn, plain } from './filter-truth/words.js';

export interface TrueSubstance {
  /** Undefined for a substance with only a name. */
  readonly code: string | undefined;
  /** Names in the records that state the substance. */
  readonly names: ReadonlySet<string>;
  /** All names of the substance, folded. */
  readonly folded: ReadonlySet<string>;
  /** Ids of the products that contain the substance. */
  readonly products: ReadonlySet<string>;
  readonly byRole: ReadonlyMap<Role, ReadonlySet<string>>;
  /** Ids of products whose record does not state the role of the substance. */
  readonly roleless: ReadonlySet<string>;
}

export interface SubstanceTruth {
  readonly substances: readonly TrueSubstance[];
  /** Ids of products that do not state all their substances. */
  readonly untold: ReadonlySet<string>;
}

interface Said {
  readonly product: string;
  readonly role: Role | undefined;
  readonly codes: readonly string[];
  readonly names: readonly string[];
}

export function createSubstanceTruth(resources: readonly Resource[]): SubstanceTruth {
  const all = familiesIn(resources).flatMap(({ product, ingredients }) =>
    ingredients.flatMap((ingredient) => saidBy(product.id ?? '', ingredient)),
  );
  const codes = new Set(all.flatMap((each) => each.codes.slice(0, 1)));
  const bare = all.filter((each) => each.codes.length === 0 && each.names.length > 0);
  const names = new Set(bare.map((each) => plain(each.names[0] ?? '')));
  return {
    substances: [
      ...[...codes].map((code) =>
        substanceOf(
          code,
          all.filter((each) => each.codes.includes(code)),
          (each) => each.codes[0] === code,
        ),
      ),
      ...[...names].map((name) =>
        substanceOf(
          undefined,
          all.filter((each) => each.names.map(plain).includes(name)),
          (each) => each.codes.length === 0 && plain(each.names[0] ?? '') === name,
        ),
      ),
    ],
    untold: new Set(
      all.filter((each) => each.codes.length + each.names.length === 0).map(({ product }) => product),
    ),
  };
}

function saidBy(product: string, ingredient: Ingredient): readonly Said[] {
  const told = [ingredient.substance.code, ...basesOf(ingredient).map(({ substance }) => substance)];
  return told.map((each) => ({
    product,
    role: roleOf(ingredient),
    codes: codesIn(each?.concept),
    names: namesOf(each),
  }));
}

function namesOf(told: CodeableReference | undefined): readonly string[] {
  return told ? ownNames(told) : [];
}

function substanceOf(
  code: string | undefined,
  said: readonly Said[],
  isShown: (said: Said) => boolean,
): TrueSubstance {
  const byRole = new Map<Role, Set<string>>();
  const roleless = new Set<string>();
  for (const { role, product } of said) {
    if (role === undefined) roleless.add(product);
    else byRole.set(role, (byRole.get(role) ?? new Set()).add(product));
  }
  return {
    code,
    names: new Set(said.filter(isShown).flatMap(({ names }) => names)),
    folded: new Set(said.flatMap(({ names }) => names.map(plain))),
    products: new Set(said.map(({ product }) => product)),
    byRole,
    roleless,
  };
}
