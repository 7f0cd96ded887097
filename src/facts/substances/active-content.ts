/**
 * The part of an active ingredient in a composition: its substance, its base where the record has one, and its amount.
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

/** Plain data, as it is stored. Null where the record states nothing that can be compared. */
export interface ActiveContent {
  /** The base where the record has one, else the substance itself. Its names are folded. */
  readonly substance: SubstanceFilter | null;
  /** The substance itself, where the record has a base. */
  readonly salt?: SubstanceFilter | null;
  /** Equal texts are equal amounts: per unit, else in the content of one, else a concentration. */
  readonly amount: string | null;
}

/** Returns the substance and the amount of an active ingredient. (`Ingredient.substance`) */
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

/** Returns a text that is equal for equal substances. */
export function contentKey({ codes, names }: SubstanceFilter): string | undefined {
  return substanceKey({ codes, names, reference: undefined });
}

/**
 * Returns the substance; null where the record has two and nothing shows that they are the same. A reference alone is
 * not compared: each upstream has its own substance records.
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
 * `unit`: in one tablet or vial; `content`: in the millilitres or grams of one; `concentration`: in any millilitre or
 * gram.
 */
type Kind = 'unit' | 'content' | 'concentration';

interface Compared {
  readonly kind: Kind;
  readonly text: string;
}

/** Returns the amount of the best kind; undefined where that has several amounts, or any amount cannot be read. */
function decisive(amounts: readonly (Compared | undefined)[]): string | undefined {
  if (amounts.includes(undefined)) return undefined;
  for (const kind of ['unit', 'content', 'concentration'] satisfies readonly Kind[]) {
    const texts = new Set(amounts.flatMap((each) => (each?.kind === kind ? [each.text] : [])));
    if (texts.size === 1) return `${kind} ${[...texts].join('')}`;
    if (texts.size > 1) return undefined;
  }
  return undefined;
}

/** Returns the ingredient's own amounts; undefined for one without a number: a range, a code. */
function ownAmounts(strength: IngredientSubstanceStrength): readonly (Compared | undefined)[] {
  const content = contentIn(strength);
  return [
    ...presentationsOf(strength).map((amount) => compared(amount, content)),
    ...concentrationsOf(strength).map((amount) => compared(amount, undefined)),
  ];
}

/** Returns the amounts of a base; undefined for a base without a strength. */
function baseAmounts(
  base: IngredientSubstanceStrengthReferenceStrength,
  content: Amount | undefined,
): readonly (Compared | undefined)[] {
  const amounts = amountsOfReference(base);
  return amounts.length > 0 ? amounts.map((amount) => compared(amount, content)) : [undefined];
}

/** Returns the amount in the content of one unit, where a presentation has a size: 0.4 ml, say. */
function contentIn(strength: IngredientSubstanceStrength): Amount | undefined {
  return presentationsOf(strength).find((amount) => amount?.size !== undefined);
}

/**
 * @param content the amount in the content of one. An amount of the same size is no concentration: 20 mg in 0.4 ml are
 * not 40 mg in 0.8 ml
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
