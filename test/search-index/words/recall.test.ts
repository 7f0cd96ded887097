/**
 * How often the intended word is among the first five corrections, over real words and seeded mistakes. The table by length:
 * npx vitest run --reporter=verbose test/search-index/words/recall.test.ts
 */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/sandbox/world/random.js';
import { interpret } from '../../../src/search-index/words/interpret.js';
import { createVocabulary } from '../../../src/search-index/words/vocabulary.js';
import { isPublishedHere, unlessPublished } from '../../support/published.js';
import { isQuick, oneIn } from '../../support/tier.js';
import { knownEntries, knownWords } from './known-words.js';
import { withEdit, withSpelling, type Random } from './misspelt.js';

const vocabulary = createVocabulary(knownEntries);
/** The long tier tests all words. */
const words = oneIn(
  20,
  knownWords.filter(({ length }) => length >= 4 && length <= 60),
);

interface Recall {
  readonly tried: number;
  readonly found: number;
  /** The number of mistakes that gave another known word, or the beginning of one: such words are not corrected. */
  readonly known: number;
  /** The number of words found with no other word as near. */
  readonly alone: number;
}

/**
 * Returns the recall by length of words.
 * @param shortest the minimum length for which the tolerances allow this number of edits
 */
function recall(
  of: readonly string[],
  misspell: (word: string, random: Random) => string | undefined,
  shortest: number,
): Recall {
  const counts = { tried: 0, found: 0, known: 0, alone: 0 };
  for (const [at, word] of of.entries()) {
    const typed = misspell(word, createRandom(7, at));
    if (typed === undefined || Math.min(word.length, typed.length) < shortest || typed === word) continue;
    const [token] = interpret(typed, vocabulary, { mayLackWords: false }).tokens;
    if (token?.kind === 'exact' || token?.kind === 'prefix') {
      counts.known += 1;
      continue;
    }
    const nearest = [...(token?.words ?? []), ...(token?.further ?? [])].slice(0, 5);
    const found = nearest.find((each) => each.word === word);
    counts.tried += 1;
    counts.found += found ? 1 : 0;
    counts.alone += found && !found.ambiguous ? 1 : 0;
  }
  return counts;
}

function cellOf({ tried, found, alone, known }: Recall): string {
  if (tried === 0) return '–';
  return `${(found / tried).toFixed(3)} of ${tried} (${(alone / tried).toFixed(3)} alone, ${known} known)`;
}

const one = (word: string, random: Random): string => withEdit(word, random);
const two = (word: string, random: Random): string => withEdit(withEdit(word, random), random);
const first = (word: string): string => (word.startsWith('Q') ? 'X' : 'Q') + word.slice(1);

describe(`the correction of real product words${unlessPublished}`, () => {
  it('is measured with a vocabulary of more than 5,000 words', () => {
    expect(vocabulary.size).toBeGreaterThan(isPublishedHere ? 5_000 : 1_000);
  });

  it.each([
    ['one edit', one, 4, 0.99],
    ['a wrong first letter', first, 4, 0.99],
    ['two edits', two, 5, 0.97],
    ['another spelling of a sound', withSpelling, 4, 0.99],
  ] as const)(
    'has the intended word among its first five for words with %s',
    (_, misspell, shortest, least) => {
      const { tried, found } = recall(words, misspell, shortest);
      expect(tried).toBeGreaterThan(isPublishedHere ? (isQuick ? 500 : 5_000) : 100);
      expect(found / tried).toBeGreaterThanOrEqual(least);
    },
  );

  it.skipIf(isQuick)('has its recall by word length printed as a table', async ({ annotate }) => {
    const lengths = [4, 5, 6, 7, 8, 9, 10, 12, 15, Number.POSITIVE_INFINITY];
    const ranges = lengths.slice(1).map((to, at) => [lengths[at] ?? 0, to] as const);
    const rows = [...ranges, [4, Number.POSITIVE_INFINITY] as const].map(([from, to]) => {
      const of = words.filter(({ length }) => length >= from && length < to);
      const cells = [recall(of, one, 4), recall(of, two, 5), recall(of, withSpelling, 4)].map(cellOf);
      return `| ${from}${Number.isFinite(to) ? ` to ${to - 1}` : ' and more'} | ${of.length} | ${cells.join(' | ')} |`;
    });
    const heading =
      '| letters | words | one edit | two edits | another spelling |\n| --- | --- | --- | --- | --- |';
    await annotate(`\n${heading}\n${rows.join('\n')}`);
    expect(rows).toHaveLength(10);
  });
});
