/** The `service` field, which costs no upstream request. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oneIn } from '../../../support/tier.js';
import { startTestService, type TestService } from '../../../support/service.js';

/** A value for each filter part that is not a plain text. */
const values: Readonly<Record<string, unknown>> = {
  actives: { all: [{ substance: '100000000001' }] },
  additionalMonitoring: true,
  authorizationKind: 'MARKETING',
  authorizedBefore: '2026',
  authorizedSince: '2026',
  lifecycle: 'AUTHORIZED',
  marketed: {},
  packSize: { min: 1 },
  statusSince: '2026',
  strength: '5 mg',
  substanceRole: 'ACTIVE',
  updatedSince: '2026-01-01T00:00:00Z',
  withoutSubstance: '100000000001',
};

describe.each(['everything', 'search'] as const)('the `service` field with the profile `%s`', (profile) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ isKnown: true, profile, budget: 77, rateLimit: 5_000 });
  });
  afterAll(() => service.stop());

  it('states the version, the upstream, its capabilities and the limits', async () => {
    const { data, errors } = await service.query(`{ service {
      version upstream profile secretExpires
      capabilities { filters { part support } sort lookup readsById }
      limits { upstreamRequests upstreamRate first ids terms } rateLeft
    } }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      service: {
        version: '0.0.0',
        upstream: 'sandbox',
        profile,
        secretExpires: null,
        capabilities: { sort: profile === 'search', lookup: true, readsById: profile === 'search' },
        limits: { upstreamRequests: 77, upstreamRate: 5_000, first: 100, ids: 100, terms: 50 },
        rateLeft: expect.any(Number) as number,
      },
    });
    expect(JSON.stringify(data)).not.toMatch(/127\.0\.0\.1|localhost|http/);
  });

  it('costs no upstream request, and the answer reports 0 requests', async () => {
    const { extensions } = await service.query('{ service { version } }');
    expect(service.sandbox.requests).toEqual([]);
    expect(extensions).toMatchObject({ upstream: { profile, requests: 0, estimated: 0, incomplete: [] } });
  });

  it('states for each part of a product filter how the service answers it', async () => {
    const { data } = await service.query(
      '{ service { capabilities { filters { part support } } } __type(name: "ProductFilter") { inputFields { name type { kind ofType { name ofType { name } } } } } }',
    );
    const { service: told, __type: type } = data as {
      readonly service: {
        readonly capabilities: {
          readonly filters: readonly { readonly part: string; readonly support: string }[];
        };
      };
      readonly __type: {
        readonly inputFields: readonly { readonly name: string; readonly type: { readonly kind: string } }[];
      };
    };
    const { filters } = told.capabilities;
    expect(filters.map(({ part }) => part).sort()).toEqual(type.inputFields.map(({ name }) => name).sort());
    for (const { part, support } of oneIn(9, filters)) {
      const isList = type.inputFields.find(({ name }) => name === part)?.type.kind === 'LIST';
      // The text `a1` may be a code, so it is not refused as unknown.
      const value = values[part] ?? 'a1';
      const { errors } = await service.query(
        'query ($filter: ProductFilter) { products(filter: $filter, first: 1) { nodes { id } } }',
        { filter: { [part]: isList ? [value] : value } },
      );
      expect([part, errors?.[0]?.extensions.code]).toEqual([
        part,
        support === 'REFUSED' ? 'UPSTREAM_UNSUPPORTED' : undefined,
      ]);
    }
  });
});

it('an operation without upstream requests reports the profile that the service uses for most operations', async () => {
  const service = await startTestService({ profile: 'auto' });
  const { data, extensions } = await service.query('{ service { profile } }');
  expect(data).toEqual({ service: { profile: 'everything' } });
  expect(extensions).toMatchObject({ upstream: { profile: 'everything' } });
  await service.stop();
});
