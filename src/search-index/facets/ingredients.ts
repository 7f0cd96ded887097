/** Facets about ingredients: active substances and strengths. */
import type { CodeableReference } from 'fhir/r5.js';
import { isStrengthFault, readStrength } from '../../facts/amounts/strength-filter.js';
import { strengthText, strengthValues } from '../../facts/amounts/strength-values.js';
import type { ProductFilter } from '../../facts/filter.js';
import { ofIngredient } from '../../facts/of-ingredient.js';
import { isActive } from '../../facts/substances/actives.js';
import { ingredientRoles } from '../../facts/substances/roles.js';
import {
  eachSubstance,
  foldedCodes,
  namedBy,
  isSubstanceCode,
  substancesIn,
  type SubstanceFilter,
  type NamedSubstance,
} from '../../facts/substances/substances.js';
import type { ResourceOf } from '../../fhir/resources.js';
import { IngredientRole } from '../../terms/ema-codes.js';
import { recordColumn } from '../columns.js';
import { readValuesShape } from '../shapes.js';
import { keyOfCode, keyOfName, keysOf } from '../substance-shapes.js';
import { choicesOf, plainTells, type Choice, type Field, type RecordValue } from './field.js';

type Ingredient = ResourceOf<'Ingredient'>;

/** Returns the column that contains the complete substance of an ingredient, with its role. */
const column = (): string => recordColumn('strength', 'ingredient').name;

function ingredientIn(shape: string): Ingredient | undefined {
  const [ingredient] = readValuesShape(shape);
  return ingredient as Ingredient | undefined;
}

/**
 * The facet of active substances, or of substances with the role in the filter. A substance is listed under its base,
 * if the record states one. In a filter, both the substance and the base find the product.
 */
export const substance: Field = {
  part: 'substance',
  isNamed: true,
  reads: ['substanceRole', 'strength'],
  column,
  dependsOn: ({ substanceRole, strength: asked }) => [substanceRole, asked],
  reader: (filter) => (shape) => {
    const ingredient = ingredientIn(shape);
    if (!ingredient || !ingredientRoles(ingredient).includes(roleIn(filter))) return undefined;
    const { own, bases } = substancesIn(ingredient);
    const all: readonly NamedSubstance[] = [own, ...bases];
    const keys = [...new Set(all.flatMap(keysOf))].filter(hasStrength(ingredient, filter));
    const isFound = ({ value }: RecordValue): boolean =>
      keysOfSubstance(value).some((key) => keys.includes(key));
    const ofBases = bases.flatMap((base) => substanceValues(base.told.substance)).filter(isFound);
    const ofOwn = substanceValues(ingredient.substance?.code).filter(isFound);
    return { keys, values: ofBases.length > 0 ? ofBases : ofOwn };
  },
  keysOf: keysOfSubstance,
  filterFor: (value, filter) => ({ substance: [askedSubstance(value)], substanceRole: roleIn(filter) }),
  choices: ({ substance: asked = [] }) => asked.map(substanceChoice),
};

function substanceChoice({ codes, names }: SubstanceFilter): Choice {
  const keys = new Set([...codes.map(keyOfCode), ...names.map(keyOfName)]);
  return {
    value: codes[0] ?? names[0],
    is(value, name) {
      const own = [...keysOfSubstance(value), ...(name === undefined ? [] : [keyOfName(name)])];
      return own.some((each) => keys.has(each));
    },
  };
}

function roleIn({ substanceRole = IngredientRole.ACTIVE }: ProductFilter): IngredientRole {
  return substanceRole;
}

/**
 * Returns the values of substances. A substance has no value if it has neither a code nor a name that filters accept.
 */
function substanceValues(told: CodeableReference | undefined): readonly RecordValue[] {
  return eachSubstance(told).flatMap((each) => {
    const which = namedBy(each);
    const [name] = which.names;
    const code = [...which.codes, ...foldedCodes(which)].find(isSubstanceCode);
    const value = code ?? name;
    return value === undefined ? [] : [{ value, name, concept: each.concept }];
  });
}

function askedSubstance(value: string): SubstanceFilter {
  return isSubstanceCode(value) ? { codes: [value], names: [] } : { codes: [], names: [value] };
}

function keysOfSubstance(value: string): readonly string[] {
  return [isSubstanceCode(value) ? keyOfCode(value) : keyOfName(value)];
}

/**
 * Returns a function that tests whether the substance with a key has the strength in the filter. An ingredient's own
 * substance and its bases have different strengths.
 */
function hasStrength(ingredient: Ingredient, filter: ProductFilter): (key: string) => boolean {
  const { strength: asked } = filter;
  if (!asked) return () => true;
  return (key) => {
    const [kind, text] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)];
    const found = kind === 'code' ? { codes: [text], names: [] } : { codes: [], names: [text] };
    return isMet({ ...filter, strength: asked, substance: [found] }, ingredient);
  };
}

function isMet(
  filter: ProductFilter & { readonly strength: readonly string[] },
  ingredient: Ingredient,
): boolean {
  return ofIngredient.strength.told?.test(filter.strength as never, filter)([ingredient]) === true;
}

/** The facet of strengths: those of active substances, or of the substances in the filter. */
export const strength: Field = {
  part: 'strength',
  reads: ['substance', 'substanceRole'],
  column,
  dependsOn: ({ substance: asked, substanceRole }) => [asked, substanceRole],
  reader(filter) {
    const { substance: asked, substanceRole } = filter;
    const isIt = asked && ofIngredient.substance.told?.test(asked as never, filter);
    return (shape) => {
      const ingredient = ingredientIn(shape);
      if (!ingredient) return undefined;
      if (substanceRole !== undefined && !ingredientRoles(ingredient).includes(substanceRole))
        return undefined;
      if (!asked && substanceRole === undefined && isActive(ingredient) !== true) return undefined;
      const { own, bases } = substancesIn(ingredient);
      if (isIt && isIt([own, ...bases]) !== true) return undefined;
      const values = strengthValues(ingredient, 'any').map(({ text }) => ({ value: text }));
      return plainTells(
        asked ? values.filter(({ value }) => isMet({ ...filter, strength: [value] }, ingredient)) : values,
      );
    };
  },
  filterFor: (value) => ({ strength: [value] }),
  choices({ strength: asked = [] }) {
    const texts = asked.flatMap((text) => {
      const read = readStrength(text);
      // The facet lists a strength per tablet under the strength per unit, because that value finds more products.
      if (isStrengthFault(read) || (read.amount.isPerUnit && read.amount.per !== undefined)) return [];
      return [strengthText(read.amount)];
    });
    return choicesOf(texts);
  },
};
