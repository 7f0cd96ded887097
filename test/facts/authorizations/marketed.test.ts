/** Marketing statuses on a day: each status term, each range of dates, and several statuses for one country. */
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

/** Evaluates the statuses after a round trip through JSON, as the index stores them. */
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

describe('the name of a marketing status', () => {
  it('exists for every term of the list', () => {
    expect(Object.values(codes).sort()).toEqual(Object.keys(emaTerms['100000072052'] ?? {}).sort());
  });

  it.each(names)('is read as %s, from its code, and from its text', (name) => {
    const text = emaTerms['100000072052']?.[codes[name]] ?? '';
    for (const value of [name, name.toLowerCase(), codes[name], text, ` ${text} `])
      expect(marketingStateNamed(value)).toBe(name);
    expect(marketingTermOf(MarketingState[name])).toBe(codes[name]);
  });

  it.each(['OTHER', 'on sale', '100000072099', ''])('is unknown for %j', (value) => {
    expect(marketingStateNamed(value)).toBeNull();
  });
});

describe('a marketing status', () => {
  it.each(names.flatMap((name) => names.map((asked) => [name, asked] as const)))(
    '%s is compared with the filter value %s',
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
  ])('%j counts as marketed: %s', (concept, verdict) => {
    expect(
      isMarketed([{ country: sweden, status: concept } as MarketingStatus], { status: ['MARKETED'] }, today),
    ).toBe(verdict);
  });

  it('with an unknown code matches a filter by this code', () => {
    const given = { country: sweden, status: { coding: [{ code: 'A' }] } };
    expect(isMarketed([given], { status: ['MARKETED', 'a'] }, today)).toBe(true);
  });

  it.each([[undefined], [[]], [[null, 'x']], ['x']])(
    'does not match if the record has only %j',
    (statuses) => {
      expect(isMarketed(statuses as unknown as MarketingStatus[], { status: ['MARKETED'] }, today)).toBe(
        false,
      );
    },
  );
});

describe('the country of a marketing status', () => {
  it.each([
    [sweden, ['SE'], true],
    [sweden, ['sweden', 'DE'], true],
    [sweden, ['100000000535'], true],
    [sweden, ['DE'], false],
    // The Union does not match its member states, and they do not match the Union.
    [country('100000000390'), ['SE'], false],
    [country('100000000390'), ['EU'], true],
    [sweden, ['EU'], false],
    [{ text: 'Nordics' }, ['SE'], undefined],
    [undefined, ['SE'], undefined],
    [undefined, undefined, true],
  ])('%j matches the filter %j: %s', (given, asked, verdict) => {
    expect(
      isMarketed([is('MARKETED', { country: given })], { country: asked, status: ['MARKETED'] }, today),
    ).toBe(verdict);
    // A status that is certainly another one does not match in any country.
    expect(
      isMarketed([is('NOT_MARKETED', { country: given })], { country: asked, status: ['MARKETED'] }, today),
    ).toBe(false);
  });

  it('is the jurisdiction if no country is given', () => {
    const given = is('MARKETED', { country: undefined, jurisdiction: sweden });
    expect(isMarketed([given], { country: ['SE'], status: ['MARKETED'] }, today)).toBe(true);
    expect(isMarketed([given], { country: ['DE'], status: ['MARKETED'] }, today)).toBe(false);
  });

  it('and the status term must match in one and the same marketing status', () => {
    const statuses = [is('MARKETED', { country: germany }), is('TEMPORARILY_UNAVAILABLE')];
    expect(isMarketed(statuses, { country: ['SE'], status: ['MARKETED'] }, today)).toBe(false);
    expect(isMarketed(statuses, { country: ['SE'], status: ['TEMPORARILY_UNAVAILABLE'] }, today)).toBe(true);
    expect(isMarketed(statuses, { status: ['MARKETED'] }, today)).toBe(true);
  });
});

describe('the dates of a marketing status', () => {
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
  ])('from %s to %s make it current: %s', (start, end, verdict) => {
    expect(isMarketed([is('MARKETED', during(start, end))], { status: ['MARKETED'] }, today)).toBe(verdict);
    expect(isMarketed([is('NOT_MARKETED', during(start, end))], { status: ['MARKETED'] }, today)).toBe(false);
  });
});

describe('several marketing statuses for one country', () => {
  const asked = { country: ['SE'], status: ['MARKETED'] };
  it.each([
    // The status that began last counts.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2021'))], false],
    [[is('NOT_MARKETED', during('2019')), is('MARKETED', during('2021'))], true],
    [[is('MARKETED'), is('NOT_MARKETED', during('2021'))], false],
    // Different codes for one country count as the same country.
    [
      [is('MARKETED', during('2019')), is('NOT_MARKETED', { country: { text: 'SE' }, ...during('2021') })],
      false,
    ],
    // A status that is over or has not begun replaces no earlier one.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2021', '2022'))], true],
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2030'))], true],
    // If neither status is later, both must agree.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2019-05'))], undefined],
    [[is('MARKETED', during('2019')), is('MARKETED', during('2019-05'))], true],
    [[is('MARKETED'), is('NOT_MARKETED')], undefined],
    // A status that may not have begun replaces no other, and leaves the result undecided.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2026'))], undefined],
    [[is('MARKETED', during('2019')), is('MARKETED', during('2026'))], true],
    [[is('NOT_MARKETED', during('2019')), is('NEVER_MARKETED', during('2026'))], false],
    [[is('MARKETED', during('2019')), is('NO_DATA_PROVIDED', during('2021'))], undefined],
    // The status of another country does not count.
    [[is('MARKETED', during('2019')), is('NOT_MARKETED', { country: germany, ...during('2021') })], true],
  ])('in case %# count as marketed: %s', (statuses, verdict) => {
    expect(isMarketed(statuses, asked, today)).toBe(verdict);
    expect(isMarketed(statuses.toReversed(), asked, today)).toBe(verdict);
  });
});

describe('the date of return to the market', () => {
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
