/** Two searches in one operation over an upstream that ignores their filter: each list has its own rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guise } from '../../src/sandbox/server.js';
import { startTestService, type TestService } from '../support/service.js';
import { randomWorld } from '../support/random-world.js';

const ignoresNames: Guise = { metadata: 'swagger', ignores: ['name'] };
const query = `{
  one: products(filter: { name: "ö" }, first: 20) { nodes { pmsId } pageInfo { complete } }
  other: products(filter: { name: "a" }, first: 20) { nodes { pmsId } pageInfo { complete } }
  beginning: products(filter: { nameStartsWith: "Alpha 3" }, first: 20) { nodes { pmsId } pageInfo { complete } }
}`;

describe.each(['auto', 'include', 'search'] as const)(
  'three product searches in one operation, over an upstream that ignores `name`, with the profile `%s`,',
  (profile) => {
    let truth: TestService;
    let service: TestService;
    beforeAll(async () => {
      const resources = randomWorld(6);
      truth = await startTestService({ profile: 'search', budget: 100_000, sandbox: { resources } });
      service = await startTestService({ profile, sandbox: { guise: ignoresNames, resources } });
    });
    afterAll(() => Promise.all([truth.stop(), service.stop()]));

    it('each return their own rows, in the first and in the second run', async () => {
      const expected = (await truth.query(query)).data as Readonly<
        Record<string, { nodes: readonly unknown[] }>
      >;
      const lengths = Object.values(expected).map(({ nodes }) => nodes.length);
      expect(new Set(lengths).size).toBe(3);
      for (let turn = 0; turn < 2; turn += 1) {
        const { data, errors } = await service.query(query);
        expect(errors).toBeUndefined();
        expect(data).toEqual(expected);
      }
    });
  },
);
