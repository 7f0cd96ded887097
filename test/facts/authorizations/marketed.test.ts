/** What marketing statuses tell on a day: each term, each range of dates, and several for one country. */
import type { MarketingStatus } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import {
  isMarketed as isToldMarketed,
  marketingToldBy,
  type MarketedAsked,
} from '../../../src/facts/authorizations/marketed.js';
import { emaTerms } from '../../../src/terms/ema-terms.js';
import { MarketingState, marketingStateNamed, marketingTermOf } from '../../../src/terms/statuses.js';
import { country, term } from '../records.js';

/** As it is kept between: as JSON. */
const isMarketed = (statuses: readonly MarketingStatus[], asked: MarketedAsked, now: Date) =>
  isToldMarketed(
    JSON.parse(JSON.stringify(marketingToldBy(statuses))) as ReturnType<typeof marketingToldBy>,
    asked,
    now,
  );
const today = new Date('2026-06-15T09:30:00Z');
const codes = {
  MARKETED: '100000072083',
  NOT_MARKETED: '100000072074',
  NEVER_MARKETED: '200000026055',
  TEMPORARILY_UNAVAILABLE: '230000000000',
  NO_DATA_PROVIDED: '100000072075',
} as const;
type Name = keyof typeof codes;
const names = Object.keys(codes) as readonly Name[];
const status = (name: Name) => term('100000072052', codes[name]);
const sweden = country('100000000535');
const germany = country('100000000403');
const is = (name: Name, content: object = {}) =>
  ({ country: sweden, status: status(name), ...content }) as MarketingStatus;
const during = (start?: unknown, end?: unknown): object => ({ dateRange: { start, end } });

describe('the name of a status', () => {
  it('is known for every term of the list', () => {
    expect(Object.values(codes).sort()).toEqual(Object.keys(emaTerms['100000072052'] ?? {}).sort());
  });

  it.each(names)('%s is known as such, by its code, and by its text', (name) => {
    const text = emaTerms['100000072052']?.[codes[name]] ?? '';
    for (const value of [name, name.toLowerCase(), codes[name], text, ` ${text} `])
      expect(marketingStateNamed(value)).toBe(name);
    expect(marketingTermOf(MarketingState[name])).toBe(codes[name]);
  });

  it.each(['OTHER', 'on sale', '100000072099', ''])('%j is none', (value) => {
    expect(marketingStateNamed(value)).toBeNull();
  });
});

describe('a status', () => {
  it.each(names.flatMap((name) => names.map((asked) => [name, asked] as const)))(
    '%s is asked for as %s',
    (name, asked) => {
      const verdict = name === asked ? true : name === 'NO_DATA_PROVIDED' ? undefined : false;
      expect(isMarketed([is(name)], { status: [asked] }, today)).toBe(verdict);
      expect(isMarketed([is(name)], { status: [codes[asked]] }, today)).toBe(verdict);
      expect(
        isMarketed(
          [{ status: { text: emaTerms['100000072052']?.[codes[name]] ?? '' } }],
          { status: [asked] },
          today,
        ),
      ).toBe(verdict);
    },
  );

  it.each([
    [{ coding: [{ system: 'http://example.org/status', code: 'A' }] }, undefined],
    [{ text: 'on sale' }, undefined],
    [{}, undefined],
    [undefined, false],
    [term('100000072052', '100000099999'), false],
  ])('%j is marketed: %s', (concept, verdict) => {
    expect(
      isMarketed([{ country: sweden, status: concept } as MarketingStatus], { status: ['MARKETED'] }, today),
    ).toBe(verdict);
  });

  it('of a code that is known nowhere is found by that code', () => {
    const given = { country: sweden, status: { coding: [{ code: 'A' }] } };
    expect(isMarketed([given], { status: ['MARKETED', 'a'] }, today)).toBe(true);
  });

  it.each([[undefined], [[]], [[null, 'x']], ['x']])('does not match if %j is the only value', (statuses) => {
    expect(isMarketed(statuses as unknown as MarketingStatus[], { status: ['MARKETED'] }, today)).toBe(false);
  });
});

