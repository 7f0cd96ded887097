/**
 * Codes of code lists that the service does not have: their display texts tell what they mean, or the list is marked as
 * incomplete. An empty list never claims to be complete.
 */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type GraphqlAnswer, type TestService } from '../support/service.js';

const system = 'http://example.org/national';
const role = (display: string): object => ({ coding: [{ system, code: '1', display }] });
const to = (reference: string): object => ({ reference });
const product = (id: string): object => ({
  resourceType: 'MedicinalProductDefinition',
  id,
  name: [{ productName: `Codes ${id}` }],
});
const ingredient = (of: string, display: string, code: string): object => ({
  resourceType: 'Ingredient',
  id: `${of}-${code}`,
  for: [to(`MedicinalProductDefinition/${of}`)],
  role: role(display),
  substance: { code: { concept: { coding: [{ code }] } } },
});
const authorization = (of: string, type: object, holder: string): object => ({
  resourceType: 'RegulatedAuthorization',
  id: `ra-${of}-${holder}`,
  type,
  subject: [to(`MedicinalProductDefinition/${of}`)],
  holder: to(`Organization/${holder}`),
});
const organization = (id: string, name: string): object => ({ resourceType: 'Organization', id, name });

const resources = [
  ...['words', 'unknown', 'mixed', 'location', 'other'].map(product),
  ingredient('words', 'Wirkstoff', '100000000001'),
  ingredient('words', 'Hilfsstoff', '100000000002'),
  authorization('words', role('Zulassung'), 'ORG-1'),
  ingredient('unknown', 'Base', '100000000003'),
  authorization('unknown', role('Notice'), 'ORG-1'),
  ingredient('mixed', 'Active', '100000000004'),
  ingredient('mixed', 'Base', '100000000005'),
  authorization('mixed', role('Notice'), 'ORG-2'),
  authorization('mixed', { coding: [{ code: '220000000061' }] }, 'ORG-1'),
  authorization('location', { coding: [{ code: '220000000061' }] }, 'LOC-1'),
  authorization('other', { coding: [{ code: '220000000061' }] }, 'ORG-2'),
  organization('ORG-1', 'Fjordvik'),
  organization('LOC-1', 'Fjordvik'),
  organization('ORG-2', 'Nordholm'),
] as unknown as Resource[];

const codesOf = ({ errors = [] }: GraphqlAnswer): readonly string[] =>
  errors.map(({ extensions }) => extensions.code);
const reasonsOf = ({ extensions }: GraphqlAnswer): readonly string[] =>
  (extensions['upstream'] as { incomplete: readonly { reason: string }[] }).incomplete.map(
    ({ reason }) => reason,
  );

describe.each(['everything', 'search', 'include'] as const)('with the profile `%s`', (profile) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ profile, sandbox: { resources } });
  });
  afterAll(() => service.stop());

  const about = (id: string): Promise<GraphqlAnswer> =>
    service.query(`{ product(id: "${id}") {
      activeSubstances { code }
      active: ingredients(role: ACTIVE) { totalCount pageInfo { complete } nodes { roleKind substance { code } } }
      marketing: authorizations(type: MARKETING) { holder { name } }
      marketingAuthorization { type { code } } holder { name }
    } }`);

  it('a coded value with only a display text is recognized by that text', async () => {
    const answer = await about('words');
    expect([answer.errors, reasonsOf(answer)]).toEqual([undefined, []]);
    expect(answer.data).toMatchObject({
      product: {
        activeSubstances: [{ code: '100000000001' }],
        active: { totalCount: 1, pageInfo: { complete: true }, nodes: [{ roleKind: 'ACTIVE' }] },
        marketing: [{ holder: { name: 'Fjordvik' } }],
        holder: { name: 'Fjordvik' },
      },
    });
  });

  it('a record with an unknown code makes a list filtered by that code incomplete, not empty and complete', async () => {
    const answer = await about('unknown');
    expect(answer.data).toEqual({
      product: {
        activeSubstances: null,
        active: { totalCount: null, pageInfo: { complete: false }, nodes: [] },
        marketing: null,
        marketingAuthorization: null,
        holder: null,
      },
    });
    expect(new Set(codesOf(answer))).toEqual(new Set(['UPSTREAM_INCOMPLETE']));
    expect(new Set(reasonsOf(answer))).toEqual(new Set(['NOT_TOLD']));
  });

  it('records with unknown codes leave a filtered list incomplete, with the records whose codes are known', async () => {
    const answer = await about('mixed');
    expect(answer.data).toMatchObject({
      product: {
        activeSubstances: null,
        active: {
          totalCount: null,
          pageInfo: { complete: false },
          nodes: [{ substance: { code: '100000000004' } }],
        },
        marketing: null,
        holder: { name: 'Fjordvik' },
      },
    });
  });

  it.each([
    ['ORG-1', ['mixed', 'words'], false],
    ['LOC-1', ['location'], false],
    ['Fjordvik', ['location', 'mixed', 'words'], false],
    ['ORG-9', [], false],
  ])(
    'a filter by the holder %s returns the known matches in a list marked incomplete',
    async (holder, ids, complete) => {
      const { data, errors } = await service.query(
        'query ($holder: String!) { products(filter: { name: "Codes", holder: [$holder] }) { totalCount pageInfo { complete } nodes { pmsId } } }',
        { holder },
      );
      expect(errors).toBeUndefined();
      const { nodes, ...rest } = data!['products'] as { nodes: { pmsId: string }[] };
      expect([nodes.map(({ pmsId }) => pmsId).sort(), rest]).toEqual([
        ids,
        { totalCount: null, pageInfo: { complete } },
      ]);
    },
  );

  it('a filter by organization id leaves a product undecided if its holder has only a location id', async () => {
    const ask = async (holder: string, ids: readonly string[]): Promise<unknown> => {
      const { data } = await service.query(
        'query ($holder: String!, $ids: [ID!]) { products(filter: { ids: $ids, holder: [$holder] }) { totalCount nodes { pmsId } } }',
        { holder, ids },
      );
      return data!['products'];
    };
    expect(await ask('ORG-1', ['location'])).toEqual({ totalCount: null, nodes: [] });
    expect(await ask('Fjordvik', ['location'])).toEqual({ totalCount: 1, nodes: [{ pmsId: 'location' }] });
    expect(await ask('ORG-1', ['other'])).toEqual({ totalCount: 0, nodes: [] });
    expect(await ask('ORG-1', ['words', 'other'])).toEqual({ totalCount: 1, nodes: [{ pmsId: 'words' }] });
  });
});
