/** What UCUM's annotations count, `{tbl}`, and how its codes are read where they are not written as one reads them. */
import { unitsOfPresentation } from './ema-terms.js';

/** Short for units of presentation, beside their own names. */
export const shortThings: ReadonlyMap<string, string> = new Map([
  ['tbl', 'tablet'],
  ['tbls', 'tablet'],
  ['tab', 'tablet'],
  ['tabs', 'tablet'],
  ['cap', 'capsule'],
  ['caps', 'capsule'],
  ['cpsl', 'capsule'],
  ['amp', 'ampoule'],
  ['ampule', 'ampoule'],
  ['supp', 'suppository'],
  ['drp', 'drop'],
  ['gtt', 'drop'],
]);

const termOfThing = new Map(
  Object.entries(unitsOfPresentation).map(([term, name]) => [name.toLowerCase(), term]),
);

/** The unit of presentation, in lower case, that a word names in the singular, in the plural, or in short. */
export function thingNamed(word: string): string | undefined {
  const name = word.trim().toLowerCase();
  const singular =
    shortThings.get(name) ??
    [name, name.replace(/s$/, ''), name.replace(/es$/, ''), name.replace(/ies$/, 'y')].find((each) =>
      termOfThing.has(each),
    );
  return singular;
}

/** The word of a code, or of a unit, that is an annotation and nothing else: `tbl` of `{tbl}`. */
export function annotationAlone(code: string): string | undefined {
  return /^\{([^{}]+)\}$/.exec(code.trim())?.[1];
}

/** EMA's term for the unit of presentation that such a code counts. */
export function termOfAnnotation(code: string): string | undefined {
  const word = annotationAlone(code);
  const thing = word === undefined ? undefined : thingNamed(word);
  return thing === undefined ? undefined : termOfThing.get(thing);
}
