/** The key of a product's composition: equal for products of the same actives, amounts, form and routes. */
import { createHash } from 'node:crypto';
import type { CodeableConcept } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import type { FhirResource, ResourceOf } from '../../fhir/resources.js';
import { valuesOf } from '../../terms/contradictions.js';
import { authorisedDoseForm } from '../../terms/ema-codes.js';
import { foldWord } from '../../terms/fold.js';
import { activeContentOf, contentKey, type ActiveContent } from './active-content.js';
import { isActive } from './actives.js';
import { isFor } from './belonging.js';
import { codesIn, isText, textsIn } from '../concepts.js';

/** A product with all records that its composition is read from. */
export interface Composed {
  readonly product: ResourceOf<'MedicinalProductDefinition'>;
  readonly items: readonly ResourceOf<'ManufacturedItemDefinition'>[];
  readonly administrables: readonly ResourceOf<'AdministrableProductDefinition'>[];
  /** Ingredients of the items and the administrable products, in any role. */
  readonly ingredients: readonly ResourceOf<'Ingredient'>[];
}

/** The parts by which two products are compared: plain data, null where the records lack it. */
export interface Composition {
  readonly domain: string | null;
  /**
   * The actives of each item; of the administrable products where no item has any. Null for an item without known
   * ingredients.
   */
  readonly contents: readonly (readonly ActiveContent[] | null)[] | null;
  readonly form: readonly string[] | null;
  readonly routes: readonly string[] | null;
}

/** Changed whenever the rule changes, or the units of amounts do. Keys of two versions never match. */
const version = 'c2';

/**
 * Returns an opaque text that is equal for products whose items have the same active substances (or bases, where there
 * are any) in the same amounts, and that have one form and the same routes. Equal items count once. An item without an
 * active substance counts too. Undefined where substance, amount, form or route is unknown.
 */
export function compositionKey(composed: Composed): string | undefined {
  const { contents, form, routes } = compositionOf(composed);
  const items = contents?.map(itemKey);
  if (!items || items.includes(undefined) || form === null || routes === null) return undefined;
  const hash = createHash('sha256').update(JSON.stringify([[...new Set(items)].sort(), form, routes]));
  return `${version}-${hash.digest('base64url').slice(0, 27)}`;
}

/** Returns the composition of a product, as far as its records state it. */
export function compositionOf(composed: Composed): Composition {
  return {
    domain: valueIn(composed.product.domain) ?? null,
    contents: contentsOf(composed),
    form: formOf(composed) ?? null,
    routes: routesOf(composed) ?? null,
  };
}

/** Returns a text that is equal for equal items; undefined where an item, a substance or an amount is unknown. */
function itemKey(actives: readonly ActiveContent[] | null): string | undefined {
  const keys = actives?.map(activeKey);
  return keys && !keys.includes(undefined) ? JSON.stringify(keys.toSorted()) : undefined;
}

function activeKey({ substance, amount }: ActiveContent): string | undefined {
  const key = substance ? contentKey(substance) : undefined;
  return key === undefined || amount === null ? undefined : JSON.stringify([key, amount]);
}

/** Returns the actives of each item; of the administrable products where no item has any. */
function contentsOf({ items, administrables, ingredients }: Composed): Composition['contents'] {
  // An ingredient without a role may be active.
  const maybeActive = ingredients.filter((each) => isActive(each) !== false);
  const isTold = items.some((item) => maybeActive.some((each) => isFor(each, item)));
  const records: readonly FhirResource[] = isTold ? items : administrables;
  const contents = records.map((record) => activesIn(ingredients.filter((each) => isFor(each, record))));
  // A product without any active substance is no medicine. Its actives must be stated elsewhere.
  return contents.every((each) => each?.length === 0) ? null : contents;
}

/** Returns null for a record without ingredients, which does not mean a placebo. */
function activesIn(ingredients: readonly ResourceOf<'Ingredient'>[]): readonly ActiveContent[] | null {
  const verdicts = ingredients.map(isActive);
  if (verdicts.length === 0 || verdicts.includes(undefined)) return null;
  return ingredients.filter((_each, at) => verdicts[at]).map(activeContentOf);
}

/** Returns the product's own form, else those of its administrable products. */
function formOf({ product, administrables }: Composed): readonly string[] | undefined {
  const own = valueIn(product.combinedPharmaceuticalDoseForm) ?? valueIn(authorisedDoseForm(product));
  return own === undefined
    ? whole(administrables.map(({ administrableDoseForm }) => [valueIn(administrableDoseForm)]))
    : [own];
}

/** Returns the product's own routes, else those of its administrable products. */
function routesOf({ product, administrables }: Composed): readonly string[] | undefined {
  const own = elements<CodeableConcept>(product.route);
  if (own.length > 0) return whole([valuesIn(own)]);
  return whole(
    administrables.map(({ routeOfAdministration }) =>
      valuesIn(elements(routeOfAdministration).flatMap(({ code }) => code ?? [])),
    ),
  );
}

/** Splits concepts: some records give two values as codings of one. */
function valuesIn(concepts: readonly CodeableConcept[]): readonly (string | undefined)[] {
  return concepts.flatMap(valuesOf).map(valueIn);
}

/** Returns all values as a set; undefined where one of them, or all of one record, are unknown. */
function whole(told: readonly (readonly (string | undefined)[])[]): readonly string[] | undefined {
  if (told.length === 0 || told.some((values) => values.length === 0)) return undefined;
  const values = told.flat();
  const known = values.flatMap((value) => value ?? []);
  return known.length < values.length ? undefined : [...new Set(known)].sort();
}

/** Returns the code of EMA's term, else the first code, else the text. */
function valueIn(concept: CodeableConcept | undefined): string | undefined {
  const codes = codesIn(concept);
  const code = codes.find((each) => /^\d{12}$/.test(each)) ?? codes[0];
  if (code !== undefined) return code;
  const word = textsIn(concept).find(isText);
  return word === undefined ? undefined : `"${foldWord(word)}"`;
}
