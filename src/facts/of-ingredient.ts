/** The facts that ingredients tell: which substances are in a product, and in what role. */
import type { IngredientSubstance } from 'fhir/r5.js';
import { type IngredientRole, ingredientRole } from '../terms/ema-codes.js';
import { foldText } from '../terms/fold.js';
import { foldNumber } from '../terms/numbers.js';
import { codings } from './concepts.js';
import { notTold, told, type RecordFact } from './fact.js';

const type = 'Ingredient';
const of = 'ingredient';
const group = 'ingredient';

export const ofIngredient = {
  substance: told({
    of,
    group,
    type,
    elements: ['substance'],
    values: ({ substance }) => [substance],
    meets(asked: readonly string[]) {
      const codes = new Set(asked.map(foldNumber));
      const names = new Set(asked.map(foldText));
      return (substance: IngredientSubstance | undefined) => {
        const { concept, reference } = substance?.code ?? {};
        const said = [concept?.text, reference?.display, ...codings(concept).map(({ display }) => display)];
        const isIt =
          codings(concept).some(({ code }) => code !== undefined && codes.has(foldNumber(code))) ||
          said.some((name) => typeof name === 'string' && names.has(foldText(name)));
        // What is known by a reference alone may be any substance.
        return isIt || !isUncoded(substance) ? isIt : undefined;
      };
    },
  }),
  substanceRole: told({
    of,
    group,
    type,
    elements: ['role'],
    values: (ingredient) => [ingredientRole(ingredient) ?? notTold],
    meets: (asked: IngredientRole) => (role: IngredientRole) => role === asked,
  }),
} satisfies Readonly<Record<string, RecordFact>>;

/** A number of EMA's Substance Management Service, or a UNII. */
export function isSubstanceCode(text: string): boolean {
  return /^(\d{6,}|(?=(.*\d){2})[A-Z0-9]{10})$/.test(text.trim());
}

/** Whether a substance is named by a reference alone: no code finds it, and it may be any. */
export function isUncoded(substance: IngredientSubstance | undefined): boolean {
  const { concept, reference } = substance?.code ?? {};
  return reference !== undefined && !codings(concept).some(({ code }) => code);
}
