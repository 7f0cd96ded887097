/** The service probes a few features at the start. Every other feature is probed once, when an operation first needs it. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SandboxOptions, SandboxRequest } from '../../../src/sandbox/server.js';
import { startAtSandbox } from '../../support/learning.js';
import { oneIn } from '../../support/tier.js';
import { startTestService, type TestService } from '../../support/service.js';
import { sentByOperations } from '../../support/sent.js';

const linked = '{ products(first: 5) { nodes { packages { nodes { id } } } } }';

/** Returns the probes among the requests: unlike requests for clients, they have a `Prefer: handling` header. */
function asked({ sandbox }: Pick<TestService, 'sandbox'>): readonly string[] {
  return sandbox.requests.filter(({ prefer }) => prefer !== undefined).map(questionOf);
}

/** Returns the form of a request, such as `/Ingredient?for`, without ids and values. */
function questionOf({ path }: SandboxRequest): string {
  const [resource = '', query = ''] = path.split('?');
  const names = [...new URLSearchParams(query).keys()].filter((name) => name !== '_count');
  return `${resource.replace(/\/\d+/, '/{id}')}${names.length > 0 ? `?${names.join('&')}` : ''}`;
}

async function startOver(sandbox: SandboxOptions): Promise<TestService> {
  const service = await startTestService({ profile: 'auto', sandbox });
  onTestFinished(() => service.stop());
  service.sandbox.clearRequests();
  return service;
}

const all = { profile: 'search', guise: { everything: 'present' } } as const;

/** Upstreams, each with the maximum number of requests at the start. */
const starts: readonly (readonly [what: string, sandbox: SandboxOptions, requests: number])[] = [
  ['that offers search by name and $everything', { profile: 'everything' }, 8],
  ['whose $everything has pages', { profile: 'everything', guise: { everything: 'paged' }, pageSize: 7 }, 11],
  [
    'that offers search by name but no $everything',
    { profile: 'everything', guise: { everything: 'absent' } },
    9,
  ],
  ['that offers search by name but no read by id', { profile: 'everything', guise: { read: 'absent' } }, 9],
  ['that offers searches for linked records', { profile: 'search' }, 9],
  ['that offers searches for linked records and $everything', all, 8],
  [
    'that offers searches for linked records but no CapabilityStatement',
    { profile: 'search', guise: { metadata: 'absent' } },
    10,
  ],
  [
    'that offers searches for linked records, described by OpenAPI',
    { profile: 'search', guise: { metadata: 'swagger' } },
    10,
  ],
  [
    'that offers searches for linked records but no totals',
    { profile: 'search', guise: { total: 'absent' } },
    9,
  ],
  [
    'that ignores unknown parameters but repeats them in its `self` link',
    { profile: 'search', guise: { unknown: 'ignored', self: 'asked' } },
    9,
  ],
  [
    'that reports ignored parameters in an OperationOutcome',
    { profile: 'search', guise: { unknown: 'told' } },
    9,
  ],
  ['that ignores `_id`', { profile: 'search', guise: { ignores: ['_id'] } }, 10],
  [
    'that ignores `name` but repeats it in its `self` link',
    { profile: 'search', guise: { ignores: ['name'], self: 'asked' } },
    11,
  ],
  ['that refuses the search parameter `_id`', { profile: 'search', guise: { lacks: ['_id'] } }, 10],
  ['that offers `_include`', { profile: 'include' }, 9],
  ['that offers `_include` in pages of 7 rows', { profile: 'include', pageSize: 7, maxPageSize: 7 }, 8],
];

describe('the start of the service', () => {
  it.each(oneIn(4, starts))(
    'sends at most 12 probe requests to an upstream %s',
    async (_what, sandbox, requests) => {
      const { sandbox: upstream } = await startAtSandbox(sandbox);
      expect(upstream.requests.map(questionOf)).toHaveLength(requests);
      expect(upstream.requests.length).toBeLessThanOrEqual(12);
    },
  );

  it('probes only products: no linked types, no filters, no sort order and no `_elements`', async () => {
    const { sandbox, capabilities } = await startAtSandbox({ profile: 'search' });
    const types = new Set(sandbox.requests.map(({ path }) => path.split(/[/?]/)[1]));
    expect(types).toEqual(new Set(['metadata', 'MedicinalProductDefinition']));
    expect(capabilities.features.evidence('search Ingredient?for')).toBe('declared');
    expect(capabilities.features.evidence('sort UPDATED')).toBeUndefined();
  });

  it('is repeated an hour later, and other features are probed again when an operation needs them', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());
    const service = await startOver({ profile: 'search' });
    await service.query(linked);
    const [anHourLater] = timers.mock.calls.find(([, ms]) => ms === 3_600_000) ?? [];
    service.sandbox.clearRequests();
    (anHourLater as () => void)();
    // The request for the CapabilityStatement has no `Prefer` header.
    await vi.waitFor(() => expect(asked(service)).toHaveLength(8));
    expect(asked(service)).toContain('/MedicinalProductDefinition?_id');
    service.sandbox.clearRequests();
    const { data } = await service.query(linked);
    expect(data).toHaveProperty('products.nodes.length', 5);
    // After the answer to the client, the service sends one probe a second.
    await vi.waitFor(
      () =>
        expect(new Set(asked(service))).toEqual(
          new Set([
            '/PackagedProductDefinition?package-for',
            '/MedicinalProductDefinition',
            '/MedicinalProductDefinition?_elements',
          ]),
        ),
      { timeout: 10_000 },
    );
  });
});

