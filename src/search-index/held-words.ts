/** The words of all products in the index, and of the terms that are known: made anew when products have come. */
import { saidFields, saidPart, wholeSubstance } from './said.js';
import type { IndexStore } from './store/index-store.js';
import { createVocabulary, type Vocabulary, type VocabularyEntry } from './words/vocabulary.js';

export interface HeldWords {
  /** Of now; while much is written, of a minute ago at most. */
  current(): Promise<Vocabulary>;
  /** Takes the words of all terms that are known here, in place of those before: they are real words, which nobody corrects. */
  know(words: readonly string[]): void;
}

/** While much is written, what takes this long is made anew no more than once a minute. */
const longMs = 100;
const leastAgeMs = 60_000;

interface Made {
  readonly of: string;
  readonly vocabulary: Vocabulary;
  readonly madeAt: number;
  readonly tookMs: number;
}

export function createHeldWords(store: IndexStore): HeldWords {
  let known: readonly string[] = [];
  let version = 0;
  let latest: Promise<Made> | undefined;

  async function make(of: string): Promise<Made> {
    const began = performance.now();
    const terms = known.map((word): VocabularyEntry => ({ word, kind: 'TERM', products: 0 }));
    const vocabulary = createVocabulary([...(await entriesIn(store)), ...terms]);
    const madeAt = performance.now();
    return { of, vocabulary, madeAt, tookMs: madeAt - began };
  }

  return {
    know(words) {
      known = words;
      version += 1;
    },
    async current() {
      const generation = await store.generation();
      const of = `${version} ${generation}`;
      const before = await latest?.catch(() => undefined);
      const isSameTerms = before?.of.startsWith(`${version} `) ?? false;
      if (before && (before.of === of || (isSameTerms && isYoung(before)))) return before.vocabulary;
      latest = make(of);
      return (await latest).vocabulary;
    },
  };
}

function isYoung({ madeAt, tookMs }: Made): boolean {
  return tookMs > longMs && performance.now() - madeAt < leastAgeMs;
}

async function entriesIn(store: IndexStore): Promise<readonly VocabularyEntry[]> {
  const values = await store.values(saidPart);
  return values.flatMap(({ value, record, products }): readonly VocabularyEntry[] => {
    const kind = saidFields[record];
    if (kind) return [{ word: value, kind, products }];
    return record === wholeSubstance ? [{ word: value, kind: 'SUBSTANCE', products, isSubstance: true }] : [];
  });
}
