/** Writes and reads the shapes of substances in ingredients. Equal content has equal shapes. */
import type { CodeableReference } from 'fhir/r5.js';
import { ingredientRoles } from '../facts/substances/roles.js';
import {
  substanceFilterOf,
  eachSubstance,
  foldedCodes,
  namedBy,
  substancesIn,
  type NamedSubstance,
} from '../facts/substances/substances.js';
import type { FhirResource, ResourceOf } from '../fhir/resources.js';
import type { IngredientRole } from '../terms/ema-codes.js';
import { foldWord } from '../terms/fold.js';
import { foldNumber } from '../terms/numbers.js';
import { untoldShape } from './shapes.js';
import { unlessOdd } from '../fhir/elements.js';

/** The part of the content rows with the substances of products. */
export const substancesPart = 'substances';

/** A substance as one ingredient states it, called a mention. */
export interface Mention {
  /** The substance as the record states it. */
  readonly told: CodeableReference;
  /** The JSON text of `told`. */
  readonly text: string;
  /** The ingredient's role; null if the role is unknown. */
  readonly role: IngredientRole | null;
  /** The key under which the list contains the substance; undefined if it has neither a code nor a name. */
  readonly key: string | undefined;
  /** The keys of all codes and names of the substance. Each of these keys finds it. */
  readonly keys: readonly string[];
  readonly names: readonly string[];
}

/** Returns the key of a substance by its code. */
export function keyOfCode(code: string): string {
  return `code ${foldNumber(code)}`;
}

/** Returns the key of a substance without a code, by its name. */
export function keyOfName(name: string): string {
  return `name ${foldWord(name)}`;
}

/** Returns the shapes of an ingredient's own substance, and of the reference substances of its strengths. */
export function substanceShapes(ingredient: FhirResource | undefined): readonly string[] {
  if (ingredient?.resourceType !== 'Ingredient') return [untoldShape];
  return unlessOdd(() => shapesOf(ingredient)) ?? [untoldShape];
}

function shapesOf(ingredient: ResourceOf<'Ingredient'>): readonly string[] {
  const roles = ingredientRoles(ingredient);
  const { own, bases } = substancesIn(ingredient);
  const code = ingredient.substance?.code;
  const told = [
    ...(own.codes.length + own.names.length > 0 || own.reference ? [code] : []),
    ...bases.map((base) => base.told.substance),
  ];
  const shapes = told.flatMap((each) =>
    each
      ? eachSubstance(each).flatMap((one) => roles.map((role) => JSON.stringify([role, plain(one)])))
      : [untoldShape],
  );
  return shapes.length > 0 ? [...new Set(shapes)] : [untoldShape];
}

/** Reads a shape; returns undefined for the shape of unknown content. */
export function readSubstanceShape(shape: string): Mention | undefined {
  if (shape === untoldShape) return undefined;
  const [role, told] = JSON.parse(shape) as [IngredientRole | null, CodeableReference];
  const named = namedBy(told);
  const { codes: [code] = [], names: [name] = [] } = substanceFilterOf(named) ?? {};
  const key = code === undefined ? name && keyOfName(name) : keyOfCode(code);
  return { told, text: JSON.stringify(told), role, key, keys: keysOf(named), names: named.names };
}

/** Returns the keys of all codes and names of a substance. */
export function keysOf(named: NamedSubstance): readonly string[] {
  const codes = foldedCodes(named).map((each) => keyOfCode(each));
  return [...new Set([...codes, ...named.names.map((each) => keyOfName(each))])];
}

/** Removes element ids, because they do not describe a substance. */
function plain({ concept, reference }: CodeableReference): CodeableReference {
  return { ...(concept && { concept }), ...(reference && { reference }) };
}
