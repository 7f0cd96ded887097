/** No step takes quadratic time: V8 counts how often each block of the code runs, for growing numbers of products. */
import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from './support/service.js';

/** The number of runs of each block, by file, function and place. */
type Counts = ReadonlyMap<string, number>;

const session = new Session();
beforeAll(async () => {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
});
afterAll(() => session.disconnect());

async function countsOf(act: () => Promise<unknown>): Promise<Counts> {
  await session.post('Profiler.takePreciseCoverage');
  await act();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const counts = new Map<string, number>();
  for (const { url, functions } of result) {
    const path = url.startsWith('file:') ? fileURLToPath(url) : url;
    const file = relative('.', path);
    if (!file.startsWith('src/')) continue;
    for (const { functionName, ranges } of functions) {
      for (const { startOffset, count } of ranges) {
        const place = `${file} ${functionName} at ${startOffset}`;
        counts.set(place, Math.max(counts.get(place) ?? 0, count));
      }
    }
  }
  return counts;
}

const text = `query ($first: Int!) {
  products(filter: { name: "a" }, first: $first) {
    nodes {
      pmsId name holder { name }
      packages(first: 100) { nodes { id manufacturedItems { id ingredients(first: 100) { nodes { id substance { name } } } } } }
      ingredients(first: 100) { nodes { strengthText } }
      authorizations { number }
    }
  }
}`;

describe.each(['everything', 'search', 'include'] as const)(
  'an operation with the profile `%s`',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({
        profile,
        isKnown: true,
        budget: 10_000,
        sandbox: { products: 400, seed: 5, maxPageSize: 500 },
      });
    });
    afterAll(() => service.stop());

    it('runs each block of code at most in proportion to the number of products', async () => {
      const ask = async (first: number): Promise<void> => {
        const { data, errors } = await service.query(text, { first });
        expect(errors).toBeUndefined();
        expect((data as { products: { nodes: object[] } }).products.nodes).toHaveLength(first);
      };
      await ask(100);
      const [few, some, many] = [
        await countsOf(() => ask(25)),
        await countsOf(() => ask(50)),
        await countsOf(() => ask(100)),
      ];
      const steep = [...many]
        .filter(([place]) => !place.startsWith('src/sandbox/'))
        .map(([place, count]) => [place, few.get(place) ?? 0, some.get(place) ?? 0, count] as const)
        // V8 omits the count of a block that ran as often as its surrounding block.
        .filter(([, a, b, c]) => a > 0 && b > 0 && c > 1_000 && c - b > 2.8 * Math.max(0, b - a))
        // Larger bodies are parsed by other code than small ones, so a count whose growth declines is accepted.
        .filter(([, , b, c]) => c - b > c / 10);
      expect(steep).toEqual([]);
    });
  },
);
