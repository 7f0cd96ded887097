/** What an active ingredient adds to a composition: its substance, the base where one is told, and how much there is. */
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
  type ToldAmount,
} from '../amounts/strength.js';
import { eachSubstance, namedBy, substanceKey, type AskedSubstance } from './substances.js';

/** As it is kept: plain values, null for what is not told in a way that can be compared. */
export interface ActiveContent {
  /** The base where one is told, else the substance itself; its names are folded. */
  readonly substance: AskedSubstance | null;
  /** The substance itself, where a base is told. */
  readonly salt?: AskedSubstance | null;
  /** Equal texts are equal amounts: per unit, else in what one holds, else a concentration. */
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

/** A text that is equal for equal substances. */
export function contentKey({ codes, names }: AskedSubstance): string | undefined {
  return substanceKey({ codes, names, reference: undefined });
}

/**
 * Null where two are told, of which nobody says that they are one. What a substance refers to is another record with
 * each upstream: that alone is not compared.
 */
function onlyOne(told: readonly (CodeableReference | undefined)[]): AskedSubstance | null {
  const all = told.flatMap((each) => (each ? eachSubstance(each).map(namedBy) : [namedBy(undefined)]));
  const keys = new Set(all.map(contentKey));
  const [key, ...others] = keys;
  if (key === undefined || others.length > 0) return null;
  return {
    codes: [...new Set(all.flatMap(({ codes }) => codes))],
    names: [...new Set(all.flatMap(({ names }) => names.map(foldWord)))],
  };
}

/** `unit`: of one tablet, vial; `content`: of the millilitres or grams that one holds; `concentration`: of any of them. */
type Kind = 'unit' | 'content' | 'concentration';

interface Compared {
  readonly kind: Kind;
  readonly text: string;
}

/** Undefined among the amounts is one that cannot be read. Of the best kind that is told there may be one amount alone. */
function decisive(amounts: readonly (Compared | undefined)[]): string | undefined {
  if (amounts.includes(undefined)) return undefined;
  for (const kind of ['unit', 'content', 'concentration'] satisfies readonly Kind[]) {
    const texts = new Set(amounts.flatMap((each) => (each?.kind === kind ? [each.text] : [])));
    if (texts.size === 1) return `${kind} ${[...texts].join('')}`;
    if (texts.size > 1) return undefined;
  }
  return undefined;
}

/** Undefined stands for what is told in no number: a range, a code. */
function ownAmounts(strength: IngredientSubstanceStrength): readonly (Compared | undefined)[] {
  const content = contentIn(strength);
  return [
    ...presentationsOf(strength).map((amount) => compared(amount, content)),
    ...concentrationsOf(strength).map((amount) => compared(amount, undefined)),
  ];
}

/** A base whose amount is not told leaves open how much of it there is. */
function baseAmounts(
  base: IngredientSubstanceStrengthReferenceStrength,
  content: Amount | undefined,
): readonly (Compared | undefined)[] {
  const amounts = amountsOfReference(base);
  return amounts.length > 0 ? amounts.map((amount) => compared(amount, content)) : [undefined];
}

/** The amount that tells what one holds, where a presentation is told for that: for 0.4 ml. */
function contentIn(strength: IngredientSubstanceStrength): Amount | undefined {
  return presentationsOf(strength).find((amount) => amount?.size !== undefined);
}

/**
 * @param content an amount that is told for what one holds: such a one is no concentration, for 20 mg in 0.4 ml are not
 * 40 mg in 0.8 ml
 */
function compared(amount: ToldAmount, content: Amount | undefined): Compared | undefined {
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
