/** Decides which products are equivalent by comparing raw resources, with code that the service does not share. */
import type { CodeableConcept, Ingredient, Quantity, Ratio, Resource } from 'fhir/r5.js';
import { familiesIn, type Family } from './filter-truth/family.js';
import { basesOf, ownNames, roleOf } from './filter-truth/ingredients.js';
import { codesIn, idIn, plain, textsIn } from './filter-truth/words.js';

export type By = 'ACTIVES' | 'STRENGTH' | 'DOSE_FORM' | 'ROUTE';
export const allBy: readonly By[] = ['ACTIVES', 'STRENGTH', 'DOSE_FORM', 'ROUTE'];

/** Undefined if the records do not say enough to decide. */
type Told = boolean | undefined;

interface Substance {
  readonly code: string | undefined;
  readonly name: string | undefined;
}

interface Active {
  readonly own: Substance;
  readonly base: Substance | undefined;
  /** Amount of the base, or of the substance itself. Undefined if not stated. */
  readonly amount: string | undefined;
}

/** The compared properties of one product. Undefined if its records do not state them. */
interface Content {
  readonly domain: string | undefined;
  /** The items, each with its active substances. 'dark' for an item without ingredients, or with an ingredient of unknown role. */
  readonly items: readonly (readonly Active[] | 'dark')[];
  readonly form: string | undefined;
  readonly routes: readonly string[] | undefined;
  /** Every substance of any ingredient, and its bases. */
  readonly said: readonly Substance[];
}

export interface Candidate {
  readonly id: string;
  readonly is: Told;
}

export interface EquivalenceTruth {
  readonly ids: readonly string[];
  /** Whether the records of a product state all compared properties. */
  tells(id: string, by: readonly By[]): boolean;
  /** All other products, each with whether it is equivalent. Authorizations make no difference. */
  others(id: string, by: readonly By[]): readonly Candidate[];
  /** Whether the other product has, in any role, the substance by which the equivalents of this one are searched for. */
  share(id: string, other: string): boolean;
}

export function createEquivalenceTruth(resources: readonly Resource[]): EquivalenceTruth {
  const contents = new Map(
    familiesIn(resources).map((family) => [family.product.id ?? '', contentOf(family)]),
  );
  const of = (id: string): Content => {
    const content = contents.get(id);
    if (!content) throw new Error(`there is no product ${id}`);
    return content;
  };
  return {
    ids: [...contents.keys()],
    tells: (id, by) => tells(of(id), by),
    others: (id, by) =>
      [...contents].flatMap(([other, content]) =>
        other === id ? [] : [{ id: other, is: compare(of(id), content, by) }],
      ),
    share(id, other) {
      const [driver] = of(id).items.flatMap((item) => (item === 'dark' ? [] : item));
      const wanted = driver ? [driver.own, ...(driver.base ? [driver.base] : [])] : [];
      return of(other).said.some((each) => wanted.some((one) => isSubstance(one, each) !== false));
    },
  };
}

function valueOf(concept: CodeableConcept | undefined): string | undefined {
  const [code] = codesIn(concept);
  const [text] = textsIn(concept);
  return code ?? (text === undefined ? undefined : `in words ${plain(text)}`);
}

function contentOf({ product, itemIds, ingredients }: Family): Content {
  const items = itemIds.map((item): Content['items'][number] => {
    const inside = ingredients.filter((each) => (each.for ?? []).some((target) => idIn(target) === item));
    if (inside.length === 0 || inside.some((each) => roleOf(each) === undefined)) return 'dark';
    return inside.filter((each) => roleOf(each) === 'ACTIVE').map(activeOf);
  });
  const routes = (product.route ?? []).flatMap((route) => valueOf(route) ?? []);
  return {
    domain: valueOf(product.domain),
    items: items.every((item) => item !== 'dark' && item.length === 0) ? ['dark'] : items,
    form: valueOf(product.combinedPharmaceuticalDoseForm),
    routes: routes.length > 0 ? routes : undefined,
    said: ingredients.flatMap((each) => [
      substanceOf(each.substance.code),
      ...basesOf(each).flatMap(({ substance }) => (substance ? [substanceOf(substance)] : [])),
    ]),
  };
}

function substanceOf(told: Ingredient['substance']['code']): Substance {
  return { code: codesIn(told.concept)[0], name: ownNames(told).map(plain)[0] };
}

