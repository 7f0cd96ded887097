/**
 * Products by holder, if there are too many to read all of them: the list is marked, and the mark names the records that no
 * search finds.
 */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upstreamOf } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';

const holder = { reference: 'Organization/ORG-1' };
const contained = [{ resourceType: 'Organization', id: 'inner', name: 'Fjordvik' }];

/** The forms in which an authorization may name the same company, by the id of its product. */
const ways: Readonly<Record<string, object>> = {
  reference: { holder },
  version: { holder: { reference: 'Organization/ORG-1/_history/2' } },
  display: { holder: { display: 'Fjordvik' } },
  identifier: { holder: { identifier: { value: 'ORG-1' }, display: 'Fjordvik' } },
  contained: { holder: { reference: '#inner' }, contained },
  'no-record': { holder: { reference: 'Organization/gone', display: 'Fjordvik' } },
  'other-id': { holder: { reference: 'Organization/17' } },
};

const productOf = (id: string): object => ({
  resourceType: 'MedicinalProductDefinition',
  id,
  name: [{ productName: id }],
});

const told: readonly object[] = [
  ...Object.entries(ways).flatMap(([id, how]) => [
    productOf(id),
    {
      resourceType: 'RegulatedAuthorization',
      id: `ra-${id}`,
      type: { coding: [{ code: '220000000061' }] },
      subject: [{ reference: `MedicinalProductDefinition/${id}` }],
      ...how,
    },
  ]),
  { resourceType: 'Organization', id: 'ORG-1', name: 'Fjordvik' },
  { resourceType: 'Organization', id: '17', name: 'Nordholm', identifier: [{ value: 'ORG-1' }] },
];
const others = Array.from({ length: 501 }, (_, index) => productOf(`other-${index}`));

interface Found {
  readonly ids: readonly string[];
  readonly complete: boolean;
  readonly incomplete: readonly object[];
}

async function find(service: TestService, asked: string): Promise<Found> {
  const answer = await service.query(
    'query ($holder: [String!]) { products(filter: { holder: $holder }, first: 50) { nodes { pmsId } pageInfo { complete } } }',
    { holder: [asked] },
  );
  expect(answer.errors).toBeUndefined();
  const { nodes, pageInfo } = (
    answer.data as { products: { nodes: { pmsId: string }[]; pageInfo: { complete: boolean } } }
  ).products;
  return {
    ids: nodes.map(({ pmsId }) => pmsId),
    complete: pageInfo.complete,
    incomplete: upstreamOf(answer).incomplete,
  };
}

const message =
  'The upstream’s searches by "filter.holder" do not find authorizations that state their holder only by a display text, an identifier or a contained organization, or by an address on another server, or by an organization that has no record';
const byId = `${message}, or by an organization whose id differs from the requested id. Products with such records may be missing from the list.`;

describe.each(['search', 'include'] as const)('a filter by holder, with the profile `%s`,', (profile) => {
  describe('among too many products to read them all', () => {
    let service: TestService;
    beforeAll(async () => {
      const resources = [...told, ...others] as unknown as Resource[];
      service = await startTestService({ profile: 'auto', sandbox: { profile, resources } });
    });
    afterAll(() => service.stop());

    it('by one word is incomplete (NOT_ALL_SEARCHABLE), with a message that names the records that no search finds', async () => {
      expect(await find(service, 'Fjordvik')).toEqual({
        ids: ['reference', 'version'],
        complete: false,
        incomplete: [{ path: ['products'], reason: 'NOT_ALL_SEARCHABLE', message: byId }],
      });
    });

    it('by several words is incomplete, with a message that does not mention ids, because no id has several words', async () => {
      const { incomplete } = await find(service, 'Fjordvik Läkemedel AB');
      expect(incomplete).toEqual([
        {
          path: ['products'],
          reason: 'NOT_ALL_SEARCHABLE',
          message: `${message}. Products with such records may be missing from the list.`,
        },
      ]);
    });

    it('by an organization id is incomplete (NOT_ALL_SEARCHABLE)', async () => {
      expect(await find(service, 'ORG-1')).toEqual({
        ids: ['reference', 'version'],
        complete: false,
        incomplete: [{ path: ['products'], reason: 'NOT_ALL_SEARCHABLE', message: byId }],
      });
    });
  });

  it('is complete if there are few products, which are all read', async () => {
    const resources = told as unknown as Resource[];
    const service = await startTestService({ profile: 'auto', sandbox: { profile, resources } });
    const named = await find(service, 'Fjordvik');
    const numbered = await find(service, 'ORG-1');
    await service.stop();
    expect(named).toEqual({
      ids: ['contained', 'display', 'identifier', 'no-record', 'reference', 'version'],
      complete: true,
      incomplete: [],
    });
    expect(numbered.ids).toEqual(['identifier', 'other-id', 'reference', 'version']);
  });
});
