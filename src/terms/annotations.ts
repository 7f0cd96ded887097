/** Reads UCUM annotations, such as `{tbl}`, as EMA's units of presentation. */
import { unitsOfPresentation } from './ema-terms.js';

/** Abbreviations of units of presentation. */
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

/**
 * Returns the unit of presentation that a word means, in lower case and singular. The word may be a singular, a
 * plural or an abbreviation.
 */
export function thingNamed(word: string): string | undefined {
  const name = word.trim().toLowerCase();
  const singular =
    shortThings.get(name) ??
    [name, name.replace(/s$/, ''), name.replace(/es$/, ''), name.replace(/ies$/, 'y')].find((each) =>
      termOfThing.has(each),
    );
  return singular;
}

/** Returns the text of a UCUM code or unit that consists of one annotation: `tbl` for `{tbl}`. */
export function annotationAlone(code: string): string | undefined {
  return /^\{([^{}]+)\}$/.exec(code.trim())?.[1];
}

/** Returns EMA's term for the unit of presentation in a UCUM annotation. */
export function termOfAnnotation(code: string): string | undefined {
  const word = annotationAlone(code);
  const thing = word === undefined ? undefined : thingNamed(word);
  return thing === undefined ? undefined : termOfThing.get(thing);
}
