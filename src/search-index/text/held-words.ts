/** The words of all products in the index, and of the terms that are known: made anew when products have come. */
import { createLatest } from '../latest.js';
import { saidFields, saidPart, wholeSubstance } from './said.js';
import type { IndexStore } from '../store/index-store.js';
import { createVocabulary, type Vocabulary, type VocabularyEntry } from '../words/vocabulary.js';

export interface HeldWords {
  /** Of now; while much is written, of a while ago. */
  current(): Promise<Vocabulary>;
  /** Of now, however long that takes. */
  renewed(): Promise<Vocabulary>;
  /** Takes the words of all terms that are known here, in place of those before: they are real words, which nobody corrects. */
  know(words: readonly string[]): void;
}

export function createHeldWords(store: IndexStore): HeldWords {
  let known: readonly string[] = [];
  let latest = createLatest(store, make);

  async function make(): Promise<Vocabulary> {
    const terms = known.map((word): VocabularyEntry => ({ word, kind: 'TERM', products: 0 }));
    return createVocabulary([...(await entriesIn(store)), ...terms]);
  }

  return {
    know(words) {
      known = words;
      latest = createLatest(store, make);
    },
    current: () => latest.current(),
    renewed: () => latest.renewed(),
  };
}

async function entriesIn(store: IndexStore): Promise<readonly VocabularyEntry[]> {
  const values = await store.values(saidPart);
  return values.flatMap(({ value, record, products }): readonly VocabularyEntry[] => {
    const kind = saidFields[record];
    if (kind) return [{ word: value, kind, products }];
    return record === wholeSubstance ? [{ word: value, kind: 'SUBSTANCE', products, isSubstance: true }] : [];
  });
}
