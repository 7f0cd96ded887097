/** References to an organization that cannot be read: the display of the reference is shown, and marked as incomplete. */
import type { Resource } from 'fhir/r5.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';

const organization = { reference: 'Organization/ORG-1', display: 'Fjordvik' };
const resources = [
  {
    resourceType: 'MedicinalProductDefinition',
    id: 'p1',
    name: [{ productName: 'Shown' }],
    contact: [{ contact: organization }],
  },
  {
    resourceType: 'PackagedProductDefinition',
    id: 'k1',
    packageFor: [{ reference: 'MedicinalProductDefinition/p1' }],
    manufacturer: [organization, { reference: 'Organization/ORG-2' }],
  },
  {
    resourceType: 'RegulatedAuthorization',
    id: 'ra1',
    type: { coding: [{ code: '220000000061' }] },
    subject: [{ reference: 'MedicinalProductDefinition/p1' }],
    holder: organization,
    regulator: organization,
  },
  { resourceType: 'Organization', id: 'ORG-1', name: 'Fjordvik AS', alias: ['Nordholm'] },
  { resourceType: 'Organization', id: 'ORG-2', name: 'Nordholm' },
] as unknown as Resource[];

async function start(profile: 'search' | 'include', faults: readonly Fault[]): Promise<TestService> {
  const sandbox = { resources, faults, guise: { lacks: ['_include'] } };
  const service = await startTestService({ profile, sandbox });
  onTestFinished(() => service.stop());
  return service;
}

const gapsOf = ({ extensions }: GraphqlAnswer): readonly unknown[] =>
  (extensions['upstream'] as { incomplete: readonly unknown[] }).incomplete;

const faults: readonly Fault[] = [
  { kind: 'status', status: 500, match: 'Organization?' },
  { kind: 'truncated-json', match: 'Organization?' },
];

describe.each(['search', 'include'] as const)(
  'an organization that cannot be read, with the profile `%s`,',
  (profile) => {
    it.each([
      ['HTTP status 500', faults.slice(0, 1)],
      ['truncated JSON', faults.slice(1)],
    ])('is returned with the display of its reference as its name, after %s', async (_what, broken) => {
      const service = await start(profile, broken);
      const answer = await service.query(`{ product(id: "p1") {
      holder { name country } contacts { organization { name } }
      authorizations { holder { name } regulator { name } }
      packages { nodes { manufacturers { name } } }
    } }`);
      expect(answer.data).toEqual({
        product: {
          holder: { name: 'Fjordvik', country: null },
          contacts: [{ organization: { name: 'Fjordvik' } }],
          authorizations: [{ holder: { name: 'Fjordvik' }, regulator: { name: 'Fjordvik' } }],
          // One reference has no display, so its field is null.
          packages: { nodes: [{ manufacturers: null }] },
        },
      });
      const places = [
        ['product', 'holder'],
        ['product', 'contacts', 0, 'organization'],
        ['product', 'authorizations', 0, 'holder'],
        ['product', 'authorizations', 0, 'regulator'],
      ];
      expect(new Set(gapsOf(answer))).toEqual(
        new Set(places.map((path) => ({ path, reason: 'PAGE_FAILED', reference: 'Organization/ORG-1' }))),
      );
      expect(answer.errors?.map(({ path }) => path)).toEqual([
        ['product', 'packages', 'nodes', 0, 'manufacturers'],
      ]);
    });

    it.each([
      ['finds the product by its display', 'Fjordvik', { totalCount: 1, nodes: [{ pmsId: 'p1' }] }],
      ['finds the product by its id', 'ORG-1', { totalCount: 1, nodes: [{ pmsId: 'p1' }] }],
      // The organization may have other names.
      ['leaves the product undecided', 'Nordholm', { totalCount: null, nodes: [] }],
    ])('is compared by its references: a filter %s, with the holder %s', async (_what, holder, found) => {
      const service = await start(profile, faults.slice(0, 1));
      const { data, errors } = await service.query(
        'query ($holder: String!) { products(filter: { ids: ["p1"], holder: [$holder] }) { totalCount nodes { pmsId } } }',
        { holder },
      );
      expect([errors, data]).toEqual([undefined, { products: found }]);
    });
  },
);