describe('an upstream feature that an operation needs', () => {
  it('is probed once, before its first use', async () => {
    const service = await startOver({ profile: 'search' });
    const first = await service.query(linked);
    expect(asked(service)).toEqual([
      '/PackagedProductDefinition?package-for',
      // The products of the start, to compare records with and without `_elements`.
      '/MedicinalProductDefinition?_elements',
    ]);
    const sent = service.sandbox.requests.map(({ prefer }) => prefer !== undefined);
    expect(sent.lastIndexOf(true)).toBeLessThan(sent.indexOf(false));
    expect(first.extensions['upstream']).toMatchObject({
      requests: sentByOperations(service.sandbox).length,
    });
    service.sandbox.clearRequests();
    await Promise.all([service.query(linked), service.query(linked)]);
    expect(asked(service)).toEqual([]);
  });

  it('is probed once for five simultaneous operations', async () => {
    const service = await startOver({ profile: 'search' });
    await Promise.all(Array.from({ length: 5 }, () => service.query(linked)));
    expect(asked(service)).toHaveLength(2);
  });

  it.each([
    [
      'ignored, but repeated in the `self` link',
      { ignores: ['PackagedProductDefinition?package-for'], self: 'asked' },
    ],
    [
      'ignored, without a `self` link',
      { ignores: ['PackagedProductDefinition?package-for'], self: 'absent' },
    ],
    ['refused', { refuses: ['PackagedProductDefinition?package-for'] }],
  ] as const)('is never used if the probe shows that it is unsupported (%s)', async (_how, guise) => {
    const plain = await startOver(all);
    const whole = await plain.query(linked);
    const service = await startOver({ ...all, guise: { everything: 'present', ...guise } });
    const answer = await service.query(linked);
    expect([answer.errors, answer.data]).toEqual([undefined, whole.data]);
    expect(answer.extensions['upstream']).toMatchObject({ profile: 'everything', incomplete: [] });
    const used = sentByOperations(service.sandbox).filter(({ path }) => path.includes('package-for'));
    expect(used).toEqual([]);
  });

  it('is replaced by the service’s own test of the records if it is a filter that the upstream ignores', async () => {
    const filtered = '{ products(filter: { status: ["200000005004"] }, first: 5) { nodes { id } } }';
    const whole = await (await startOver(all)).query(filtered);
    const guise = { ignores: ['MedicinalProductDefinition?status'], self: 'asked' } as const;
    const service = await startOver({ profile: 'search', guise });
    const answer = await service.query(filtered);
    expect([answer.errors, answer.data]).toEqual([undefined, whole.data]);
    expect(asked(service)).toContain('/MedicinalProductDefinition?status');
    const used = sentByOperations(service.sandbox).filter(({ path }) => path.includes('status='));
    expect(used).toEqual([]);
  });

  it('is not probed for a type whose parent type the upstream does not support', async () => {
    const service = await startOver({ profile: 'everything' });
    const { extensions } = await service.query(
      '{ products(first: 2) { nodes { packages { nodes { id } } ingredients { nodes { id } } } } }',
    );
    expect(extensions['upstream']).toMatchObject({ profile: 'everything', requests: 3 });
    // The upstream does not support the type of packages, so the service does not probe the type of their ingredients.
    expect(asked(service).filter((question) => !question.startsWith('/MedicinalProductDefinition'))).toEqual([
      '/PackagedProductDefinition',
    ]);
  });

  it('is used without a probe while the probe fails, and the error states UPSTREAM_UNAVAILABLE', async () => {
    const service = await startOver({ profile: 'search' });
    service.sandbox.setFaults([{ kind: 'status', status: 503, match: 'package-for=' }]);
    const { errors } = await service.query(linked);
    expect(errors?.map(({ extensions }) => extensions.code)).toContain('UPSTREAM_UNAVAILABLE');
    service.sandbox.setFaults([]);
    await vi.waitFor(async () => expect((await service.query(linked)).errors).toBeUndefined(), {
      timeout: 60_000,
      interval: 1_000,
    });
  });
});

describe('the records that a search with `_include` returns', () => {
  it('are compared once with those of plain searches, after the first operation that uses them', async () => {
    const service = await startOver({ profile: 'include' });
    const compared = (): readonly SandboxRequest[] =>
      service.sandbox.requests.filter(({ prefer }) => prefer === 'handling=lenient');
    await service.query('{ products(first: 5) { nodes { id name } } }');
    expect(compared()).toEqual([]);
    const { errors, extensions } = await service.query(linked);
    expect([errors, extensions['upstream']]).toMatchObject([undefined, { profile: 'include' }]);
    // A client that requests the list of features waits until all are probed.
    await service.query('{ service { profile } }');
    expect(compared().length).toBeGreaterThan(5);
    service.sandbox.clearRequests();
    const again = await service.query(linked);
    expect(again.extensions['upstream']).toMatchObject({ requests: 1 });
    expect(compared()).toEqual([]);
  });
});

describe('a query for the field `service`', () => {
  const capabilities = '{ service { capabilities { features { name evidence } } } }';

  it('probes every feature of the upstream once if it selects `features`', async () => {
    const service = await startOver({ profile: 'search' });
    const { data } = await service.query(capabilities);
    expect(data).toMatchObject({
      service: {
        capabilities: {
          features: expect.arrayContaining([
            { name: 'search Ingredient?for', evidence: 'PROBED' },
            { name: 'search MedicinalProductDefinition?status', evidence: 'PROBED' },
            { name: 'sort UPDATED', evidence: 'PROBED' },
            { name: 'elements-by-type', evidence: 'PROBED' },
          ]),
        },
      },
    });
    service.sandbox.clearRequests();
    await service.query(capabilities);
    await service.query(linked);
    expect(asked(service)).toEqual([]);
  });

  it('sends no probe if it selects only fields about the service itself', async () => {
    const service = await startOver({ profile: 'search' });
    await service.query('{ service { version limits { first } } }');
    expect(service.sandbox.requests).toEqual([]);
  });
});
