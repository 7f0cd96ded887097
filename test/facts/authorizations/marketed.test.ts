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
import { brief, inWords, titled } from '../../support/titles.js';

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

describe('the enum value of a marketing status', () => {
  it('exists for every term of the RMS list', () => {
    expect(Object.values(codes).sort()).toEqual(Object.keys(emaTerms['100000072052'] ?? {}).sort());
  });

  it.each(names)('%s is read from this name, from its RMS code and from its English text', (name) => {
    const text = emaTerms['100000072052']?.[codes[name]] ?? '';
    for (const value of [name, name.toLowerCase(), codes[name], text, ` ${text} `])
      expect(marketingStateNamed(value)).toBe(name);
    expect(marketingTermOf(MarketingState[name])).toBe(codes[name]);
  });

  it.each(['OTHER', 'on sale', '100000072099', ''])('is null for the value %j', (value) => {
    expect(marketingStateNamed(value)).toBeNull();
  });
});

describe('a marketing status', () => {
  const expected = (name: Name, asked: Name): boolean | undefined => {
    if (name === asked) return true;
    return name === 'NO_DATA_PROVIDED' ? undefined : false;
  };
  const pairs = names.flatMap((name) => names.map((asked): [Name, Name] => [name, asked]));

  it.each(
    titled(
      pairs,
      (name, asked) =>
        `${name} ${inWords(expected(name, asked), 'matches', 'does not match', 'is undecided for')} the filter ${asked}`,
    ),
  )('%s', (_title, name, asked) => {
    const verdict = expected(name, asked);
    expect(isMarketed([is(name)], { status: [asked] }, today)).toBe(verdict);
    expect(isMarketed([is(name)], { status: [codes[asked]] }, today)).toBe(verdict);
    expect(
      isMarketed(
        [{ status: { text: emaTerms['100000072052']?.[codes[name]] ?? '' } }],
        { status: [asked] },
        today,
      ),
    ).toBe(verdict);
  });

  it.each(
    titled(
      [
        [{ coding: [{ system: 'http://example.org/status', code: 'A' }] }, undefined],
        [{ text: 'on sale' }, undefined],
        [{}, undefined],
        [undefined, false],
        [term('100000072052', '100000099999'), false],
      ],
      (concept, verdict) =>
        `${brief(concept)} ${inWords(verdict, 'matches', 'does not match', 'is undecided for')} the filter MARKETED`,
    ),
  )('%s', (_title, concept, verdict) => {
    expect(
      isMarketed([{ country: sweden, status: concept } as MarketingStatus], { status: ['MARKETED'] }, today),
    ).toBe(verdict);
  });

  it('with an unknown code matches a filter with this code', () => {
    const given = { country: sweden, status: { coding: [{ code: 'A' }] } };
    expect(isMarketed([given], { status: ['MARKETED', 'a'] }, today)).toBe(true);
  });

  it.each([[undefined], [[]], [[null, 'x']], ['x']])(
    'does not match the filter MARKETED if the element is %j',
    (statuses) => {
      expect(isMarketed(statuses as unknown as MarketingStatus[], { status: ['MARKETED'] }, today)).toBe(
        false,
      );
    },
  );
});

describe('the country of a marketing status', () => {
  it.each(
    titled(
      [
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
      ],
      (given, asked, verdict) =>
        `${brief(given)} ${inWords(verdict, 'matches', 'does not match', 'is undecided for')} the country filter ${brief(asked)}`,
    ),
  )('%s', (_title, given, asked, verdict) => {
    expect(
      isMarketed([is('MARKETED', { country: given })], { country: asked, status: ['MARKETED'] }, today),
    ).toBe(verdict);
    // A status that is certainly another one does not match in any country.
    expect(
      isMarketed([is('NOT_MARKETED', { country: given })], { country: asked, status: ['MARKETED'] }, today),
    ).toBe(false);
  });

  it('is its jurisdiction if the record has no country', () => {
    const given = is('MARKETED', { country: undefined, jurisdiction: sweden });
    expect(isMarketed([given], { country: ['SE'], status: ['MARKETED'] }, today)).toBe(true);
    expect(isMarketed([given], { country: ['DE'], status: ['MARKETED'] }, today)).toBe(false);
  });

  it('must match in the marketing status whose status term matches', () => {
    const statuses = [is('MARKETED', { country: germany }), is('TEMPORARILY_UNAVAILABLE')];
    expect(isMarketed(statuses, { country: ['SE'], status: ['MARKETED'] }, today)).toBe(false);
    expect(isMarketed(statuses, { country: ['SE'], status: ['TEMPORARILY_UNAVAILABLE'] }, today)).toBe(true);
    expect(isMarketed(statuses, { status: ['MARKETED'] }, today)).toBe(true);
  });
});

