/** Numbers deep in records: whether they name the record, and by which number an upstream finds it in a search. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FhirResource } from '../../src/fhir/resources.js';
import { namingsIn, termOf } from '../../src/catalogue/lookup/namings.js';
import { waysToAny } from '../../src/catalogue/lookup/kinds.js';
import { recordKeyOf, recordNouns } from '../../src/catalogue/lookup/records.js';
import { earlierProceduresOf } from '../../src/terms/numbers.js';
import { nouns } from '../../src/graphql/schema/types/index.js';
import { lookupDocument } from '../support/naming.js';
import { startTestService } from '../support/service.js';

const authorization: FhirResource = {
  resourceType: 'RegulatedAuthorization',
  id: 'a',
  case: {
    identifier: { value: 'EMEA/H/C/001234' },
    application: [
      {
        identifier: { value: 'EMEA/H/C/001234/II/0012' },
        application: [{ identifier: { value: 'EMEA/H/C/001234/II/0012/G' } }],
      },
    ],
  },
};
const organization: FhirResource = {
  resourceType: 'Organization',
  id: 'ORG-1',
  identifier: [{ value: 'LOC-100005206' }],
};
const administrable: FhirResource = {
  resourceType: 'AdministrableProductDefinition',
  id: 'b',
  status: 'active',
  routeOfAdministration: [],
  formOf: [{ reference: 'MedicinalProductDefinition/p' }],
  identifier: [{ value: '0x073AF2E5B92AE19E8B67635AFFB3D6CA' }],
};

describe('a record that belongs to a product', () => {
  it.each([
    ['emea/h/c/001234/ii/0012', authorization, 'PROCEDURE_NUMBER'],
    ['EMEA/H/C/001234/II/0012/G', authorization, 'PROCEDURE_NUMBER'],
    ['LOC-100005206', organization, 'IDENTIFIER'],
    ['Organization:ORG-1', organization, 'IDENTIFIER'],
    ['https://fhir.example/Organization/ORG-1/_history/2', organization, 'IDENTIFIER'],
    ['0x073AF2E5B92AE19E8B67635AFFB3D6CA', administrable, 'IDENTIFIER'],
    ['AdministrableProduct:b', administrable, 'IDENTIFIER'],
  ] as const)('is found by the term %s', (term, record, by) => {
    expect(namingsIn(record, termOf(term)).map((naming) => naming.by)).toEqual([by]);
  });

  it('is not found by the number of another record of its type', () => {
    expect(namingsIn(authorization, termOf('EMEA/H/C/001234/II/0013'))).toEqual([]);
    expect(namingsIn(organization, termOf('Organization:ORG-2'))).toEqual([]);
  });
});

it.each(
  (
    [
      ['EMEA/H/C/001234/II/0012', ['EMEA/H/C/001234/II', 'EMEA/H/C/001234']],
      ['SE/H/0123/001-003/DC/V01', ['SE/H/0123/001-003/DC']],
      ['EMEA/H/C/001234/0000', []],
      ['EMEA/H/C/001234', []],
      ['SE/H/0123/001-003/DC', []],
      ['EU/1/17/1201/001', []],
    ] satisfies [string, string[]][]
  ).map(([number, earlier]): readonly [string, string, readonly string[]] => [
    number,
    earlier.join(' and ') || 'no other procedure',
    earlier,
  ]),
)('the procedure number %s is a later step of %s', (number, _what, earlier) => {
  expect(earlierProceduresOf(number)).toEqual(earlier);
});

it('a lookup term such as "Organization:x-1" uses the type names of the ids in the schema', () => {
  const names = Object.entries(nouns).map(([type, { name }]) => [type, name] as const);
  expect(recordNouns).toEqual(Object.fromEntries(names));
  for (const [type, name] of names) expect(recordKeyOf(` ${name}:x-1 `)).toBe(`${type}/x-1`);
  expect(recordKeyOf('Vitamin:A')).toBeUndefined();
});

it.each([
  ['0x073AF2E5B92AE19E8B67635AFFB3D6CA', 'is', true],
  ['LOC-100005206', 'is', true],
  ['EMEA/H/C/001234/II/0012', 'is', true],
  ['Yaz 0', 'is not', false],
  ['Clexane, 6000 RÜ (60 mg)/0', 'is not', false],
])('the lookup term "%s" %s searched for among the numbers of linked records', (term, _is, may) => {
  expect(waysToAny(term).includes('part')).toBe(may);
});

it.each([
  ['everything', 'without', false],
  ['search', 'without', false],
  ['include', 'without', false],
  ['search', 'with', true],
] as const)(
  'a lookup finds the product with a number, not the product of a record with it (profile `%s`, %s an index)',
  async (profile, _with, index) => {
    const number = '7532F47F36A3585D1F348BBDDA057862';
    const product = (id: string, value: string): FhirResource => ({
      resourceType: 'MedicinalProductDefinition',
      id,
      identifier: [{ system: 'http://example.org/numbers', value }],
      name: [{ productName: id }],
    });
    const resources = [
      product('own', number),
      product('p', 'F-2'),
      { ...administrable, identifier: [{ value: number }, { value: `${number}F` }] },
    ];
    const service = await startTestService({
      profile,
      index,
      cacheTtlMs: 600_000,
      sandbox: { profile, resources },
    });
    onTestFinished(() => service.stop());
    const { data } = await service.query(lookupDocument, { terms: [number, `${number}F`] });
    const match = (pmsId: string) => [expect.objectContaining({ how: 'IDENTIFIER', product: { pmsId } })];
    expect(data?.['lookup']).toMatchObject([
      { kind: 'EXACT', matches: match('own') },
      { kind: 'EXACT', matches: match('p') },
    ]);
  },
);
