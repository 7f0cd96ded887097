/** Compound words, which consist of two other words: Natriumchlorid of Natrium and Chlorid. */

/** Minimum number of letters of a part. Shorter parts occur in many words by chance. */
const shortestPart = 4;

/** Prefixes of units. They do not form compounds: MILLIGRAM is not MILLI plus GRAM. */
const multiples =
  /^(DECA|DECI|CENTI|ZENTI|MILLI|MILI|MIKRO|MICRO|NANO|PICO|PIKO|KILO|HECTO|HEKTO|MEGA|GIGA)$/;

/** Returns the positions where a word can be cut into two known words. */
export function cutsOf(word: string, isKnown: (part: string) => boolean): readonly number[] {
  const cuts: number[] = [];
  for (let at = shortestPart; at <= word.length - shortestPart; at += 1)
    if (isKnown(word.slice(at)) && isKnown(word.slice(0, at)) && !multiples.test(word.slice(0, at)))
      cuts.push(at);
  return cuts;
}
