/** Builds the Ingredients of a product. As in EMA's data, they belong to its items and administrable products. */

import type { Ingredient, IngredientSubstanceStrength } from 'fhir/r5.js';
import { concept, ratio, quantity, type Strength } from '../elements.js';
import { idIn, type Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { companyReference } from '../organizations.js';
import type { IngredientSpecification, ItemSpecification, ProductSpecification } from '../specification.js';
import { substanceConcept, substanceOf } from '../substances.js';
import { roles } from '../terms.js';
import { partReference, productReference } from './identity.js';

export function buildIngredients(specification: ProductSpecification, series: Series): Ingredient[] {
  const { no, items } = specification;
  const unnumbered = items.flatMap(({ unit, ingredients }, at) =>
    ingredients.flatMap((ingredient) => ingredientsOf(specification, series, at, unit, ingredient)),
  );
  return unnumbered.map((ingredient, at) => ({ ...ingredient, id: idIn(series, 'ingredient', no, at) }));
}

/** Returns one Ingredient. Returns two if the amount per unit and the amount per volume are in separate records. */
function ingredientsOf(
  specification: ProductSpecification,
  series: Series,
  at: number,
  unit: ItemSpecification['unit'],
  ingredient: IngredientSpecification,
): Ingredient[] {
  const item = partReference(specification, series, 'item', at);
  const administrables = specification.administered.flatMap(({ from }, index) =>
    (from ?? [at]).includes(at) ? partReference(specification, series, 'administrable', index) : [],
  );
  const product = productReference(specification, series);
  const presented = buildIngredient(specification, ingredient, presentedStrength(ingredient, unit));
  const { concentration } = ingredient;
  if (concentration !== undefined) {
    const strength = {
      concentrationRatio: ratio(concentration, unit),
      textConcentration: inWords(concentration),
    };
    const dissolved = buildIngredient(specification, ingredient, strength);
    return [
      { ...presented, for: [item] },
      { ...dissolved, for: administrables },
    ];
  }
  const targets = {
    item: [item],
    administrable: administrables,
    product: [product],
    'item and administrable': [item, ...administrables],
    all: [product, item, ...administrables],
  }[ingredient.for ?? 'item and administrable'];
  return [{ ...presented, for: targets }];
}

function presentedStrength(
  { strength, amount, reference }: IngredientSpecification,
  unit: ItemSpecification['unit'],
): IngredientSubstanceStrength | undefined {
  if (amount !== undefined)
    return { presentationQuantity: quantity(amount), textPresentation: inWords(amount) };
  if (strength === undefined) return undefined;
  if (reference === undefined)
    return { presentationRatio: ratio(strength, unit), textPresentation: inWords(strength) };
  const [substance, equivalent] = reference;
  return {
    presentationRatio: ratio(strength, unit),
    textPresentation: inWords(strength),
    basis: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass', code: 'ACTIR' }],
      text: 'active ingredient - reference substance is basis of strength',
    },
    referenceStrength: [
      { substance: { concept: substanceConcept(substance) }, strengthRatio: ratio(equivalent, unit) },
    ],
  };
}

/** Formats a strength as product names do: `20 mg/0.4 ml`, `100 micrograms/actuation`. */
function inWords(strength: Strength): string {
  return strength
    .replace(' / 1 ', '/')
    .replace(' / ', '/')
    .replace(/(?<!^1 )(microgram|D antigen unit)(?=$|\/)/, '$1s');
}

function buildIngredient(
  { no, holder }: ProductSpecification,
  { role, substance: name }: IngredientSpecification,
  strength: IngredientSubstanceStrength | undefined,
): Ingredient {
  const { code, formula, isAllergen, purpose } = substanceOf(name);
  const definition = formula === undefined ? undefined : { reference: `SubstanceDefinition/${code}` };
  return {
    resourceType: 'Ingredient',
    meta: sampleMeta(no + 6),
    status: 'active',
    role: concept(roles[role]),
    function: purpose === undefined ? undefined : [{ text: purpose }],
    allergenicIndicator: role === 'excipient' ? isAllergen : undefined,
    manufacturer:
      role === 'active' ? [{ role: 'actual', manufacturer: companyReference(holder) }] : undefined,
    substance: {
      code: { concept: substanceConcept(name), reference: definition },
      strength: strength === undefined ? undefined : [strength],
    },
  };
}
