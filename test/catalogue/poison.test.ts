/**
 * One client's value, or one unusual page, takes no feature away from other clients. The proof `poison` shows this over a
 * long run.
 */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startSandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { startBetween } from '../support/between.js';
import { oddWays, startPoisoner, type Poisoner } from '../support/poisoner.js';
import { startFacade, startTestService, type TestService } from '../support/service.js';
import { sentByOperations } from '../support/sent.js';
import { isQuick } from '../support/tier.js';

interface Poisoned extends Pick<TestService, 'query'> {
  readonly poisoner: Poisoner;
}

async function startPoisoned(sandboxOptions: SandboxOptions): Promise<Poisoned> {
  const sandbox = await startSandbox(sandboxOptions);
  const poisoner = await startPoisoner(sandbox.baseUrl, '600000000003');
  const { tokenUrl, clientId, clientSecret, scope } = sandbox;
  const facade = await startFacade(
    {
      kind: 'fhir',
      baseUrl: new URL(poisoner.baseUrl),
      oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
    },
    { profile: 'auto', clientSecret },
  );
  onTestFinished(async () => {
    await facade.stop();
    await poisoner.stop();
    await sandbox.stop();
  });
  return { query: facade.query, poisoner };
}

const names = '{ products(filter: { name: "velanta" }, first: 5) { nodes { id } } }';
const lookup = '{ lookup(terms: ["Avelanta 5 mg film-coated tablets"]) { kind } }';
const search = 'query ($name: String!) { products(filter: { name: $name }, first: 5) { nodes { id } } }';
const page = (id: string): string =>
  `{ product(id: "${id}") { packages { nodes { id } } ingredients { nodes { id } } authorizations { id } } }`;

describe.each(['everything', 'search'] as const)(
  'a search of one client, over an upstream for the profile `%s`,',
  (profile) => {
    const isLong = profile === 'search';
    it.skipIf(isQuick && isLong)(
      'by a name that a firewall refuses or that matches too much, does not change the results of other clients',
      async () => {
        const { query, poisoner } = await startPoisoned({ profile });
        const known =
          '{ service { capabilities { lookup features { name offered } filters { part support } } } }';
        const asked = [names, lookup, known];
        const before = await Promise.all(asked.map(async (each) => (await query(each)).data));
        for (const name of ['<a', 'a>', 'a_b', 'a%b', 'a;', 'x -- a']) {
          // The search by this name is refused, or the service looks through all products and finds none with the name.
          const { data, errors } = await query(search, { name });
          if (errors) expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNSUPPORTED' } }]);
          else expect(data).toEqual({ products: { nodes: [] } });
          const after = await Promise.all(asked.map(async (each) => (await query(each)).data));
          expect(after, name).toEqual(before);
        }
        expect(poisoner.refused).toBeGreaterThan(3);
      },
    );
  },
);

it.each([413, 414, 431])(
  'a name that a firewall refuses with %i does not change the requests for other clients',
  async (status) => {
    const service = await startBetween({ profile: 'search' }, async ({ asked }) =>
      asked.includes('union') ? { status, body: {} } : undefined,
    );
    const asked = async (id: string): Promise<readonly string[]> => {
      const from = service.questions.length;
      expect((await service.query(page(id))).errors).toBeUndefined();
      const own = service.questions.slice(from).filter(({ isOwn }) => !isOwn);
      return own.map((each) => each.asked.replaceAll(id, 'id').replace(/\?.*/s, ''));
    };
    const before = await asked('600000000001');
    const refused = await service.query(search, { name: 'union select' });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNSUPPORTED' } }]);
    expect(await asked('600000000002')).toEqual(before);
    await vi.waitFor(() => {
      const isMeasured = service.questions.some((each) => each.isOwn && /_count=1&_id=pms-/.test(each.asked));
      expect(isMeasured).toBe(true);
    });
    expect(await asked('600000000005')).toEqual(before);
  },
);

it('one product whose $everything request is refused does not change the results of other clients', async () => {
  const { query } = await startPoisoned({ profile: 'everything' });
  const before = await query(page('600000000001'));
  const refused = await query(page('600000000003'));
  expect(refused.errors).toMatchObject([{ path: ['product'], extensions: { code: 'UPSTREAM_UNSUPPORTED' } }]);
  const after = await query(page('600000000001'));
  expect([after.errors, after.data]).toEqual([undefined, before.data]);
});

it.skipIf(isQuick)('unusual pages of one product do not change the lists of other products', async () => {
  const { query, poisoner } = await startPoisoned({ profile: 'search' });
  const before = await query(page('600000000001'));
  for (const way of oddWays) {
    poisoner.becomeOdd(way);
    const odd = await query(page('600000000002'));
    expect(odd.errors?.length, way).toBeGreaterThan(0);
    poisoner.becomeOdd(undefined);
    const after = await query(page('600000000001'));
    expect([after.errors, after.data], way).toEqual([undefined, before.data]);
  }
  expect(poisoner.oddPages).toBeGreaterThanOrEqual(oddWays.length);
});

describe('an upstream’s report', () => {
  const told = { unknown: 'told', self: 'asked' } as const;

  it.skipIf(isQuick).each(['auto', 'search'] as const)(
    'that it ignored a search parameter fails the field with UPSTREAM_UNSUPPORTED (`PMS_PROFILE=%s`)',
    async (profile) => {
      const service = await startTestService({
        profile,
        sandbox: { profile: 'search', guise: { ...told, lacks: ['package-for', '_elements', '_sort'] } },
      });
      onTestFinished(() => service.stop());
      const answer = await service.query(page('600000000001'));
      expect(answer.data).toMatchObject({ product: { packages: null } });
      expect(answer.errors).toMatchObject([
        { path: ['product', 'packages'], extensions: { code: 'UPSTREAM_UNSUPPORTED' } },
        {},
      ]);
    },
  );

  it('of totals on request only leads to `totalCount` after the first operation that selects it', async () => {
    const service = await startTestService({ profile: 'everything', sandbox: { guise: { total: 'asked' } } });
    onTestFinished(() => service.stop());
    const counted = '{ products(first: 2) { totalCount nodes { id } } }';
    const first = await service.query(counted);
    expect(first.data).toMatchObject({ products: { totalCount: null } });
    await vi.waitFor(
      async () => {
        const { data } = await service.query(counted);
        expect(data).toEqual({ products: expect.objectContaining({ totalCount: expect.any(Number) }) });
      },
      { timeout: 20_000 },
    );
    // The total costs no additional request.
    service.sandbox.clearRequests();
    await service.query(counted);
    expect(sentByOperations(service.sandbox).length).toBe(1);
  });
});
