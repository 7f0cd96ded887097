/** The words of all terms that are known: nobody who types one of them is corrected. */
import { substanceList } from '../terms/lists.js';
import type { TermSource } from '../terms/source.js';
import type { KnownTerms } from './search-index.js';
import { eachInTurn } from './turns.js';
import { wordsIn } from './words/tokens.js';

/** Of lists that are built in or imported. */
export async function knownTermsIn(sources: readonly TermSource[]): Promise<KnownTerms> {
  const words = new Set<string>();
  const lists = sources.flatMap((source) => source.lists().map((list) => [source, list] as const));
  for (const [source, list] of lists)
    await eachInTurn(source.terms(list), ({ texts, otherNames }) => {
      for (const text of [...texts.values(), ...otherNames])
        for (const word of wordsIn(text)) words.add(word);
    });
  return { words: [...words], hasSubstances: lists.some(([, list]) => list === substanceList) };
}
