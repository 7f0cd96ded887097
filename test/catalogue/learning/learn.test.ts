/**
 * Learning an upstream's features delays no client and never ends: a feature that fails while clients are served is
 * remembered as refuted.
 */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { rehearsal } from '../../../src/catalogue/learning/rehearsal.js';
import { createLog } from '../../../src/log.js';
import { startService } from '../../../src/service.js';
import type { Fault, SandboxOptions } from '../../../src/sandbox/server.js';
import { learnFrom, learnSandbox, startLearner } from '../../support/learning.js';
import { startTestService, type GraphqlAnswer, type TestService } from '../../support/service.js';
import { sentByOperations } from '../../support/sent.js';
import { json, searchset, startUpstream, type Asked } from '../../support/upstream.js';
import { testConfig, testSecrets } from '../../support/config.js';
import { oneIn } from '../../support/tier.js';

const product = { resourceType: 'MedicinalProductDefinition', id: '1', name: [{ productName: 'Alpha' }] };
const bundle = searchset([
  product,
  {
    resourceType: 'PackagedProductDefinition',
    id: '2',
    packageFor: [{ reference: 'MedicinalProductDefinition/1' }],
  },
]);

/** Returns the response of an upstream with the features of EMA's API; undefined for other requests. */
function answerOf(url: string): object | undefined {
  if (url.startsWith('/MedicinalProductDefinition?')) return searchset([product]);
  if (url === '/MedicinalProductDefinition/1') return product;
  return url === '/MedicinalProductDefinition/1/$everything' ? bundle : undefined;
}

