/**
 * The words of all products in the index, and those of the terms. They are read again after products have been
 * written.
 */
import { createLatest } from '../latest.js';
import { textFields, textPart, wholeSubstance } from './product-texts.js';
import type { IndexStore } from '../store/index-store.js';
import { createVocabulary, type Vocabulary, type VocabularyEntry } from '../words/vocabulary.js';

export interface HeldWords {
  /** Returns the vocabulary. During many writes, it may be somewhat older than the rows. */
  current(): Promise<Vocabulary>;
  /** Returns the vocabulary of the current rows, however long that takes. */
  renewed(): Promise<Vocabulary>;
  /** Sets the words of the terms, and replaces the earlier ones. A search never corrects these words. */
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
  const values = await store.values(textPart);
  return values.flatMap(({ value, record, products }): readonly VocabularyEntry[] => {
    const kind = textFields[record];
    if (kind) return [{ word: value, kind, products }];
    return record === wholeSubstance ? [{ word: value, kind: 'SUBSTANCE', products, isSubstance: true }] : [];
  });
}
