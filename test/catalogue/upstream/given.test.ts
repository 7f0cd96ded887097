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

describe('the included records of a page', () => {
  it('are not verified as complete at first, not even on a page without any', () => {
    const { shared, operation } = play();
    expect([shared.includeProven('g'), operation().isIncludeProven(page(0))]).toEqual([-1, false]);
  });

  it('are verified as complete if they are fewer than those of a verified page of the same group', () => {
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

  it('are not verified if they are as many as those of a verified page, except on that page itself', () => {
    const { operation } = play();
    operation('service').sawIncludeWhole(page(5));
    expect([operation().isIncludeProven(page(5)), operation().isIncludeProven(page(5, other))]).toEqual([
      true,
      false,
    ]);
  });

  it('are never verified by their URL if the search was sent by POST', () => {
    const { operation } = play();
    const form = 'MedicinalProductDefinition/_search';
    operation('service').sawIncludeWhole(page(5, form));
    expect(operation().isIncludeProven(page(5, form))).toBe(false);
  });

  it('verified on one page of a client are verified for its operation only, however often it is requested', () => {
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

  it('verified on three pages of clients are verified for all operations, up to the smallest number on these pages', () => {
    const { shared, operation } = play();
    for (const [at, entries] of [70, 500, 80].entries()) operation().sawIncludeWhole(page(entries, odd(at)));
    expect(shared.includeProven('g')).toBe(70);
    expect([operation().isIncludeProven(page(69)), operation().isIncludeProven(page(71))]).toEqual([
      true,
      false,
    ]);
  });

  it('must be verified again after an hour', () => {
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

describe('the record types of $everything bundles', () => {
  it('are known to all operations if a probe of the service returned them', () => {
    const { operation } = play();
    operation('service').sawInBundle('Ingredient', '1');
    expect([operation().isInBundles('Ingredient'), operation().isInBundles('Organization')]).toEqual([
      true,
      false,
    ]);
  });

  it('that only one bundle contained are known to its operation only, however often it is read', () => {
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

describe('the record types that `_include` does not return', () => {
  it('are learnt only from a probe of the service, not from requests of clients', () => {
    const { shared, operation } = play();
    for (let turn = 0; turn < 100; turn += 1) operation().sawBeyond('Organization');
    operation('service').sawBeyond('SubstanceDefinition');
    expect([shared.isBeyond('Organization'), shared.isBeyond('SubstanceDefinition')]).toEqual([false, true]);
  });
});