describe('a marketing status on 2026-06-15', () => {
  it.each(
    titled(
      [
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
      ],
      (start, end, verdict) =>
        `with ${start === undefined ? 'no start' : `the start ${start}`} and ${end === undefined ? 'no end' : `the end ${end}`} ${inWords(verdict, 'is current', 'is not current', 'may be current')}`,
    ),
  )('%s', (_title, start, end, verdict) => {
    expect(isMarketed([is('MARKETED', during(start, end))], { status: ['MARKETED'] }, today)).toBe(verdict);
    expect(isMarketed([is('NOT_MARKETED', during(start, end))], { status: ['MARKETED'] }, today)).toBe(false);
  });
});

/** Returns the status, the country if it is not Sweden, and the dates of each marketing status. */
const listed = (statuses: readonly MarketingStatus[]): string =>
  statuses
    .map((each) => {
      const name = names.find((one) => each.status?.coding?.[0]?.code === codes[one]);
      const where =
        each.country === germany
          ? ' in Germany'
          : each.country === sweden
            ? ''
            : ' with the country as a text';
      const { start, end } = each.dateRange ?? {};
      return `${name}${where}${start ? ` from ${start}` : ''}${end ? ` to ${end}` : ''}`;
    })
    .join(', ');

describe('several marketing statuses in Sweden', () => {
  const asked = { country: ['SE'], status: ['MARKETED'] };
  it.each(
    titled(
      [
        // The status that began last counts.
        [[is('MARKETED', during('2019')), is('NOT_MARKETED', during('2021'))], false],
        [[is('NOT_MARKETED', during('2019')), is('MARKETED', during('2021'))], true],
        [[is('MARKETED'), is('NOT_MARKETED', during('2021'))], false],
        // Different codes for one country count as the same country.
        [
          [
            is('MARKETED', during('2019')),
            is('NOT_MARKETED', { country: { text: 'SE' }, ...during('2021') }),
          ],
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
      ],
      (statuses, verdict) =>
        `${inWords(verdict, 'match', 'do not match', 'are undecided for')} the filter MARKETED: ${listed(statuses)}`,
    ),
  )('%s', (_title, statuses, verdict) => {
    expect(isMarketed(statuses, asked, today)).toBe(verdict);
    expect(isMarketed(statuses.toReversed(), asked, today)).toBe(verdict);
  });
});

describe('the date of return to the market', () => {
  it.each(
    titled(
      [
        ['2026-08-01', '2026-09', true],
        ['2026-09-01', '2026-09', false],
        ['2026', '2026-09', undefined],
        ['2025', '2026-09', true],
        [undefined, '2026-09', false],
        ['soon', '2026-09', undefined],
      ],
      (restoreDate, restoreBefore, verdict) =>
        `${restoreDate ?? 'no date'} ${inWords(verdict, 'matches', 'does not match', 'is undecided for')} the filter before ${restoreBefore}`,
    ),
  )('%s', (_title, restoreDate, restoreBefore, verdict) => {
    const given = [is('TEMPORARILY_UNAVAILABLE', { restoreDate })];
    expect(isMarketed(given, { status: ['TEMPORARILY_UNAVAILABLE'], restoreBefore }, today)).toBe(verdict);
    expect(isMarketed(given, { status: ['MARKETED'], restoreBefore }, today)).toBe(false);
  });
});