function activeOf(ingredient: Ingredient): Active {
  const [base] = basesOf(ingredient);
  const [strength] = ingredient.substance.strength ?? [];
  const own = substanceOf(ingredient.substance.code);
  if (base?.substance) {
    const [amount] = base.strengths.told;
    return { own, base: substanceOf(base.substance), amount: amount && written(amount) };
  }
  const amount = strength?.presentationRatio ?? strength?.concentrationRatio;
  return { own, base: undefined, amount: amount && written(amount) };
}

function written({ numerator, denominator }: Ratio): string {
  const say = (quantity: Quantity | undefined): string => `${quantity?.value} ${quantity?.unit}`;
  const isPerUnit = denominator === undefined || denominator.unit === 'tablet';
  return isPerUnit ? `${say(numerator)} each` : `${say(numerator)} in ${say(denominator)}`;
}

function tells({ domain, items, form, routes }: Content, by: readonly By[]): boolean {
  const actives = items.flatMap((item) => (item === 'dark' ? [] : item));
  return (
    domain !== undefined &&
    !items.includes('dark') &&
    (!by.includes('STRENGTH') || actives.every(({ amount }) => amount !== undefined)) &&
    (!by.includes('DOSE_FORM') || form !== undefined) &&
    (!by.includes('ROUTE') || routes !== undefined)
  );
}

/** Compares each property. The products are equivalent if all are equal, and not equivalent if one differs. */
function compare(one: Content, other: Content, by: readonly By[]): Told {
  const answers: Told[] = [isValue(one.domain, other.domain)];
  if (by.includes('DOSE_FORM')) answers.push(isValue(one.form, other.form));
  if (by.includes('ROUTE')) answers.push(areRoutes(one.routes, other.routes));
  if (by.includes('STRENGTH')) answers.push(areMutual(one.items, other.items, isItem));
  else
    answers.push(
      areMutual(allIn(one), allIn(other), (a, b) =>
        a === 'dark' || b === 'dark' ? undefined : isMoiety(a, b),
      ),
    );
  return allOf(answers);
}

function areRoutes(ones: Content['routes'], others: Content['routes']): Told {
  return ones && others ? areMutual(ones, others, isValue) : undefined;
}

function allIn({ items }: Content): readonly (Active | 'dark')[] {
  return items.flatMap((item): readonly (Active | 'dark')[] => (item === 'dark' ? ['dark'] : item));
}

function isValue(one: string | undefined, other: string | undefined): Told {
  if (one === undefined || other === undefined) return undefined;
  if (one === other) return true;
  return one.startsWith('in words') === other.startsWith('in words') ? false : undefined;
}

function allOf(answers: readonly Told[]): Told {
  return answers.reduce<Told>((all, each) => (all === false || each === false ? false : all && each), true);
}

/** Whether each element has an equal element on the other side. */
function areMutual<T>(ones: readonly T[], others: readonly T[], is: (one: T, other: T) => Told): Told {
  const partner = (answers: readonly Told[]): Told =>
    answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  const found = [
    ...ones.map((one) => partner(others.map((other) => is(one, other)))),
    ...others.map((other) => partner(ones.map((one) => is(one, other)))),
  ];
  return allOf(found);
}

function isItem(one: readonly Active[] | 'dark', other: readonly Active[] | 'dark'): Told {
  if (one === 'dark' || other === 'dark') return undefined;
  if (one.length !== other.length) return false;
  // In the test data no item has a substance twice.
  return areMutual(one, other, (a, b) => {
    const is = isMoiety(a, b);
    if (is !== true) return is;
    if (a.amount === undefined || b.amount === undefined) return undefined;
    return a.amount === b.amount;
  });
}

function isMoiety(one: Active, other: Active): Told {
  const is = isSubstance(one.base ?? one.own, other.base ?? other.own);
  const isHalfTold = (one.base === undefined) !== (other.base === undefined);
  if (is === false && isHalfTold && isSubstance(one.own, other.own) !== false) return undefined;
  return is;
}

function isSubstance(one: Substance, other: Substance): Told {
  if (one.code !== undefined && other.code !== undefined) return one.code === other.code;
  if (one.code === undefined && other.code === undefined) return one.name === other.name;
  return one.name === other.name ? undefined : false;
}
