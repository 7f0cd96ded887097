/** A vocabulary of real words: from the sandbox's products, from the built-in terms, and from published lists. */
import { existsSync, readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { generatedWorld } from '../../../src/sandbox/world/generated.js';
import { substanceDefinitions } from '../../../src/sandbox/world/substances.js';
import { hasDigit, wordsIn } from '../../../src/search-index/words/tokens.js';
import type { VocabularyEntry, WordKind } from '../../../src/search-index/words/vocabulary.js';
import { createBuiltInTerms } from '../../../src/terms/built-in.js';
import { publishedCodeSystems } from '../../support/published.js';

interface Named {
  readonly name?: readonly { readonly productName?: string }[] | string;
}

function heldEntries(): readonly VocabularyEntry[] {
  const counts = new Map<string, number>();
  for (const text of productNames())
    for (const word of wordsIn(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, products]) => ({ word, kind: 'NAME', products }));
}

function productNames(): readonly string[] {
  const world = generatedWorld({ products: 1_000, seed: 1, quirks: false });
  return [...world.each('MedicinalProductDefinition')].flatMap(({ resource }) => {
    const { name } = resource as unknown as Named;
    return Array.isArray(name)
      ? name.flatMap(({ productName }: { productName?: string }) => productName ?? [])
      : [];
  });
}

function termTexts(): readonly string[] {
  const builtIn = createBuiltInTerms();
  const own = builtIn
    .lists()
    .flatMap((list) => builtIn.terms(list).flatMap((term) => [...term.texts.values(), ...term.otherNames]));
  const others = publishedCodeSystems.flatMap(({ concept = [] }) =>
    concept.map(({ display = '' }) => display),
  );
  return [
    ...own,
    ...others,
    ...unitNames(),
    ...substanceDefinitions().flatMap(({ name = [] }) => name.map((each) => each.name)),
  ];
}

/** Returns the names of units in all languages of the Union, including Greek and Bulgarian. */
function unitNames(): readonly string[] {
  const file = '../shared/data/rms-export-200000000014.csv';
  if (!existsSync(file)) return [];
  const { data } = Papa.parse<Readonly<Record<string, string>>>(readFileSync(file, 'utf8'), { header: true });
  return data.map((row) => row['Term Name'] ?? '');
}

function entriesOf(text: string, kind: WordKind, products: number): readonly VocabularyEntry[] {
  const words = wordsIn(text);
  return words.map((word) => ({ word, kind, products, isSubstance: words.length === 1 }));
}

/** All entries of the vocabulary, with numbers of products as the index counts them. */
export const knownEntries: readonly VocabularyEntry[] = [
  ...heldEntries(),
  ...termTexts().flatMap((text) => entriesOf(text, 'TERM', 0)),
];

/** All words of the vocabulary without digits, each once. */
export const knownWords: readonly string[] = [...new Set(knownEntries.map(({ word }) => word))]
  .filter((word) => !hasDigit(word))
  .sort();

/** Names of substances that are one word: from the ATC if its file exists, and from the sandbox. */
export const substanceWords: readonly string[] = [
  ...new Set([...atcSubstances(), ...sandboxSubstances()]),
].sort();

function atcSubstances(): readonly string[] {
  return oneWordNames(
    publishedCodeSystems
      .filter(({ id }) => id === 'ATC-Human-EMA')
      .flatMap(({ concept = [] }) => concept)
      .filter(({ definition = '' }) => /^[A-Z]\d\d[A-Z]{2}\d\d$/.test(definition))
      .map(({ display = '' }) => display),
  );
}

function sandboxSubstances(): readonly string[] {
  return oneWordNames(substanceDefinitions().flatMap(({ name = [] }) => name.map((each) => each.name)));
}

function oneWordNames(names: readonly string[]): readonly string[] {
  return names.map(wordsIn).flatMap((words) => (words.length === 1 ? words : []));
}
