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

describe('the legal statuses of supply', () => {
  it.each([
    [several, undefined, [free, prescribed, special], []],
    [several, ['SE'], [free, special], []],
    [several, ['DE', 'SE'], [free, prescribed, special], []],
    [several, ['FR'], [special], []],
    [pack([{ code: free, jurisdiction: country('100000000390') }]), ['SE'], [free], []],
    [pack([{ code: free, jurisdiction: country('100000000390') }]), ['GB'], [], []],
    [pack([{ code: free, jurisdiction: { text: 'Nordics' } }]), ['SE'], [], [free]],
    [pack([{ jurisdiction: country('100000000535') }, null]), ['SE'], [], []],
    [pack({ code: free }), ['SE'], [free], []],
    [pack(undefined), ['SE'], [], []],
  ])('of a package are right in case %# for %j', (record, asked, counting, open) => {
    expect(supplyStatusesOf(record, asked)).toEqual({ counting, open });
  });

  it('of a product apply even if they name no country', () => {
    const product = (content: object) =>
      ({ resourceType: 'MedicinalProductDefinition', ...content }) as MedicinalProductDefinition;
    expect(supplyStatusesOf(product({ legalStatusOfSupply: free }), ['SE'])).toEqual({
      counting: [free],
      open: [],
    });
    expect(supplyStatusesOf(product({}), ['SE'])).toEqual({ counting: [], open: [] });
  });
});