describe('a CapabilityStatement that does not arrive', () => {
  it('does not delay the service if a probe shows that $everything works', async () => {
    const held: (() => void)[] = [];
    const upstream = await startUpstream(({ url }, response) => {
      const found = answerOf(url);
      if (url === '/metadata')
        held.push(() => json(response, { resourceType: 'CapabilityStatement', rest: [] }));
      else json(response, found ?? {}, found ? 200 : 404);
    });
    const { learning, capabilities, told } = startLearner({
      kind: 'fhir',
      baseUrl: new URL(upstream.origin),
    });
    await learning.ready();
    expect([held.length, told]).toEqual([1, []]);
    expect([capabilities.profile, capabilities.features.evidence('everything')]).toEqual([
      'everything',
      'probed',
    ]);
    held.forEach((answer) => answer());
    await learning.learnt();
    expect(told).toMatchObject([{ event: 'capabilities.read', source: 'metadata' }]);
  });

  it('does not delay the first operation', async () => {
    const open: string[] = [];
    const upstream = await startUpstream(({ url }, response) => {
      const found = answerOf(url);
      if (url === '/metadata') open.push(url);
      else json(response, found ?? {}, found ? 200 : 404);
    });
    const service = await startService({
      config: testConfig({ timeoutMs: 60_000 }),
      secrets: testSecrets(),
      upstream: { kind: 'fhir', baseUrl: new URL(upstream.origin) },
      log: createLog('silent'),
      version: '0.0.0',
    });
    onTestFinished(() => service.stop());
    const response = await fetch(`${service.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ product(id: "1") { packages { nodes { id } } } }' }),
    });
    const { data } = (await response.json()) as GraphqlAnswer;
    expect(data).toEqual({ product: { packages: { nodes: [{ id: 'Package:2' }] } } });
    // The service has requested the CapabilityStatement, and the response is still outstanding.
    expect(open).toEqual(['/metadata']);
  });
});

describe('the declared features of the upstream', () => {
  const source = async (sandbox: SandboxOptions, openApi?: string): Promise<string | undefined> => {
    const { told } = await learnSandbox(sandbox, openApi === undefined ? {} : { openApi });
    return told.map((each) => each.source).join();
  };

  it.each([
    ['a CapabilityStatement', 'metadata', { guise: { metadata: 'present' } }],
    ['an OpenAPI document', 'openapi', { guise: { metadata: 'swagger' } }],
    ['no document if there is none', 'nothing', { guise: { metadata: 'absent' } }],
  ] as const)('are read from %s', async (_what, expected, sandbox) => {
    expect(await source(sandbox)).toBe(expected);
  });

  it('are read from no document if the OpenAPI document is a web page', async () => {
    const upstream = await startUpstream(({ url }: Asked, response) => {
      const found = answerOf(url);
      if (url === '/swagger') response.writeHead(200).end('<!doctype html>');
      else json(response, found ?? {}, found ? 200 : 404);
    });
    const { told, capabilities } = await learnFrom(upstream.origin);
    expect(told).toMatchObject([{ event: 'capabilities.read', source: 'nothing' }]);
    expect(capabilities.profile).toBe('everything');
  });

  it('are read from no document if /metadata returns another resource than a CapabilityStatement', async () => {
    const upstream = await startUpstream(({ url }: Asked, response) => {
      const found = url === '/metadata' ? { resourceType: 'Bundle' } : answerOf(url);
      json(response, found ?? {}, found ? 200 : 404);
    });
    const { told } = await learnFrom(upstream.origin);
    expect(told).toMatchObject([{ event: 'capabilities.read', source: 'nothing' }]);
  });
});

describe('the search parameter `name` of an upstream that ignores it', () => {
  /** Starts an upstream that returns all products if a search has an unsupported parameter. */
  async function startBlind(names: readonly string[], refuses: RegExp): Promise<string> {
    const rows = names.map((productName, index) => ({
      ...product,
      id: `${index + 1}`,
      name: [{ productName }],
    }));
    const upstream = await startUpstream(({ url }, response) => {
      if (refuses.test(url) || !url.startsWith('/MedicinalProductDefinition?')) json(response, {}, 400);
      else json(response, searchset(rows));
    });
    return upstream.origin;
  }

  const search = 'search MedicinalProductDefinition?name';

  it.each([
    [
      '`name` is accepted, and all names contain the probed text',
      ['Alphadol', 'Alphadol forte'],
      /\?name:contains=/,
    ],
    [
      '`name:contains` is accepted, and all names contain the probed text',
      ['Alphadol', 'Alphadol forte'],
      /\?name=/,
    ],
    ['`name` is accepted, and one name contains the probed text', ['Alphadol', 'Beta'], /\?name:contains=/],
    ['`name:contains` is accepted, and one name contains the probed text', ['Alphadol', 'Beta'], /\?name=/],
    ['both are accepted, and there is only one product', ['Alphadol'], /\?never/],
  ])('is refuted by a probe (%s)', async (_what, names, refuses) => {
    const { capabilities } = await learnFrom(await startBlind(names, refuses));
    const { features } = capabilities;
    expect([features.evidence(search), features.evidence('name-is-contains')]).toEqual([
      'refuted',
      'refuted',
    ]);
  });
});

describe('an upstream that is down at the start', () => {
  it('is assumed to have the features of EMA’s API, and the log says so', async () => {
    const upstream = await startUpstream((_asked, response) => response.writeHead(503).end());
    const { told, capabilities } = await learnFrom(upstream.origin);
    expect(told).toMatchObject([{ event: 'capabilities.failed', profile: 'everything' }]);
    expect([...capabilities.features.all]).toEqual([
      ['everything', 'assumed'],
      ['read', 'assumed'],
      ['name-is-contains', 'assumed'],
    ]);
  });
});

describe('a profile that `PMS_PROFILE` sets', () => {
  it('is used without any probe if it is `everything`', async () => {
    const { sandbox } = await learnSandbox({}, { profile: 'everything' });
    expect(sandbox.requests).toEqual([]);
  });

  it.each(['search', 'include'] as const)(
    'is used without reading the CapabilityStatement if it is `%s`, and its searches are proven by use',
    async (profile) => {
      const { sandbox, capabilities, catalogue } = await learnSandbox({ profile }, { profile });
      expect(sandbox.requests.map(({ path }) => path)).not.toContain('/metadata');
      await catalogue.open({ selections: [rehearsal(5)] }).run();
      expect(capabilities.features.evidence('search Ingredient?for')).toBe('seen');
    },
  );
});

describe('an upstream that changes between two operations', () => {
  const document =
    '{ products(first: 20) { nodes { packages { nodes { id } } ingredients { nodes { id } } } } }';

  const ingredients = 'search Ingredient?for';
  const packages = 'search PackagedProductDefinition?package-for';

  async function startOver(sandbox: SandboxOptions): Promise<TestService> {
    const service = await startTestService({ profile: 'auto', isKnown: true, sandbox });
    onTestFinished(() => service.stop());
    return service;
  }

  /** Returns the number of upstream requests whose path contains `part`. */
  function askedFor(service: TestService, part: string): number {
    return sentByOperations(service.sandbox).filter(({ path }) => path.includes(part)).length;
  }

  /** Waits until a probe has refuted a feature that failed in an operation. Until then the feature is only doubted. */
  async function untilRefuted(service: TestService, feature: string): Promise<void> {
    await vi.waitFor(
      async () => {
        const { data } = await service.query('{ service { capabilities { features { name offered } } } }');
        expect(data).toMatchObject({
          service: {
            capabilities: { features: expect.arrayContaining([{ name: feature, offered: false }]) },
          },
        });
      },
      { timeout: 20_000 },
    );
  }

  const refusals: readonly (readonly [what: string, part: string, fault: Fault, feature: string])[] = [
    [
      'a type whose searches get 404',
      '/Ingredient',
      { kind: 'status', status: 404, match: '/Ingredient' },
      ingredients,
    ],
    [
      'a search parameter that gets 400',
      'package-for=',
      { kind: 'status', status: 400, match: 'package-for=' },
      packages,
    ],
    [
      'a search parameter that gets 422',
      'package-for=',
      { kind: 'status', status: 422, match: 'package-for=' },
      packages,
    ],
    [
      'a type whose searches get 501',
      '/Ingredient',
      { kind: 'status', status: 501, match: '/Ingredient' },
      'search Ingredient?_id',
    ],
  ];

  it.each(oneIn(2, refusals))(
    'with %s is read with the profile `everything` from then on',
    async (_what, part, fault, feature) => {
      const service = await startOver({ profile: 'search', guise: { everything: 'present' } });
      const before = await service.query(document);
      expect(before.extensions['upstream']).toMatchObject({ profile: 'search' });
      service.sandbox.setFaults([fault]);
      service.sandbox.clearRequests();
      const meanwhile = await service.query(document);
      expect([meanwhile.errors, meanwhile.data]).toEqual([undefined, before.data]);
      // The failure may also be due to `_elements` or to POST, so the service tries without them.
      expect(askedFor(service, part)).toBeOneOf([1, 2, 3]);
      await untilRefuted(service, feature);
      service.sandbox.clearRequests();
      const after = await service.query(document);
      expect([after.errors, after.data]).toEqual([undefined, before.data]);
      expect(after.extensions['upstream']).toMatchObject({ profile: 'everything' });
      expect(askedFor(service, part)).toBe(0);
    },
  );

  it('and refuses long URLs gets later searches in several shorter requests', async () => {
    const service = await startOver({
      profile: 'search',
      maxPageSize: 1_000,
      guise: { post: 405, url: 900 },
    });
    const many = '{ products(first: 40) { nodes { packages { nodes { id } } } } }';
    const refused = (): number => service.sandbox.requests.filter(({ status }) => status === 414).length;
    const before = await service.query(many);
    await vi.waitFor(async () => {
      service.sandbox.clearRequests();
      const after = await service.query(many);
      expect([after.errors, after.data, refused()]).toEqual([undefined, before.data, 0]);
      const parts = service.sandbox.requests.filter(({ path }) => path.includes('package-for='));
      expect(parts.length).toBeGreaterThan(1);
    }, 20_000);
  });

  it('and refuses one long URL gets that search in two parts, and later searches in one', async () => {
    const many = '{ products(first: 20) { nodes { packages { nodes { id } } } } }';
    const service = await startOver({ profile: 'search', maxPageSize: 1_000, guise: { post: 405 } });
    const before = await service.query(many);
    service.sandbox.setFaults([{ kind: 'status', status: 414, match: 'package-for=', times: 1 }]);
    service.sandbox.clearRequests();
    const meanwhile = await service.query(many);
    const [refused, ...parts] = service.sandbox.requests.filter(({ path }) => path.includes('package-for='));
    expect([meanwhile.errors, meanwhile.data]).toEqual([undefined, before.data]);
    expect([refused?.status, parts.length]).toEqual([414, 2]);
    service.sandbox.clearRequests();
    const after = await service.query(many);
    expect([after.errors, after.data]).toEqual([undefined, before.data]);
    const lengths = service.sandbox.requests.map(({ path }) => path.length);
    expect(Math.max(...lengths)).toBe(refused?.path.length);
  });

  it('and refuses `_revinclude` is read by plain searches from then on', async () => {
    const service = await startOver({ profile: 'include' });
    const before = await service.query(document);
    service.sandbox.setFaults([{ kind: 'status', status: 400, match: '_revinclude' }]);
    const meanwhile = await service.query(document);
    expect([meanwhile.errors, meanwhile.data]).toEqual([undefined, before.data]);
    await untilRefuted(service, 'revinclude PackagedProductDefinition:package-for');
    service.sandbox.clearRequests();
    const after = await service.query(document);
    expect([after.errors, after.data]).toEqual([undefined, before.data]);
    expect(askedFor(service, '_revinclude')).toBe(0);
  });

  it('and no longer has $everything is read by searches', async () => {
    const service = await startOver({
      profile: 'search',
      guise: { everything: 'present', lacks: ['ClinicalUseDefinition?'] },
    });
    const asked = '{ product(id: "600000000001") { packages { nodes { id } } clinicalUses { id } } }';
    const before = await service.query(asked);
    expect(before.extensions['upstream']).toMatchObject({ profile: 'everything' });
    service.sandbox.setFaults([{ kind: 'status', status: 404, match: '$everything' }]);
    const meanwhile = await service.query(asked);
    const { product: found } = before.data as { product: object };
    expect(meanwhile.data).toEqual({ product: { ...found, clinicalUses: null } });
    expect(meanwhile.errors).toMatchObject([
      { path: ['product', 'clinicalUses'], extensions: { code: 'UPSTREAM_UNSUPPORTED' } },
    ]);
  });
});
