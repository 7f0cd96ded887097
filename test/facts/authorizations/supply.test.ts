/** The legal statuses of supply, by country. */
import type { MedicinalProductDefinition, PackagedProductDefinition } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { supplyStatusesOf } from '../../../src/facts/authorizations/supply.js';
import { country, term } from '../records.js';

const [free, prescribed, special] = ['100000072076', '100000072084', '100000072085'].map((code) =>
  term('100000072051', code),
);
const pack = (legalStatusOfSupply: unknown) =>
  ({ resourceType: 'PackagedProductDefinition', legalStatusOfSupply }) as PackagedProductDefinition;
const several = pack([
  { code: free, jurisdiction: country('100000000535') },
  { code: prescribed, jurisdiction: country('100000000403') },
  { code: special },
]);

describe('the legal statuses of supply of a package', () => {
  it.each([
    ['include all if the filter names no country', several, undefined, [free, prescribed, special], []],
    ['include those for the country of the filter and for no country', several, ['SE'], [free, special], []],
    ['include those for any country of the filter', several, ['DE', 'SE'], [free, prescribed, special], []],
    [
      'include only those for no country, if none is for the country of the filter',
      several,
      ['FR'],
      [special],
      [],
    ],
    [
      'for the Union include those for a member state',
      pack([{ code: free, jurisdiction: country('100000000390') }]),
      ['SE'],
      [free],
      [],
    ],
    [
      'for the Union do not include those for Great Britain',
      pack([{ code: free, jurisdiction: country('100000000390') }]),
      ['GB'],
      [],
      [],
    ],
    [
      'for an unknown country are undecided',
      pack([{ code: free, jurisdiction: { text: 'Nordics' } }]),
      ['SE'],
      [],
      [free],
    ],
    ['without a code are skipped', pack([{ jurisdiction: country('100000000535') }, null]), ['SE'], [], []],
    ['are read from one object instead of a list', pack({ code: free }), ['SE'], [free], []],
    ['are none if the record has none', pack(undefined), ['SE'], [], []],
  ])('%s', (_title, record, asked, counting, open) => {
    expect(supplyStatusesOf(record, asked)).toEqual({ counting, open });
  });

  it('are those of its product for every country', () => {
    const product = (content: object) =>
      ({ resourceType: 'MedicinalProductDefinition', ...content }) as MedicinalProductDefinition;
    expect(supplyStatusesOf(product({ legalStatusOfSupply: free }), ['SE'])).toEqual({
      counting: [free],
      open: [],
    });
    expect(supplyStatusesOf(product({}), ['SE'])).toEqual({ counting: [], open: [] });
  });
});
