/**
 * Decides whether a product is free of a substance. The result is true only if the records list the complete contents
 * of the product.
 */
import type { CodeableConcept, ManufacturedItemDefinition } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import type { ResourceOf } from '../../fhir/resources.js';
import { foldedWords } from '../../terms/fold.js';
import { isActive } from './actives.js';
import { isFor } from './belonging.js';
import {
  areCodesComparable,
  hasCode,
  namedBy,
  substancesIn,
  type SubstanceFilter,
  type NamedSubstance,
} from './substances.js';
import type { Verdict } from '../verdict.js';

/** A product with all records that state its contents. */
export interface Contents {
  readonly product: ResourceOf<'MedicinalProductDefinition'>;
  readonly items: readonly ResourceOf<'ManufacturedItemDefinition'>[];
  /** Ingredients of the product, of its manufactured items and of its administrable products. */
  readonly ingredients: readonly ResourceOf<'Ingredient'>[];
  /** Whether all manufactured items and all ingredients were read. */
  readonly areAllRead: boolean;
}

/** Returns further names for a code, from the imported terms. */
export type NamesOfCode = (code: string) => readonly string[];

/**
 * Whether a product is free of a substance (`withoutSubstance`). False if any ingredient is that substance, or has a
 * name with all words of the filter: `lactose` also means lactose monohydrate. True only if every manufactured item
 * has an inactive ingredient, all ingredients were read, and each of them can be compared. Undefined in all other
 * cases, most often because the records list no excipients.
 * @param asked the substance in the filter; if it has a code, it should also have all known names for this code
 */
export function isWithoutSubstance(
  asked: SubstanceFilter,
  contents: Contents,
  namesOfCode: NamesOfCode = () => [],
): Verdict {
  const { items, ingredients, areAllRead } = contents;
  const wide = widely(asked, namesOfCode);
  const verdicts = new Set([...wordsIn(contents), ...ingredients.flatMap(namedIn)].map(wide));
  if (verdicts.has(true)) return false;
  if (!areAllRead || verdicts.has(undefined)) return undefined;
  // An ingredient of unknown role may be an active substance.
  const others = ingredients.filter((each) => isActive(each) === false);
  const isListed = items.length > 0 && items.every((item) => others.some((each) => isFor(each, item)));
  return isListed ? true : undefined;
}

/** If a filter has only codes, adds the names that ingredients state for these codes. */
export function withNamesIn(
  ingredients: readonly ResourceOf<'Ingredient'>[],
  asked: SubstanceFilter,
): SubstanceFilter {
  if (asked.names.length > 0) return asked;
  const same = ingredients.flatMap(namedIn).filter((each) => hasCode(asked, each));
  return { ...asked, names: [...new Set(same.flatMap(({ names }) => names))] };
}

function namedIn(ingredient: ResourceOf<'Ingredient'>): readonly NamedSubstance[] {
  const { own, bases } = substancesIn(ingredient);
  return [own, ...bases];
}

/** Returns the substances that `ingredient` of a product or a manufactured item names without an Ingredient record. */
function wordsIn({ product, items }: Contents): readonly NamedSubstance[] {
  return [product.ingredient, ...items.map(({ ingredient }: ManufacturedItemDefinition) => ingredient)]
    .flatMap((concepts) => elements<CodeableConcept>(concepts))
    .map((concept) => namedBy({ concept }));
}

/**
 * Returns a function that tests whether a substance is the substance of the filter, or contains its name in its own
 * name. The result is undefined if they cannot be compared.
 */
function widely(asked: SubstanceFilter, namesOfCode: NamesOfCode): (which: NamedSubstance) => Verdict {
  const phrases = asked.names.map(foldedWords).filter((words) => words.length > 0);
  return (which) => {
    if (hasCode(asked, which)) return true;
    const names = [...which.names, ...which.codes.flatMap(namesOfCode)].map(foldedWords);
    if (phrases.some((phrase) => names.some((words) => holds(words, phrase)))) return true;
    if (phrases.some((phrase) => names.some((words) => mayHold(words, phrase)))) return undefined;
    // If the filter has a name, it cannot be compared with a code that has no name.
    const isComparable =
      phrases.length > 0
        ? names.some((words) => words.length > 0)
        : asked.names.length === 0 && areCodesComparable(asked, which);
    return isComparable ? false : undefined;
  };
}

function holds(words: readonly string[], phrase: readonly string[]): boolean {
  return phrase.every((each) => words.includes(each));
}

/** Whether the words may contain the phrase. Some languages write two words as one: `Lactosemonohydrat`. */
function mayHold(words: readonly string[], phrase: readonly string[]): boolean {
  return phrase.every((each) =>
    words.some((word) => word === each || (each.length >= 4 && word.startsWith(each))),
  );
}
