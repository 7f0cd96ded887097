/**
 * Reads the active substance of an ingredient, with its base and its amount, to compare the compositions of products.
 */
import type {
  CodeableReference,
  IngredientSubstanceStrength,
  IngredientSubstanceStrengthReferenceStrength,
} from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import type { ResourceOf } from '../../fhir/resources.js';
import { foldWord } from '../../terms/fold.js';
import { isShare, type Amount } from '../amounts/amount.js';
import { isEqual, isPositive, type Exact } from '../amounts/exact.js';
import {
  amountsOfReference,
  concentrationsOf,
  presentationsOf,
  strengthsOf,
  type ReadAmount,
} from '../amounts/strength.js';
import { eachSubstance, namedBy, substanceKey, type SubstanceFilter } from './substances.js';

/**
 * The active substance of an ingredient as plain data, as the index stores it. Null if the record states nothing that
 * can be compared.
 */
export interface ActiveContent {
  /** The base, if the record states one; otherwise the substance itself. Names are in folded spelling. */
  readonly substance: SubstanceFilter | null;
  /** The substance itself, if the record states a base. */
  readonly salt?: SubstanceFilter | null;
  /**
   * The amount as text: per unit of presentation; otherwise per content of one unit; otherwise as a concentration.
   * Equal amounts have equal texts.
   */
  readonly amount: string | null;
}

/** Returns the active substance and its amount. (`Ingredient.substance`) */
export function activeContentOf(ingredient: ResourceOf<'Ingredient'>): ActiveContent {
  const own = [ingredient.substance?.code];
  const strengths = strengthsOf(ingredient);
  const bases = strengths.flatMap((strength) =>
    elements(strength.referenceStrength).map((base) => ({ base, content: contentIn(strength) })),
  );
  if (bases.length === 0)
    return { substance: onlyOne(own), amount: decisive(strengths.flatMap(ownAmounts)) ?? null };
  return {
    substance: onlyOne(bases.map(({ base }) => base.substance)),
    salt: onlyOne(own),
    amount: decisive(bases.flatMap(({ base, content }) => baseAmounts(base, content))) ?? null,
  };
}

/** Returns a key that is equal for equal substances; undefined for a substance with neither code nor name. */
export function contentKey({ codes, names }: SubstanceFilter): string | undefined {
  return substanceKey({ codes, names, reference: undefined });
}

/**
 * Returns the substance that the elements state; null if they state different substances. A reference without code
 * and name cannot be compared, because each upstream has its own substance records.
 */
function onlyOne(told: readonly (CodeableReference | undefined)[]): SubstanceFilter | null {
  const all = told.flatMap((each) => (each ? eachSubstance(each).map(namedBy) : [namedBy(undefined)]));
  const keys = new Set(all.map(contentKey));
  const [key, ...others] = keys;
  if (key === undefined || others.length > 0) return null;
  return {
    codes: [...new Set(all.flatMap(({ codes }) => codes))],
    names: [...new Set(all.flatMap(({ names }) => names.map(foldWord)))],
  };
}

/**
 * `unit`: the amount in one tablet or vial. `content`: the amount in the millilitres or grams of one unit.
 * `concentration`: the amount per millilitre or gram.
 */
type Kind = 'unit' | 'content' | 'concentration';

interface Compared {
  readonly kind: Kind;
  readonly text: string;
}

/**
 * Returns the amount of the first kind that the record states, in the order unit, content, concentration. Undefined
 * if that kind has several amounts, or if any amount cannot be read.
 */
function decisive(amounts: readonly (Compared | undefined)[]): string | undefined {
  if (amounts.includes(undefined)) return undefined;
  for (const kind of ['unit', 'content', 'concentration'] satisfies readonly Kind[]) {
    const texts = new Set(amounts.flatMap((each) => (each?.kind === kind ? [each.text] : [])));
    if (texts.size === 1) return `${kind} ${[...texts].join('')}`;
    if (texts.size > 1) return undefined;
  }
  return undefined;
}

/** Returns the amounts of the ingredient's own substance. An amount that is a range or a code is undefined. */
function ownAmounts(strength: IngredientSubstanceStrength): readonly (Compared | undefined)[] {
  const content = contentIn(strength);
  return [
    ...presentationsOf(strength).map((amount) => compared(amount, content)),
    ...concentrationsOf(strength).map((amount) => compared(amount, undefined)),
  ];
}

/** Returns the amounts of a base; one undefined amount if the base has no strength. */
function baseAmounts(
  base: IngredientSubstanceStrengthReferenceStrength,
  content: Amount | undefined,
): readonly (Compared | undefined)[] {
  const amounts = amountsOfReference(base);
  return amounts.length > 0 ? amounts.map((amount) => compared(amount, content)) : [undefined];
}

/** Returns the amount in the content of one unit of presentation, such as 20 mg in 0.4 ml. */
function contentIn(strength: IngredientSubstanceStrength): Amount | undefined {
  return presentationsOf(strength).find((amount) => amount?.size !== undefined);
}

/**
 * Returns an amount as text that can be compared; undefined if the amount cannot be read or is 0.
 * @param content the amount in the content of one unit, such as 20 mg in 0.4 ml. An amount with the same denominator
 * is
 * of kind `content`, since 20 mg in 0.4 ml is not equivalent to 40 mg in 0.8 ml
 */
function compared(amount: ReadAmount, content: Amount | undefined): Compared | undefined {
  if (!amount || !isPositive(amount.value)) return undefined;
  const { value, kind, per, size, isPerUnit } = amount;
  const text = `${fractionOf(value)} ${kind}`;
  if (per === undefined || isPerUnit) return { kind: isShare(kind) ? 'concentration' : 'unit', text };
  const isContent =
    size !== undefined && content?.size !== undefined && per === content.per && isEqual(size, content.size);
  return {
    kind: isContent ? 'content' : 'concentration',
    text: `${text} per ${per}${isContent ? ` in ${fractionOf(size)}` : ''}`,
  };
}

function fractionOf({ above, below }: Exact): string {
  return below === 1n ? String(above) : `${above}/${below}`;
}
