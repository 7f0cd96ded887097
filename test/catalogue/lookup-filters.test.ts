/** `lookup` and the filter of the same name find the same products, on every profile: if one can search, the other can. */
import type { FhirResource } from 'fhir/r5.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { barcodesOf } from '../../src/terms/barcodes.js';
import type { Guise } from '../../src/sandbox/server.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';
import { isQuick, oneIn } from '../support/tier.js';

const lookupDocument = `query ($terms: [String!]!) {
  lookup(terms: $terms) { kind matches { how value product { pmsId } package { id pcid product { pmsId } } } }
}`;
const filterDocument = `query ($filter: ProductFilter) {
  products(filter: $filter, first: 100) { nodes { pmsId } pageInfo { complete } }
}`;

interface Match {
  readonly how: string;
  readonly value: string;
  readonly product: { readonly pmsId: string };
  readonly package: { readonly pcid: string; readonly product: { readonly pmsId: string } } | null;
}
interface Lookup {
  readonly kind: string;
  readonly matches: readonly Match[];
}

const rows: readonly (readonly [string, object])[] = [
  ['600000000001', { identifier: '600000000001' }],
  ['EU-100900001-00000001', { identifier: 'EU-100900001-00000001' }],
  ['PRD400001', { identifier: 'PRD400001' }],
  ['EU/1/24/9001', { authorizationNumber: 'EU/1/24/9001' }],
  ['EU/1/24/9001/001', { authorizationNumber: 'EU/1/24/9001/001' }],
  ['EMEA/H/C/009001', { procedureNumber: 'EMEA/H/C/009001' }],
  ['C08CA01', { atc: ['C08CA01'] }],
  ['Avelanta 5 mg Filmtabletten', { nameEquals: 'Avelanta 5 mg Filmtabletten' }],
  ['100000090079', { substance: ['100000090079'] }],
  ['Amlodipine besilate', { substance: ['Amlodipine besilate'] }],
];

async function start(profile: 'everything' | 'search' | 'include', guise: Guise): Promise<TestService> {
  const service = await startTestService({ profile, sandbox: { profile, guise, maxPageSize: 1_000 } });
  onTestFinished(() => service.stop());
  return service;
}

async function lookUp(service: TestService, terms: readonly string[]): Promise<readonly Lookup[]> {
  const { data, errors } = await service.query(lookupDocument, { terms });
  expect(errors).toBeUndefined();
  return (data as { readonly lookup: readonly Lookup[] }).lookup;
}

function idsIn({ data }: GraphqlAnswer): readonly string[] | undefined {
  const found = data?.['products'] as { readonly nodes: readonly { readonly pmsId: string }[] } | null;
  return found?.nodes.map(({ pmsId }) => pmsId).sort();
}

const guises: readonly (readonly [string, Guise])[] = [
  ['all that is usual', {}],
  [
    'no search for authorizations and packages',
    {
      lacks: [
        'RegulatedAuthorization?identifier',
        'RegulatedAuthorization?case',
        'PackagedProductDefinition?identifier',
      ],
    },
  ],
  [
    'no search for identifiers and codes',
    { lacks: ['MedicinalProductDefinition?identifier', 'Ingredient?substance-code'] },
  ],
];

describe.skipIf(isQuick).each(guises)('a lookup over an upstream with %s', (_what, guise) => {
  it.each(['everything', 'search', 'include'] as const)(
    'finds every product that a filter by the same term finds, with the profile `%s`',
    async (profile) => {
      const service = await start(profile, guise);
      for (const [term, filter] of oneIn(3, rows)) {
        const filtered = idsIn(await service.query(filterDocument, { filter }));
        const [lookup] = await lookUp(service, [term]);
        const found = lookup?.matches.map(({ product }) => product.pmsId).sort();
        expect(filtered?.length ?? 0, term).toBeGreaterThan(0);
        expect(lookup?.kind, term).not.toBe('UNSEARCHABLE');
        // Unlike the filter, lookup also finds substances by their base.
        expect(found, term).toEqual(expect.arrayContaining([...(filtered ?? [])]));
      }
    },
  );
});

describe.each(oneIn(3, ['everything', 'search', 'include'] as const))(
  'a lookup with the profile `%s`',
  (profile) => {
    it('finds a package by its number, its PCID, or its bar code in any notation', async () => {
      const service = await start(profile, {});
      const packs = (service.sandbox.resources as readonly FhirResource[]).flatMap((each) =>
        each.resourceType === 'PackagedProductDefinition' ? [each] : [],
      );
      const pack = packs.find((each) => barcodesOf(each).length > 0);
      const [gtin = ''] = pack ? barcodesOf(pack) : [];
      const pcid = pack?.identifier?.[0]?.value ?? '';
      const terms = [gtin, gtin.slice(1), `01${gtin}17280131`, `]d201${gtin}21A\u001D1728013110B`, pcid];
      const lookups = await lookUp(service, [
        ...terms,
        'EU/1/24/9001/001',
        'EU/1/24/9001',
        `${gtin.slice(0, -1)}x`,
      ]);
      const [code] = lookups[0]?.matches ?? [];
      expect(code).toMatchObject({ how: 'DATA_CARRIER', value: gtin, package: { pcid } });
      expect(code?.package?.product).toEqual(code?.product);
      expect(lookups.slice(0, 5).map(({ kind, matches }) => [kind, matches[0]?.package?.pcid])).toEqual(
        terms.map(() => ['EXACT', pcid]),
      );
      expect(lookups.slice(5, 7).map(({ matches }) => matches[0]?.package?.pcid)).toEqual([
        'EU-100900001-00000001-001',
        undefined,
      ]);
      expect(lookups[7]?.kind).toBe('NONE');
    });

    it('finds products by the code, name or base of a substance, but not by a part of a word', async () => {
      const service = await start(profile, {});
      const [own, base, code, azocin] = await lookUp(service, [
        'AMLODIPINE besilate',
        'amlodipine',
        '100000085259',
        'mlodipine',
      ]);
      expect(own?.matches.map(({ how }) => how)).toContain('SUBSTANCE');
      expect(base?.matches.map(({ product }) => product.pmsId)).toEqual(
        code?.matches.map(({ product }) => product.pmsId),
      );
      expect([base?.kind, azocin?.kind]).toEqual(['AMBIGUOUS', 'NONE']);
    });
  },
);