describe('the country', () => {
  it.each([
    [sweden, ['SE'], true],
    [sweden, ['sweden', 'DE'], true],
    [sweden, ['100000000535'], true],
    [sweden, ['DE'], false],
    // The Union does not expand, neither way.
    [country('100000000390'), ['SE'], false],
    [country('100000000390'), ['EU'], true],
    [sweden, ['EU'], false],
    [{ text: 'Nordics' }, ['SE'], undefined],
    [undefined, ['SE'], undefined],
    [undefined, undefined, true],
  ])('%j is asked for as %j: %s', (given, asked, verdict) => {
    expect(
      isMarketed([is('MARKETED', { country: given })], { country: asked, status: ['MARKETED'] }, today),
    ).toBe(verdict);
    // What is certainly another status is so everywhere.
    expect(
      isMarketed([is('NOT_MARKETED', { country: given })], { country: asked, status: ['MARKETED'] }, today),
    ).toBe(false);
  });

  it('is the jurisdiction if no country is given', () => {
    const given = is('MARKETED', { country: undefined, jurisdiction: sweden });
    expect(isMarketed([given], { country: ['SE'], status: ['MARKETED'] }, today)).toBe(true);
    expect(isMarketed([given], { country: ['DE'], status: ['MARKETED'] }, today)).toBe(false);
  });

  it('is the country of the same status', () => {
    const statuses = [is('MARKETED', { country: germany }), is('TEMPORARILY_UNAVAILABLE')];
    expect(isMarketed(statuses, { country: ['SE'], status: ['MARKETED'] }, today)).toBe(false);
    expect(isMarketed(statuses, { country: ['SE'], status: ['TEMPORARILY_UNAVAILABLE'] }, today)).toBe(true);
    expect(isMarketed(statuses, { status: ['MARKETED'] }, today)).toBe(true);
  });
});

describe('the dates of a status', () => {
  it.each([
    [undefined, undefined, true],
    ['2020', undefined, true],
    ['2020', '2026-06-15', true],
    ['2020', '2026-06-14', false],
    ['2020', '2026', true],
    ['2020', '2025', false],
    ['2026-06-15', undefined, true],
    ['2026-06-16', undefined, false],
    ['2027', undefined, false],
    ['2026', undefined, undefined],
    ['2026-06', undefined, undefined],
    ['soon', undefined, undefined],
    ['2020', 'soon', undefined],
    ['soon', '2025', false],
  ])('from %s to %s make it count: %s', (start, end, verdict) => {
    expect(isMarketed([is('MARKETED', during(start, end))], { status: ['MARKETED'] }, today)).toBe(verdict);
    expect(isMarketed([is('NOT_MARKETED', during(start, end))], { status: ['MARKETED'] }, today)).toBe(false);
  });
});

describe('of several for one country', () => {
  const asked = { country: ['SE'], status: ['MARKETED'] };
  it.each([
    // The one that began last.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2021'))], false],
    [[is('NOT_MARKETED', during('2019')), is('MARKETED', during('2021'))], true],
    [[is('MARKETED'), is('NOT_MARKETED', during('2021'))], false],
    // However the country is named.
    [
      [is('MARKETED', during('2019')), is('NOT_MARKETED', { country: { text: 'SE' }, ...during('2021') })],
      false,
    ],
    // What is over, or has not begun, is no later one.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2021', '2022'))], true],
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2030'))], true],
    // Those of which neither is later must say the same.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2019-05'))], undefined],
    [[is('MARKETED', during('2019')), is('MARKETED', during('2019-05'))], true],
    [[is('MARKETED'), is('NOT_MARKETED')], undefined],
    // What may not have begun takes nothing's place, and lets nothing be sure.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2026'))], undefined],
    [[is('MARKETED', during('2019')), is('MARKETED', during('2026'))], true],
    [[is('NOT_MARKETED', during('2019')), is('NEVER_MARKETED', during('2026'))], false],
    [[is('MARKETED', during('2019')), is('NO_DATA_PROVIDED', during('2021'))], undefined],
    // Another country's is its own.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', { country: germany, ...during('2021') })], true],
  ])('%#: %s', (statuses, verdict) => {
    expect(isMarketed(statuses, asked, today)).toBe(verdict);
    expect(isMarketed(statuses.toReversed(), asked, today)).toBe(verdict);
  });
});

describe('the date of return', () => {
  it.each([
    ['2026-08-01', '2026-09', true],
    ['2026-09-01', '2026-09', false],
    ['2026', '2026-09', undefined],
    ['2025', '2026-09', true],
    [undefined, '2026-09', false],
    ['soon', '2026-09', undefined],
  ])('%s is before %s: %s', (restoreDate, restoreBefore, verdict) => {
    const given = [is('TEMPORARILY_UNAVAILABLE', { restoreDate })];
    expect(isMarketed(given, { status: ['TEMPORARILY_UNAVAILABLE'], restoreBefore }, today)).toBe(verdict);
    expect(isMarketed(given, { status: ['MARKETED'], restoreBefore }, today)).toBe(false);
  });
});
