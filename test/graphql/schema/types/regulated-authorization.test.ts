/** Authorizations: numbers with blanks, and orphan designations among marketing authorizations. */
import { describe, expect, it } from 'vitest';
import { RegulatedAuthorization } from '../../../../src/graphql/schema/types/regulated-authorization.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../../support/published.js';
import { emaList, held, inEnglish } from '../../../support/views.js';

const authorization = (content: object) =>
  new RegulatedAuthorization(held({ resourceType: 'RegulatedAuthorization', id: 'r1', ...content }));
const term = (list: string, code: string) => ({ coding: [{ system: emaList(list), code }] });

describe('an authorization', () => {
  it('has the values of its record', () => {
    const full = authorization({
      identifier: [
        { system: 'http://ema.europa.eu/fhir/MarketingAuthorizationNumber', value: ' EU/1/17/1201 ' },
      ],
      type: term('220000000060', '220000000061'),
      case: { identifier: { value: ' EMEA/H/C/004728 ' }, type: term('100000154442', '100000155059') },
      basis: [term('100000116045', '100000116053')],
      status: term('100000072049', '100000072122'),
      statusDate: '2017-05',
      region: [{ text: 'EU' }],
      validityPeriod: { start: '2017', end: '2022-05-04' },
    });
    expect([full.number, full.kind, full.procedureNumber, full.statusDate]).toEqual([
      'EU/1/17/1201',
      'MARKETING',
      'EMEA/H/C/004728',
      '2017-05',
    ]);
    expect(
      [full.type, full.procedureType, full.basis[0], full.status, full.region[0]].map((each) =>
        each?.text({}, inEnglish),
      ),
    ).toEqual([
      'Marketing Authorisation',
      'Centralised procedure',
      'Well-established use application (Article 10a of Directive No 2001/83/EC)',
      'Suspended',
      'EU',
    ]);
    expect(full.validity).toMatchObject({ start: '2017', end: '2022-05-04' });
    expect(full.identifiers.map(({ value }) => value)).toEqual([' EU/1/17/1201 ']);
  });

  it('has null and empty lists for missing values', () => {
    const {
      number,
      kind,
      type,
      procedureNumber,
      procedureType,
      status,
      statusDate,
      validity,
      identifiers,
      basis,
      region,
    } = authorization({});
    expect([number, kind, type, procedureNumber, procedureType, status, statusDate, validity]).toEqual(
      Array(8).fill(null),
    );
    expect([identifiers, basis, region]).toEqual([[], [], []]);
  });

  it.skipIf(!isPublishedHere)(
    `has an authorization number in every published record${unlessPublished}`,
    () => {
      const told = publishedOf('RegulatedAuthorization').map(
        (resource) => new RegulatedAuthorization(held(resource)),
      );
      expect(told.length).toBe(85);
      expect(told.every(({ number }) => number !== null)).toBe(true);
      expect(told.filter(({ kind }) => kind === 'MARKETING').length).toBeGreaterThan(40);
    },
  );
});
