/** The key of a product's composition: equal for products of the same actives, amounts, form and routes. */
import { createHash } from 'node:crypto';
import type {
  CodeableConcept,
  CodeableReference,
  IngredientSubstanceStrength,
  IngredientSubstanceStrengthReferenceStrength,
} from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import type { FhirResource, ResourceOf } from '../../fhir/resources.js';
import { valuesOf } from '../../terms/contradictions.js';
import { authorisedDoseForm } from '../../terms/ema-codes.js';
import { foldWord } from '../../terms/fold.js';
import { isActive } from './actives.js';
import { isShare, type Amount } from '../amounts/amount.js';
import { isFor } from './belonging.js';
import { codesIn, isText, textsIn } from '../concepts.js';
import { isEqual, isPositive, type Exact } from '../amounts/exact.js';
import {
  amountsOfReference,
  concentrationsOf,
  presentationsOf,
  strengthsOf,
  type ToldAmount,
} from '../amounts/strength.js';
import { eachSubstance, namedBy, substanceKey, type NamedSubstance } from './substances.js';

/** A product with all that its composition is read from. */
export interface Composed {
  readonly product: ResourceOf<'MedicinalProductDefinition'>;
  readonly items: readonly ResourceOf<'ManufacturedItemDefinition'>[];
  readonly administrables: readonly ResourceOf<'AdministrableProductDefinition'>[];
  /** Of the items and the administrable products, of every role. */
  readonly ingredients: readonly ResourceOf<'Ingredient'>[];
}

/** Another one whenever the rule changes, or what amounts are converted to: keys of two versions never match. */
const version = 'c2';

/**
 * Returns an opaque text that is equal for products whose items have the same active substances (bases where they are
 * told) in the same amounts, and that have one form and the same routes. Items that are alike count once, an item without
 * an active substance counts too. Undefined where substance, amount, form or route is not told.
 */
export function compositionKey(composed: Composed): string | undefined {
  const contents = contentsOf(composed);
  const form = formOf(composed);
  const routes = routesOf(composed);
  if (contents === undefined || form === undefined || routes === undefined) return undefined;
  const hash = createHash('sha256').update(JSON.stringify([contents, form, routes]));
  return `${version}-${hash.digest('base64url').slice(0, 27)}`;
}

/** The actives of each item; of what is given where no item tells any. */
function contentsOf({ items, administrables, ingredients }: Composed): readonly string[] | undefined {
  // What has no role may be active.
  const maybeActive = ingredients.filter((each) => isActive(each) !== false);
  const isTold = items.some((item) => maybeActive.some((each) => isFor(each, item)));
  return contentsOfAll(isTold ? items : administrables, ingredients);
}

function contentsOfAll(
  records: readonly FhirResource[],
  ingredients: readonly ResourceOf<'Ingredient'>[],
): readonly string[] | undefined {
  const contents = records.map((record) => activesIn(ingredients.filter((each) => isFor(each, record))));
  const known = contents.flatMap((each) => each ?? []);
  // What has no active substance at all is no medicine: its actives are told elsewhere.
  if (known.length < contents.length || known.every((each) => each === '[]')) return undefined;
  return [...new Set(known)].sort();
}

/** Undefined where a record has no ingredients: that is no placebo. */
function activesIn(ingredients: readonly ResourceOf<'Ingredient'>[]): string | undefined {
  const verdicts = ingredients.map(isActive);
  if (verdicts.length === 0 || verdicts.includes(undefined)) return undefined;
  const actives = ingredients.filter((_each, at) => verdicts[at]).map(activeOf);
  return actives.includes(undefined) ? undefined : JSON.stringify(actives.toSorted());
}

/** Substance and amount of an active ingredient. */
function activeOf(ingredient: ResourceOf<'Ingredient'>): string | undefined {
  const strengths = strengthsOf(ingredient);
  const bases = strengths.flatMap((strength) =>
    elements(strength.referenceStrength).map((base) => ({ base, content: contentIn(strength) })),
  );
  const substances =
    bases.length > 0 ? bases.map(({ base }) => base.substance) : [ingredient.substance?.code];
  const keys = new Set(substances.flatMap(substancesComparable));
  const amounts =
    bases.length > 0
      ? bases.flatMap(({ base, content }) => baseAmounts(base, content))
      : strengths.flatMap(ownAmounts);
  const [key, ...otherKeys] = keys;
  const amount = decisive(amounts);
  if (key === undefined || otherKeys.length > 0 || amount === undefined) return undefined;
  return JSON.stringify([key, amount]);
}

/** None is told where two are, of which nobody says that they are one. */
function substancesComparable(told: CodeableReference | undefined): readonly (string | undefined)[] {
  return told ? eachSubstance(told).map((each) => comparable(namedBy(each))) : [undefined];
}

/** What a substance refers to is another record with each upstream: that alone is not compared. */
function comparable(which: NamedSubstance): string | undefined {
  return substanceKey({ ...which, reference: undefined });
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

/** The product's own form, else those that are given. */
function formOf({ product, administrables }: Composed): readonly string[] | undefined {
  const own = valueIn(product.combinedPharmaceuticalDoseForm) ?? valueIn(authorisedDoseForm(product));
  return own === undefined
    ? whole(administrables.map(({ administrableDoseForm }) => [valueIn(administrableDoseForm)]))
    : [own];
}

/** The product's own routes, else those of what is given. */
function routesOf({ product, administrables }: Composed): readonly string[] | undefined {
  const own = elements<CodeableConcept>(product.route);
  if (own.length > 0) return whole([valuesIn(own)]);
  return whole(
    administrables.map(({ routeOfAdministration }) =>
      valuesIn(elements(routeOfAdministration).flatMap(({ code }) => code ?? [])),
    ),
  );
}

/** Some records give two values as codings of one. */
function valuesIn(concepts: readonly CodeableConcept[]): readonly (string | undefined)[] {
  return concepts.flatMap(valuesOf).map(valueIn);
}

/** All values as a set; undefined where one of them, or all of one record, are not told. */
function whole(told: readonly (readonly (string | undefined)[])[]): readonly string[] | undefined {
  if (told.length === 0 || told.some((values) => values.length === 0)) return undefined;
  const values = told.flat();
  const known = values.flatMap((value) => value ?? []);
  return known.length < values.length ? undefined : [...new Set(known)].sort();
}

/** The code of EMA's term, else the first code, else the words. */
function valueIn(concept: CodeableConcept | undefined): string | undefined {
  const codes = codesIn(concept);
  const code = codes.find((each) => /^\d{12}$/.test(each)) ?? codes[0];
  if (code !== undefined) return code;
  const word = textsIn(concept).find(isText);
  return word === undefined ? undefined : `"${foldWord(word)}"`;
}
