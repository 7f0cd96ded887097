/** Words that are made of two others: Natriumchlorid, of Natrium and Chlorid. */

/** Shorter parts occur in many words by chance. */
const shortestPart = 4;

/** Prefixes of units: a gram is no part of a milligram. */
const multiples =
  /^(DECA|DECI|CENTI|ZENTI|MILLI|MILI|MIKRO|MICRO|NANO|PICO|PIKO|KILO|HECTO|HEKTO|MEGA|GIGA)$/;

/** Returns the places where a word can be cut into two known words. */
export function cutsOf(word: string, isKnown: (part: string) => boolean): readonly number[] {
  const cuts: number[] = [];
  for (let at = shortestPart; at <= word.length - shortestPart; at += 1)
    if (isKnown(word.slice(at)) && isKnown(word.slice(0, at)) && !multiples.test(word.slice(0, at)))
      cuts.push(at);
  return cuts;
}
