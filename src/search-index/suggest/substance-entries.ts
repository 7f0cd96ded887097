/** Suggests active substances, by all their names. */
import { substanceFilterOf, isSubstanceCode, namedBy } from '../../facts/substances/substances.js';
import { foldWord } from '../../terms/fold.js';
import type { CalledSubstance } from '../substances.js';
import type { Entry, Thing } from './entry.js';
import { isAskable } from './suggestion.js';

export function substanceEntries(substances: readonly CalledSubstance[]): readonly Entry[] {
  return substances.filter(({ activeIn }) => activeIn > 0).flatMap(entriesOf);
}

function entriesOf({ told, names, activeIn }: CalledSubstance): readonly Entry[] {
  const called = namedBy(told);
  const [main] = called.names;
  const asked = askedFor(substanceFilterOf(called)?.codes[0], main);
  if (main === undefined || asked === undefined) return [];
  const thing: Thing = { filter: { substance: [asked] }, detail: undefined };
  const others = names.filter((name) => foldWord(name) !== foldWord(main));
  return [main, ...others].map((text) => ({
    kind: 'SUBSTANCE',
    text,
    products: activeIn,
    thing,
    brand: undefined,
    isOther: text !== main,
    tails: [],
  }));
}

/**
 * Returns the value for the filter: the code, if filters accept it, because it finds the substance under any name;
 * otherwise the name.
 */
function askedFor(code: string | undefined, name: string | undefined): string | undefined {
  if (code !== undefined && isSubstanceCode(code) && isAskable(code)) return code.trim();
  return name !== undefined && !isSubstanceCode(name) && isAskable(name) ? name : undefined;
}
