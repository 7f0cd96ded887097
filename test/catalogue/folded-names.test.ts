/**
 * Names match regardless of case, including letters with two lower or two upper case forms, and regardless of surrounding
 * blanks.
 */
import type { Resource } from 'fhir/r5.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ProductFilter } from '../../src/facts/filter.js';
import { ofProduct } from '../../src/facts/of-product.js';
import type { FhirResource } from '../../src/fhir/resources.js';
import { foldFurthest, foldText } from '../../src/terms/fold.js';
import { startTestService, type TestServiceOptions } from '../support/service.js';

const product = (id: string, name: string): Resource =>
  ({ resourceType: 'MedicinalProductDefinition', id, name: [{ productName: name }] }) as Resource;
const names = [
  'Straße 5 µg',
  'STRASSE 5 ΜG',
  'straẞe 5 μg',
  'Strasse 5 mg',
  'Amlo plain',
  ' Amlo plain ',
  'AMLO PLAIN forte',
];
const world = names.map((name, at) => product(String(at + 1), name));

const cases: readonly (readonly [filter: ProductFilter, ids: string])[] = [
  [{ nameEquals: 'strasse 5 µg' }, '123'],
  [{ nameEquals: 'STRASSE 5 ΜG' }, '123'],
  [{ nameEquals: 'STRAẞE 5 μg' }, '123'],
  [{ nameEquals: 'Straße 5 µG' }, '123'],
  [{ nameStartsWith: 'STRASS' }, '1234'],
  [{ nameStartsWith: 'straß' }, '1234'],
  [{ name: 'aße 5 μ' }, '123'],
  [{ nameStartsWith: '  Amlo' }, '567'],
  [{ nameStartsWith: 'Amlo ' }, '567'],
  [{ nameEquals: '  amlo plain ' }, '56'],
  [{ name: ' plain ' }, '567'],
];

describe.each<[string, TestServiceOptions]>([
  ['with the profile `everything`', { profile: 'everything' }],
  ['with the profile `search`', { profile: 'search' }],
  ['with the profile `include`', { profile: 'include' }],
  ['from the index', { profile: 'everything', index: true }],
])('filters by product name %s', (_name, options) => {
  it('ignore case and surrounding blanks', async () => {
    const service = await startTestService({ ...options, sandbox: { resources: world } });
    onTestFinished(() => service.stop());
    const found: (readonly [ProductFilter, string])[] = [];
    for (const [filter] of cases) {
      const { data, errors } = await service.query(
        'query ($filter: ProductFilter) { products(filter: $filter) { nodes { pmsId } } }',
        { filter },
      );
      expect(errors).toBeUndefined();
      const products = data?.['products'] as
        | { readonly nodes: readonly { readonly pmsId: string }[] }
        | undefined;
      found.push([
        filter,
        (products?.nodes ?? [])
          .map(({ pmsId }) => pmsId)
          .toSorted()
          .join(''),
      ]);
    }
    expect(found).toEqual(cases);
  });
});

it.each(cases)(
  'the filter %j, tested on product records by the service itself, ignores case and blanks',
  (filter, ids) => {
    const [[part, asked] = []] = Object.entries(filter) as [
      'name' | 'nameEquals' | 'nameStartsWith',
      string,
    ][];
    const isIt = ofProduct[part ?? 'name'].test(asked as never, filter);
    const found = world.filter((each) => isIt(each as FhirResource, `${each.resourceType}/${each.id ?? ''}`));
    expect(found.map(({ id }) => id).join('')).toBe(ids);
  },
);

it.each([
  ['ß', 'ẞ'],
  ['ß', 'SS'],
  ['µ', 'μ'],
  ['µ', 'Μ'],
  ['ς', 'Σ'],
  ['ﬁ', 'FI'],
  ['é', 'E'],
])('the letters %s and %s are equal in comparisons of names', (one, other) => {
  expect(foldFurthest(one)).toBe(foldFurthest(other));
  expect(foldText(one)).toBe(foldText(other));
});
