/** Statistics of an upstream's responses, from which the service makes estimates. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPageSizes } from '../../../src/catalogue/upstream/page-sizes.js';
import { createFigures, type Figures } from '../../../src/catalogue/upstream/figures.js';

const sizes = ({ pageSize, seenPage, fullPage }: Figures): readonly number[] => [
  pageSize,
  seenPage,
  fullPage,
];

describe('the learnt size of upstream pages', () => {
  it('is assumed to be 20 before any page was seen, and the requested number if a page is full', () => {
    expect(sizes(createFigures())).toEqual([20, 0, 500]);
  });

  it('is that of a page with a `next` link', () => {
    const figures = createFigures();
    figures.sawPage(7, 500, false);
    figures.sawPage(3, 500, true);
    expect(sizes(figures)).toEqual([7, 7, 7]);
  });

  it('is at least that of the last page, which the requested number may have limited', () => {
    const figures = createFigures();
    figures.sawPage(50, 500, true);
    expect(sizes(figures)).toEqual([50, 50, 500]);
    figures.sawPage(5, 500, true);
    expect(sizes(figures)).toEqual([50, 50, 500]);
  });

  it('is not learnt from a page without rows, or with as many rows as requested', () => {
    const figures = createFigures();
    figures.sawPage(5, 5, false);
    figures.sawPage(0, 500, false);
    expect(sizes(figures)).toEqual([20, 5, 500]);
  });

  it('is not lowered by a page that is shorter than the pages of the last two hours', () => {
    let now = 0;
    const pages = createPageSizes(() => now);
    const saw = (rows: number, isLast = false): readonly unknown[] => {
      pages.saw(rows, 500, isLast, 0);
      return [pages.seen, pages.full];
    };
    expect(saw(50)).toEqual([50, 50]);
    for (let time = 0; time < 10; time += 1) expect(saw(1)).toEqual([50, 50]);
    now = 7_199_999;
    expect(saw(1)).toEqual([50, 50]);
    expect(saw(60, true)).toEqual([60, undefined]);
    now += 7_200_000;
    expect(saw(20)).toEqual([20, 20]);
  });

  it('is not learnt from a page that is longer than requested', () => {
    const figures = createFigures();
    figures.sawPage(20, 500, true);
    figures.sawPage(900, 500, true);
    figures.sawPage(900, 5, false);
    expect(sizes(figures)).toEqual([20, 20, 500]);
  });

  it('grows when a longer page is seen', () => {
    const figures = createFigures();
    figures.sawPage(7, 500, false);
    figures.sawPage(30, 500, true);
    expect(sizes(figures)).toEqual([30, 30, 500]);
  });
});

describe('the learnt number of pages of a $everything bundle', () => {
  it('is unknown at first, then an average in which the newest bundle counts for an eighth', () => {
    const figures = createFigures();
    expect(figures.bundlePages).toBeUndefined();
    figures.sawBundle(2);
    expect(figures.bundlePages).toBe(2);
    figures.sawBundle(6);
    expect(figures.bundlePages).toBe(2.5);
    // A very long bundle counts as one of 7 pages.
    figures.sawBundle(5_000);
    expect(figures.bundlePages).toBe(2.5 + (7 - 2.5) / 8);
    figures.forgetBundles();
    expect(figures.bundlePages).toBeUndefined();
  });
});

describe('the learnt number of records per parent in a search', () => {
  it('has a mean and a deviation for each search', () => {
    const figures = createFigures();
    figures.sawChildren('Ingredient?for of MedicinalProductDefinition', [2, 4]);
    figures.sawChildren('Ingredient?for of MedicinalProductDefinition', [4, 6]);
    expect(figures.fanOut('Ingredient?for of MedicinalProductDefinition')).toEqual({
      mean: 4,
      deviation: Math.sqrt(2),
    });
    expect(figures.fanOut('Ingredient?for of ManufacturedItemDefinition')).toBeUndefined();
  });

  it('has a mean that one parent with 50,000 records hardly changes', () => {
    const figures = createFigures();
    figures.sawChildren('q', [5, 5, 5, 5, 5, 5, 5, 5, 5, 50_000]);
    expect(figures.fanOut('q')?.mean).toBeLessThan(20);
    // If all parents have many children, the mean follows.
    for (let time = 0; time < 20; time += 1)
      figures.sawChildren(
        'q',
        Array.from({ length: 500 }, () => 50_000),
      );
    expect(figures.fanOut('q')?.mean).toBeGreaterThan(20_000);
  });

  it('is unknown if no parent was searched for', () => {
    const figures = createFigures();
    figures.sawChildren('q', []);
    expect(figures.fanOut('q')).toBeUndefined();
  });

  it('is forgotten when a list was longer than estimated', () => {
    const figures = createFigures();
    figures.sawChildren('q', [1]);
    figures.forgetChildren('q');
    expect(figures.fanOut('q')).toBeUndefined();
  });

  it('follows a change, even after 50,000 parents', () => {
    const figures = createFigures();
    figures.sawChildren(
      'q',
      Array.from({ length: 50_000 }, () => 1),
    );
    figures.sawChildren(
      'q',
      Array.from({ length: 20_000 }, () => 9),
    );
    expect(figures.fanOut('q')?.mean).toBeGreaterThan(8);
  });
});

describe('the learnt number of distinct reference targets per record', () => {
  it('follows a larger share at once, and a smaller share slowly', () => {
    const figures = createFigures();
    expect(figures.referred('Organization', 'Ingredient')).toBeUndefined();
    figures.sawReferred('Organization', 'Ingredient', 10, 10);
    figures.sawReferred('SubstanceDefinition', 'Ingredient', 1_000, 1);
    expect(figures.referred('SubstanceDefinition', 'Ingredient')).toBe(4);
    figures.sawReferred('Organization', 'Ingredient', 1, 10);
    expect(figures.referred('Organization', 'Ingredient')).toBeCloseTo(0.95);
    for (let time = 0; time < 100; time += 1) figures.sawReferred('Organization', 'Ingredient', 1, 10);
    expect(figures.referred('Organization', 'Ingredient')).toBeCloseTo(0.1);
    expect(figures.referred('Ingredient', 'Organization')).toBeUndefined();
  });
});

describe('a request with `_elements`', () => {
  const answer = (figures: Figures, elements: string | undefined, bytesPerRow: number): void =>
    figures.sawBytes('Ingredient', elements, 10 * bytesPerRow, 10);

  it('is sent as long as its size is unknown', () => {
    const figures = createFigures();
    expect(figures.paysOff('Ingredient', 'role')).toBe(true);
    answer(figures, undefined, 100);
    expect(figures.paysOff('Ingredient', 'role')).toBe(true);
  });

  it.each([
    ['is sent again if it needed 90 bytes a row instead of 100', 90, true],
    ['is no longer sent if it needed 91 bytes a row instead of 100', 91, false],
    ['is no longer sent if it needed 200 bytes a row instead of 100', 200, false],
  ])('%s', (_what, bytes, paysOff) => {
    const figures = createFigures();
    answer(figures, undefined, 100);
    answer(figures, 'role', bytes);
    expect(figures.paysOff('Ingredient', 'role')).toBe(paysOff);
    expect(figures.paysOff('Ingredient', 'for')).toBe(true);
    expect(figures.paysOff('Organization', 'role')).toBe(true);
  });

  it('is tried again an hour after it saved no bytes', () => {
    vi.useFakeTimers({ now: 1, toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const figures = createFigures();
    answer(figures, undefined, 100);
    answer(figures, 'role', 5_000);
    vi.advanceTimersByTime(3_590_000);
    expect(figures.paysOff('Ingredient', 'role')).toBe(false);
    vi.advanceTimersByTime(20_000);
    expect(figures.paysOff('Ingredient', 'role')).toBe(true);
    answer(figures, undefined, 100);
    answer(figures, 'role', 50);
    expect(figures.paysOff('Ingredient', 'role')).toBe(true);
  });

  it('is tried again if its figures were dropped because of 2,000 other combinations of elements', () => {
    const figures = createFigures();
    answer(figures, undefined, 100);
    answer(figures, 'role', 5_000);
    for (let at = 0; at < 2_000; at += 1) figures.sawBytes('Organization', `name,extension${at}`, 1_000, 10);
    expect(figures.paysOff('Ingredient', 'role')).toBe(true);
  });

  it('is still sent after a page without rows', () => {
    const figures = createFigures();
    answer(figures, undefined, 100);
    figures.sawBytes('Ingredient', 'role', 5_000, 0);
    expect(figures.paysOff('Ingredient', 'role')).toBe(true);
  });
});

describe('the learnt length of an id in a URL', () => {
  it('is the average over the requested ids, each with its separator', () => {
    const figures = createFigures();
    expect(figures.keyLength).toBe(16);
    figures.sawKeys(Array.from({ length: 1_000 }, () => 'MedicinalProductDefinition/600000000001'));
    // Twelve characters for the id, and three for the comma, in case it is encoded.
    expect(figures.keyLength).toBeCloseTo(15, 1);
  });
});
