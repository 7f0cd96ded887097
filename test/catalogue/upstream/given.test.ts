/**
 * The records that the upstream returns together with products. A page or bundle that a client chose counts for its own
 * operation only.
 */
import { describe, expect, it } from 'vitest';
import { createGiven, type Given, type IncludePage } from '../../../src/catalogue/upstream/given.js';
import { createOwnGiven, type OwnGiven } from '../../../src/catalogue/upstream/own.js';

const hour = 3_600_000;

interface Played {
  readonly shared: Given;
  operation(by?: 'service' | 'client'): OwnGiven;
  later(ms: number): void;
}

function play(): Played {
  let now = 0;
  const shared = createGiven(() => now);
  return {
    shared,
    operation: (by = 'client') => createOwnGiven(shared, by),
    later: (ms) => void (now += ms),
  };
}

const page = (entries: number, path = 'MedicinalProductDefinition?_revinclude=a'): IncludePage => ({
  group: 'g',
  entries,
  url: `https://fhir.example/${path}`,
});
const other = 'MedicinalProductDefinition?_revinclude=a&b';
const odd = (at: number): string => `MedicinalProductDefinition?name=odd${at}`;

describe('included entries', () => {
  it('are not verified at first, not even as absent', () => {
    const { shared, operation } = play();
    expect([shared.includeProven('g'), operation().isIncludeProven(page(0))]).toEqual([-1, false]);
  });

  it('are complete if the page has fewer of them than a verified page of the same group', () => {
    const { shared, operation } = play();
    const own = operation('service');
    own.sawIncludeWhole(page(5));
    own.sawIncludeWhole(page(3, other));
    expect([shared.includeProven('g'), operation().isIncludeProven(page(4, other))]).toEqual([5, true]);
    expect([
      operation().isIncludeProven(page(6)),
      operation().isIncludeProven({ ...page(4), group: 'h' }),
    ]).toEqual([false, false]);
  });

  it('may be limited in number by the upstream if the page has as many as the verified page, except for the verified page itself', () => {
    const { operation } = play();
    operation('service').sawIncludeWhole(page(5));
    expect([operation().isIncludeProven(page(5)), operation().isIncludeProven(page(5, other))]).toEqual([
      true,
      false,
    ]);
  });

  it('of a search by POST cannot be told apart from other pages', () => {
    const { operation } = play();
    const form = 'MedicinalProductDefinition/_search';
    operation('service').sawIncludeWhole(page(5, form));
    expect(operation().isIncludeProven(page(5, form))).toBe(false);
  });

  it('of one page that a client chose are verified for its operation only, however often it requests the page', () => {
    const { shared, operation } = play();
    operation('service').sawIncludeWhole(page(5));
    const attack = operation();
    for (let turn = 0; turn < 100; turn += 1) attack.sawIncludeWhole(page(500, odd(1)));
    for (let turn = 0; turn < 100; turn += 1) operation().sawIncludeWhole(page(500, odd(1)));
    expect(attack.isIncludeProven(page(60, other))).toBe(true);
    expect([operation().isIncludeProven(page(60, other)), shared.includeProven('g')]).toEqual([false, 5]);
    // The verified page itself stays verified.
    expect(operation().isIncludeProven(page(500, odd(1)))).toBe(true);
  });

  it('of several pages are verified for all operations, as far as the pages agree', () => {
    const { shared, operation } = play();
    for (const [at, entries] of [70, 500, 80].entries()) operation().sawIncludeWhole(page(entries, odd(at)));
    expect(shared.includeProven('g')).toBe(70);
    expect([operation().isIncludeProven(page(69)), operation().isIncludeProven(page(71))]).toEqual([
      true,
      false,
    ]);
  });

  it('are verified again after an hour, whoever requested the pages', () => {
    const { shared, operation, later } = play();
    operation('service').sawIncludeWhole(page(9));
    for (let at = 0; at < 3; at += 1) operation().sawIncludeWhole(page(50 + at, odd(at)));
    later(hour - 1);
    expect(shared.includeProven('g')).toBe(50);
    later(1);
    expect([shared.includeProven('g'), operation().isIncludeProven(page(50, odd(0)))]).toEqual([-1, false]);
    // A smaller page that is verified after the hour counts.
    operation('service').sawIncludeWhole(page(7));
    expect(shared.includeProven('g')).toBe(7);
  });
});

describe('types in bundles', () => {
  it('are known for all operations if a probe of the service showed them', () => {
    const { operation } = play();
    operation('service').sawInBundle('Ingredient', '1');
    expect([operation().isInBundles('Ingredient'), operation().isInBundles('Organization')]).toEqual([
      true,
      false,
    ]);
  });

  it('that only one bundle contains are known for its operation only, however often it is read', () => {
    const { operation } = play();
    const attack = operation();
    attack.sawInBundle('Organization', 'odd');
    for (let turn = 0; turn < 100; turn += 1) operation().sawInBundle('Organization', 'odd');
    operation().sawInBundle('Organization', 'other');
    expect([attack.isInBundles('Organization'), operation().isInBundles('Organization')]).toEqual([
      true,
      false,
    ]);
    operation().sawInBundle('Organization', 'third');
    expect(operation().isInBundles('Organization')).toBe(true);
  });

  it('are forgotten after an hour', () => {
    const { operation, later } = play();
    operation('service').sawInBundle('Ingredient', '1');
    for (const product of ['1', '2', '3']) operation().sawInBundle('Organization', product);
    later(hour - 1);
    expect(['Ingredient', 'Organization'].map((type) => operation().isInBundles(type as never))).toEqual([
      true,
      true,
    ]);
    later(1);
    expect(['Ingredient', 'Organization'].map((type) => operation().isInBundles(type as never))).toEqual([
      false,
      false,
    ]);
  });
});

describe('types that includes should have returned but did not', () => {
  it('are only learnt from a probe of the service, whatever clients request', () => {
    const { shared, operation } = play();
    for (let turn = 0; turn < 100; turn += 1) operation().sawBeyond('Organization');
    operation('service').sawBeyond('SubstanceDefinition');
    expect([shared.isBeyond('Organization'), shared.isBeyond('SubstanceDefinition')]).toEqual([false, true]);
  });
});
