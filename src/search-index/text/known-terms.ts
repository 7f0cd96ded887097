/** Collects the terms of all lists: their words, which searches never correct, and the ATC codes of EMA's terms. */
import { atcList, substanceList } from '../../terms/lists.js';
import type { TermSource } from '../../terms/source.js';
import type { KnownTerms } from '../search-index.js';
import { eachInTurn } from '../turns.js';
import { wordsIn } from '../words/tokens.js';

/** Returns the terms of built-in and imported lists. */
export async function knownTermsIn(sources: readonly TermSource[]): Promise<KnownTerms> {
  const known: KnownTerms[] = [];
  for (const source of sources) known.push(await knownBy(source));
  return {
    words: [...new Set(known.flatMap(({ words }) => words))],
    atcCodes: known.flatMap(({ atcCodes }) => atcCodes),
    hasSubstances: known.some(({ hasSubstances }) => hasSubstances),
  };
}

/** Caches the terms of each source in its current version. Built-in sources never change. */
const said = new WeakMap<TermSource, { readonly version: number; readonly known: KnownTerms }>();

async function knownBy(source: TermSource): Promise<KnownTerms> {
  const before = said.get(source);
  const { version } = source;
  if (before?.version === version) return before.known;
  const known = await read(source);
  said.set(source, { version, known });
  return known;
}

async function read(source: TermSource): Promise<KnownTerms> {
  const words = new Set<string>();
  const atcCodes: (readonly [string, string])[] = [];
  const lists = source.lists();
  for (const list of lists)
    await eachInTurn(source.terms(list), ({ code, atc, texts, otherNames }) => {
      if (list === atcList && atc !== undefined) atcCodes.push([code, atc]);
      for (const text of [...texts.values(), ...otherNames])
        for (const word of wordsIn(text)) words.add(word);
    });
  return { words: [...words], atcCodes, hasSubstances: lists.includes(substanceList) };
}
