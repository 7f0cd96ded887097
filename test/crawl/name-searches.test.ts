/** Searches for names find all products of an upstream that shows only the first page of each result. */
import { describe, expect, it } from 'vitest';
import { createNameSearches, type NameSearches } from '../../src/crawl/name-searches.js';
import { foldText } from '../../src/terms/fold.js';

type Match = (name: string, text: string) => boolean;

const begins: Match = (name, text) => name.startsWith(text);
const wordBegins: Match = (name, text) => ` ${name}`.includes(` ${text}`);
const contains: Match = (name, text) => name.includes(text);

interface Upstream {
  readonly names: readonly string[];
  readonly match?: Match;
  readonly pageSize?: number;
  /** Texts with fewer letters are refused. */
  readonly leastLetters?: number;
  /** Added to each total. */
  readonly excess?: number;
}

interface Found {
  readonly products: number;
  readonly searches: number;
}

/** Searches until nothing more can be found, or until as many products were found as the upstream has. */
async function searched({
  names,
  match = contains,
  pageSize = 20,
  leastLetters = 1,
  excess = 0,
}: Upstream): Promise<Found> {
  const folded = names.map(foldText);
  const found = new Set<number>();
  const searching = createNameSearches(names.length + excess, pageSize);
  const show = (places: readonly number[]): readonly string[] =>
    places.slice(0, pageSize).map((at) => {
      found.add(at);
      searching.learn(String(at), [names[at] ?? '']);
      return String(at);
    });
  show([...names.keys()]);
  let searches = 0;
  for (
    let text = await searching.next();
    text !== undefined && found.size < names.length;
    text = await searching.next()
  ) {
    searches += 1;
    if (searches > 20 * names.length) throw new Error('too many searches');
    tell(searching, text);
  }
  return { products: found.size, searches };

  function tell(to: NameSearches, text: string): void {
    if (text.length < leastLetters) return to.tell({ text });
    const places = [...folded.keys()].filter((at) => match(folded[at] ?? '', text.trim()));
    to.tell({ text, total: places.length > 0 ? places.length + excess : 0 }, show(places));
  }
}

const stems = [
  'amlo',
  'beta',
  'cefa',
  'diclo',
  'enala',
  'fluo',
  'gaba',
  'keto',
  'levo',
  'meto',
  'ome',
  'para',
];
const ends = ['dipine', 'xime', 'pril', 'zole', 'mab', 'statin', 'sartan', 'cillin'];
const makers = ['Krka', 'Teva', 'Zentiva', 'Ösis', 'Sandoz'];
const strengths = ['5 mg', '10 mg', '2.5 mg/ml', '40mg', '100 micrograms'];
const forms = ['tablets', 'film-coated tablets', 'capsules, hard', 'solution for injection'];

function generated(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const pick = (list: readonly string[], by: number): string =>
      list[Math.floor(at / by) % list.length] ?? '';
    const brand = `${pick(stems, 1)}${pick(ends, stems.length)}`;
    return `${brand} ${pick(makers, 96)} ${pick(strengths, 480)} ${pick(forms, 7)}${at >= 2_400 ? ` ${at}` : ''}`;
  });
}

describe('searches for names', () => {
  it.each<[string, Match]>([
    ['begin with the text', begins],
    ['have a word that begins with the text', wordBegins],
    ['contain the text', contains],
  ])('find all products where the upstream returns names that %s', async (_, match) => {
    const names = generated(600);
    const { products, searches } = await searched({ names, match });
    expect(products).toBe(names.length);
    expect(searches).toBeLessThan(names.length / 2);
  });

  it.each<[string, Match]>([
    ['begin with the text', begins],
    ['contain the text', contains],
  ])(
    'find all products where texts of fewer than three letters are refused, and names %s',
    async (_, match) => {
      const names = generated(60);
      expect((await searched({ names, match, leastLetters: 3 })).products).toBe(names.length);
    },
  );

  it('find names in other scripts, with accents and with signs', async () => {
    const letters = ['Ω', 'λ', 'Ж', 'é', 'ß', '(', '/', '-', "'", 'Ł'];
    const names = letters.flatMap((one) => letters.map((other) => `${one}${other}${one} 5 mg`));
    const { products } = await searched({ names, match: begins, pageSize: 5 });
    expect(products).toBe(names.length);
  });

  it('end if more products have the same name than one page shows', async () => {
    const names = [...generated(30), ...Array.from({ length: 25 }, () => 'Zzz 5 mg')];
    const { products, searches } = await searched({ names, match: begins });
    expect(products).toBe(50);
    expect(searches).toBeLessThan(500);
  });

  it('find all products although totals are too high', async () => {
    const names = generated(100);
    expect((await searched({ names, match: begins, excess: 3 })).products).toBe(names.length);
  });
});
