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

/** A product with all that its composition is read from. */
export interface Composed {
  readonly product: ResourceOf<'MedicinalProductDefinition'>;
  readonly items: readonly ResourceOf<'ManufacturedItemDefinition'>[];
  readonly administrables: readonly ResourceOf<'AdministrableProductDefinition'>[];
  /** Of the items and the administrable products, of every role. */
  readonly ingredients: readonly ResourceOf<'Ingredient'>[];
}

/** What two products are compared by, part by part: plain values, null for what is not told. */
export interface Composition {
  readonly domain: string | null;
  /** The actives of each item, of what is given where no item tells any; null for an item that does not tell its own. */
  readonly contents: readonly (readonly ActiveContent[] | null)[] | null;
  readonly form: readonly string[] | null;
  readonly routes: readonly string[] | null;
}

/** Another one whenever the rule changes, or what amounts are converted to: keys of two versions never match. */
const version = 'c2';

/**
 * Returns an opaque text that is equal for products whose items have the same active substances (bases where they are
 * told) in the same amounts, and that have one form and the same routes. Items that are alike count once, an item without
 * an active substance counts too. Undefined where substance, amount, form or route is not told.
 */
export function compositionKey(composed: Composed): string | undefined {
  const { contents, form, routes } = compositionOf(composed);
  const items = contents?.map(itemKey);
  if (!items || items.includes(undefined) || form === null || routes === null) return undefined;
  const hash = createHash('sha256').update(JSON.stringify([[...new Set(items)].sort(), form, routes]));
  return `${version}-${hash.digest('base64url').slice(0, 27)}`;
}

/** Returns what the records of a product tell of its composition. */
export function compositionOf(composed: Composed): Composition {
  return {
    domain: valueIn(composed.product.domain) ?? null,
    contents: contentsOf(composed),
    form: formOf(composed) ?? null,
    routes: routesOf(composed) ?? null,
  };
}

/** A text that is equal for equal items; undefined where an item, a substance or an amount is not told. */
function itemKey(actives: readonly ActiveContent[] | null): string | undefined {
  const keys = actives?.map(activeKey);
  return keys && !keys.includes(undefined) ? JSON.stringify(keys.toSorted()) : undefined;
}

function activeKey({ substance, amount }: ActiveContent): string | undefined {
  const key = substance ? contentKey(substance) : undefined;
  return key === undefined || amount === null ? undefined : JSON.stringify([key, amount]);
}

/** The actives of each item; of what is given where no item tells any. */
function contentsOf({ items, administrables, ingredients }: Composed): Composition['contents'] {
  // What has no role may be active.
  const maybeActive = ingredients.filter((each) => isActive(each) !== false);
  const isTold = items.some((item) => maybeActive.some((each) => isFor(each, item)));
  const records: readonly FhirResource[] = isTold ? items : administrables;
  const contents = records.map((record) => activesIn(ingredients.filter((each) => isFor(each, record))));
  // What has no active substance at all is no medicine: its actives are told elsewhere.
  return contents.every((each) => each?.length === 0) ? null : contents;
}

/** Null where a record has no ingredients: that is no placebo. */
function activesIn(ingredients: readonly ResourceOf<'Ingredient'>[]): readonly ActiveContent[] | null {
  const verdicts = ingredients.map(isActive);
  if (verdicts.length === 0 || verdicts.includes(undefined)) return null;
  return ingredients.filter((_each, at) => verdicts[at]).map(activeContentOf);
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
