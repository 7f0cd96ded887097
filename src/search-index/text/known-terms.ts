/** All terms that are known: nobody who types a word of one is corrected, and an ATC class is known by its code. */
import { atcList, substanceList } from '../../terms/lists.js';
import type { TermSource } from '../../terms/source.js';
import type { KnownTerms } from '../search-index.js';
import { eachInTurn } from '../turns.js';
import { wordsIn } from '../words/tokens.js';

/** Of lists that are built in or imported. */
export async function knownTermsIn(sources: readonly TermSource[]): Promise<KnownTerms> {
  const words = new Set<string>();
  const atcCodes: (readonly [string, string])[] = [];
  const lists = sources.flatMap((source) => source.lists().map((list) => [source, list] as const));
  for (const [source, list] of lists)
    await eachInTurn(source.terms(list), ({ code, atc, texts, otherNames }) => {
      if (list === atcList && atc !== undefined) atcCodes.push([code, atc]);
      for (const text of [...texts.values(), ...otherNames])
        for (const word of wordsIn(text)) words.add(word);
    });
  const hasSubstances = lists.some(([, list]) => list === substanceList);
  return { words: [...words], atcCodes, hasSubstances };
}
