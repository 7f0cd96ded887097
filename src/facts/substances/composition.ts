/**
 * Computes a key from the composition of a product. Products with the same active substances, amounts, dose form and
 * routes have equal keys.
 */
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

/** A product with all records that state its composition. */
export interface Composed {
  readonly product: ResourceOf<'MedicinalProductDefinition'>;
  readonly items: readonly ResourceOf<'ManufacturedItemDefinition'>[];
  readonly administrables: readonly ResourceOf<'AdministrableProductDefinition'>[];
  /** Ingredients of the manufactured items and of the administrable products, in any role. */
  readonly ingredients: readonly ResourceOf<'Ingredient'>[];
}

/**
 * The properties by which two products are compared, as plain data. A property is null if the records do not state
 * it.
 */
export interface Composition {
  readonly domain: string | null;
  /**
   * The active substances of each manufactured item. If no item states any, those of each administrable product. An
   * item without known ingredients is null.
   */
  readonly contents: readonly (readonly ActiveContent[] | null)[] | null;
  readonly form: readonly string[] | null;
  readonly routes: readonly string[] | null;
}

/**
 * The version of the key. It must change whenever the computation changes, so that keys of two versions are never
 * equal.
 */
const version = 'c2';

/**
 * Returns an opaque text that is equal for products with equal composition. Their items must have the same active
 * substances (the bases, if stated) in the same amounts, and the products must have the same dose form and the same
 * routes. Equal items count once. An item without an active substance counts too. Undefined if a substance, an
 * amount, the dose form or the routes are unknown.
 */
export function compositionKey(composed: Composed): string | undefined {
  const { contents, form, routes } = compositionOf(composed);
  const items = contents?.map(itemKey);
  if (!items || items.includes(undefined) || form === null || routes === null) return undefined;
  const hash = createHash('sha256').update(JSON.stringify([[...new Set(items)].sort(), form, routes]));
  return `${version}-${hash.digest('base64url').slice(0, 27)}`;
}

/** Returns the composition of a product. Properties that its records do not state are null. */
export function compositionOf(composed: Composed): Composition {
  return {
    domain: valueIn(composed.product.domain) ?? null,
    contents: contentsOf(composed),
    form: formOf(composed) ?? null,
    routes: routesOf(composed) ?? null,
  };
}

/** Returns a key that is equal for equal items; undefined if the item, a substance or an amount is unknown. */
function itemKey(actives: readonly ActiveContent[] | null): string | undefined {
  const keys = actives?.map(activeKey);
  return keys && !keys.includes(undefined) ? JSON.stringify(keys.toSorted()) : undefined;
}

function activeKey({ substance, amount }: ActiveContent): string | undefined {
  const key = substance ? contentKey(substance) : undefined;
  return key === undefined || amount === null ? undefined : JSON.stringify([key, amount]);
}

/**
 * Returns the active substances of each manufactured item. If no item states any, returns those of each administrable
 * product.
 */
function contentsOf({ items, administrables, ingredients }: Composed): Composition['contents'] {
  // An ingredient without a role may be active.
  const maybeActive = ingredients.filter((each) => isActive(each) !== false);
  const isTold = items.some((item) => maybeActive.some((each) => isFor(each, item)));
  const records: readonly FhirResource[] = isTold ? items : administrables;
  const contents = records.map((record) => activesIn(ingredients.filter((each) => isFor(each, record))));
  // Every medicine has an active substance. If none is stated, the records are incomplete.
  return contents.every((each) => each?.length === 0) ? null : contents;
}

/** Returns the active substances; null for a record without ingredients, because it is not necessarily a placebo. */
function activesIn(ingredients: readonly ResourceOf<'Ingredient'>[]): readonly ActiveContent[] | null {
  const verdicts = ingredients.map(isActive);
  if (verdicts.length === 0 || verdicts.includes(undefined)) return null;
  return ingredients.filter((_each, at) => verdicts[at]).map(activeContentOf);
}

/** Returns the dose form of the product. If it states none, returns the dose forms of its administrable products. */
function formOf({ product, administrables }: Composed): readonly string[] | undefined {
  const own = valueIn(product.combinedPharmaceuticalDoseForm) ?? valueIn(authorisedDoseForm(product));
  return own === undefined
    ? whole(administrables.map(({ administrableDoseForm }) => [valueIn(administrableDoseForm)]))
    : [own];
}

/** Returns the routes of the product. If it states none, returns those of its administrable products. */
function routesOf({ product, administrables }: Composed): readonly string[] | undefined {
  const own = elements<CodeableConcept>(product.route);
  if (own.length > 0) return whole([valuesIn(own)]);
  return whole(
    administrables.map(({ routeOfAdministration }) =>
      valuesIn(elements(routeOfAdministration).flatMap(({ code }) => code ?? [])),
    ),
  );
}

/** Returns the values of concepts. Some records state two values as codings of one concept. */
function valuesIn(concepts: readonly CodeableConcept[]): readonly (string | undefined)[] {
  return concepts.flatMap(valuesOf).map(valueIn);
}

/**
 * Returns the values of all records without duplicates; undefined if a value is unknown, or if a record has no value.
 */
function whole(told: readonly (readonly (string | undefined)[])[]): readonly string[] | undefined {
  if (told.length === 0 || told.some((values) => values.length === 0)) return undefined;
  const values = told.flat();
  const known = values.flatMap((value) => value ?? []);
  return known.length < values.length ? undefined : [...new Set(known)].sort();
}

/** Returns the code of EMA's term; without it, the first code; without any code, the text in quotation marks. */
function valueIn(concept: CodeableConcept | undefined): string | undefined {
  const codes = codesIn(concept);
  const code = codes.find((each) => /^\d{12}$/.test(each)) ?? codes[0];
  if (code !== undefined) return code;
  const word = textsIn(concept).find(isText);
  return word === undefined ? undefined : `"${foldWord(word)}"`;
}
