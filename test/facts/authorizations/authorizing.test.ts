/** Which authorizations allow a sale, and from which date. */
import type { RegulatedAuthorization } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import {
  firstAuthorized,
  isAuthorizedBefore,
  isAuthorizedSince,
  isAuthorizing,
  ofAuthorizing,
  productFirstAuthorized,
} from '../../../src/facts/authorizations/authorizing.js';
import { authorization, kinds } from '../records.js';
import { brief, inWords, titled } from '../../support/titles.js';

const from = (start: unknown): object => ({ validityPeriod: { start } });
const decided = (dateDateTime: unknown): object => ({ case: { dateDateTime } });

/** Returns a date, or the reason why there is none. */
const dated = (date: unknown): string =>
  date === undefined ? 'undecided' : date === null ? 'null' : String(date);

/** Returns the kind and start of each authorization. */
const listed = (authorizations: readonly RegulatedAuthorization[]): string =>
  authorizations
    .map(({ type, validityPeriod }) => {
      const [kind = 'unknown'] = Object.entries(kinds).find(([, each]) => each === type) ?? [];
      return `${kind === 'unknown' ? 'one of unknown kind' : `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} authorization`} from ${validityPeriod?.start ?? 'an unknown date'}`;
    })
    .join(', ') || 'no authorization';

describe('an authorization', () => {
  it.each(
    titled(
      [
        ['marketing', true],
        ['parallel', true],
        ['orphan', false],
        ['manufacturing', false],
        ['other', false],
      ] as const,
      (kind, verdict) => `of kind ${kind} ${inWords(verdict, 'allows', 'does not allow')} a sale`,
    ),
  )('%s', (_title, kind, verdict) => {
    expect(isAuthorizing(authorization({ type: kinds[kind] }))).toBe(verdict);
  });

  it('of unknown kind leaves undecided whether it allows a sale', () => {
    expect(isAuthorizing(authorization({ type: { text: 'Notice' } }))).toBeUndefined();
    expect(isAuthorizing(authorization({}))).toBeUndefined();
  });
});

describe('the earliest date of several authorizations', () => {
  it.each(
    titled(
      [
        [[from('2017-05-04')], '2017-05-04'],
        [[from('2018'), from('2017-05')], '2017-05'],
        // The start of any validity period takes precedence over the dates of any case.
        [[from('2018'), decided('2016')], '2018'],
        [[{ ...from('2018'), ...decided('2016') }], '2018'],
        [[decided('2016-03'), decided('2015')], '2015'],
        [[{ case: { datePeriod: { start: '2014', end: '2015' } } }], '2014'],
        [[{ case: { datePeriod: { end: '2015' } } }], '2015'],
        // If the case has no date, the dates of its applications count, at any depth.
        [[{ case: { dateDateTime: '2016', application: [{ dateDateTime: '2012' }] } }], '2016'],
        [
          [
            {
              case: { application: [{ dateDateTime: '2013' }, { application: [{ dateDateTime: '2012' }] }] },
            },
          ],
          '2012',
        ],
        [[{ case: [{ dateDateTime: '2016' }] }], '2016'],
        [[{ statusDate: '2001' }], null],
        [[{ statusDate: '2001', validityPeriod: { end: '2030' } }], null],
        [[{}], null],
        [[], null],
        [[from('soon')], undefined],
        [[from('soon'), from('2017')], undefined],
        [[decided('2016-13')], undefined],
        [[{ case: 'EMEA/H/C/1', validityPeriod: '2017' }], null],
      ],
      (contents, first) => `is ${dated(first)} for ${brief(contents)}`,
    ),
  )('%s', (_title, contents, first) => {
    expect(firstAuthorized(contents.map(authorization))).toBe(first);
  });
});

describe('a filter by the earliest date of authorizations', () => {
  it.each(
    titled(
      [
        [[from('2018')], true, false],
        [[from('2016')], false, true],
        [[from('2017')], undefined, undefined],
        [[from('2018'), from('2016')], false, true],
        [[decided('2018-01-01')], true, false],
        [[{ statusDate: '2018' }], false, false],
        [[from('soon')], undefined, undefined],
        [[], false, false],
      ],
      (contents, since, before) =>
        `since 2017-05 ${inWords(since, 'matches', 'does not match')} and before 2017-05 ${inWords(before, 'matches', 'does not match')} for ${brief(contents)}`,
    ),
  )('%s', (_title, contents, since, before) => {
    const authorizations = contents.map(authorization);
    expect(isAuthorizedSince(authorizations, '2017-05')).toBe(since);
    expect(isAuthorizedBefore(authorizations, '2017-05')).toBe(before);
  });
});

describe('the date of first authorization of a product', () => {
  const of = (type: object, start: unknown) => authorization({ type, ...from(start) });
  const unknown = { text: 'Notice' };

  it.each(
    titled(
      [
        [[of(kinds.marketing, '2018'), of(kinds.parallel, '2017')], '2017'],
        [[of(kinds.marketing, '2018'), of(kinds.orphan, '2010'), of(kinds.manufacturing, '2009')], '2018'],
        [[of(kinds.orphan, '2010')], null],
        [[of(kinds.marketing, '2018'), of(unknown, '2019')], '2018'],
        [[of(kinds.marketing, '2018'), of(unknown, '2017')], undefined],
        [[of(kinds.marketing, '2018-05'), of(unknown, '2018')], undefined],
        [[of(kinds.marketing, '2018'), of(unknown, undefined)], '2018'],
        [[of(kinds.marketing, undefined), of(unknown, '2017')], undefined],
        [[of(kinds.marketing, '2018'), of(unknown, 'soon')], undefined],
        [[of(unknown, '2017')], undefined],
        [[], null],
      ],
      (authorizations, first) => `is ${dated(first)} for ${listed(authorizations)}`,
    ),
  )('%s', (_title, authorizations, first) => {
    expect(productFirstAuthorized(authorizations)).toBe(first);
  });
});

describe('a filter by the date of first authorization of a product', () => {
  const of = (type: object, start: unknown) => authorization({ type, ...from(start) });
  const unknown = { text: 'Notice' };

  it.each(
    titled(
      [
        [[of(kinds.marketing, '2018'), of(kinds.parallel, '2021')], true, false],
        // A later authorization is not the first. Orphan designations and manufacturing authorizations do not count.
        [[of(kinds.marketing, '2016'), of(kinds.parallel, '2021')], false, true],
        [
          [of(kinds.marketing, '2018'), of(kinds.orphan, '2010'), of(kinds.manufacturing, '2009')],
          true,
          false,
        ],
        [[of(kinds.manufacturing, '2021')], false, false],
        // An authorization of unknown kind only matters if it would be the first.
        [[of(kinds.marketing, '2018'), of(unknown, '2021')], true, false],
        [[of(kinds.marketing, '2018'), of(unknown, '2010')], undefined, undefined],
        [[of(kinds.marketing, '2016'), of(unknown, '2010')], false, true],
        [[of(unknown, '2021')], undefined, false],
      ],
      (authorizations, since, before) =>
        `since 2017-05 ${inWords(since, 'matches', 'does not match')} and before 2017-05 ${inWords(before, 'matches', 'does not match')} for ${listed(authorizations)}`,
    ),
  )('%s', (_title, authorizations, since, before) => {
    expect(ofAuthorizing(authorizations, (some) => isAuthorizedSince(some, '2017-05'))).toBe(since);
    expect(ofAuthorizing(authorizations, (some) => isAuthorizedBefore(some, '2017-05'))).toBe(before);
  });
});
