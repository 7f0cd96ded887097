/**
 * The maximum length of searches: a search that is refused in one operation changes nothing for others, until a probe of the
 * same length is refused too.
 */
import { describe, expect, it } from 'vitest';
import { createFhirClient, createRefusals, mustSplit, type FhirClient } from '../../src/fhir/client.js';
import type { SearchParameters } from '../../src/fhir/search.js';
import { createSearchLimits } from '../../src/fhir/search-limits.js';
import type { HttpAnswer } from '../../src/fhir/http.js';

const type = 'MedicinalProductDefinition';
const ids = (count: number): SearchParameters => [
  { name: '_id', values: Array.from({ length: count }, (_, at) => `id-${1_000 + at}`) },
];

interface Upstream {
  readonly client: FhirClient;
  /** The lengths of the sent URLs and forms. */
  readonly sent: number[];
  readonly doubts: number;
}

/** @param isRefused decides by the length and the text of a search */
function upstream(
  isRefused: (length: number, text: string) => boolean,
  status: 413 | 414 | 431 = 414,
): Upstream {
  const sent: number[] = [];
  let doubts = 0;
  const client = createFhirClient({
    baseUrl: 'https://pms.example/fhir',
    onTooLong: () => (doubts += 1),
    async send({ url, body }) {
      const text = body ?? url.href;
      sent.push(text.length);
      const refused = isRefused(text.length, text);
      return {
        status: refused ? status : 200,
        headers: { 'content-type': 'application/fhir+json' },
        body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [] })),
      } as unknown as HttpAnswer;
    },
  });
  return {
    client,
    sent,
    get doubts() {
      return doubts;
    },
  };
}

async function isSplit(
  client: FhirClient,
  parameters: SearchParameters,
  refusals = createRefusals(),
): Promise<boolean> {
  try {
    await client.search(type, parameters, { refusals });
    return false;
  } catch (error) {
    return mustSplit(error);
  }
}

describe.each([413, 414, 431] as const)('a long search that the upstream refuses with %i', (status) => {
  it('for one of its values is split into shorter searches within its own operation only', async () => {
    const at = upstream((_length, text) => text.includes('id-1099'), status);
    const own = createRefusals();
    const [many, less] = [ids(100), ids(90)];
    expect(await isSplit(at.client, many, own)).toBe(true);
    expect([at.client.fits(type, many, own), at.client.fits(type, many, createRefusals())]).toEqual([
      true,
      true,
    ]);
    // Other operations still send the search by POST.
    await isSplit(at.client, less, own);
    await isSplit(at.client, less);
    expect([at.sent.length, at.doubts, at.client.longestUrl]).toEqual([3, 1, 2_000]);
    expect(at.sent[1]).toBeLessThan(at.sent[2] ?? 0);
    await at.client.measure();
    // One probe with the same length as the refused search.
    expect([at.sent.length, at.sent[3], at.client.longestUrl]).toEqual([4, at.sent[0], 2_000]);
    await at.client.measure();
    expect(at.sent.length).toBe(4);
  });

  it('for its length is split in all operations, once a probe has measured the limit', async () => {
    const at = upstream((length, text) => text.startsWith('http') && length > 700, status);
    expect(await isSplit(at.client, ids(180))).toBe(true);
    expect(at.client.longestUrl).toBe(2_000);
    await at.client.measure();
    expect(at.client.longestUrl).toBeLessThanOrEqual(700);
    expect(at.client.longestUrl).toBeGreaterThan(490);
    expect(await isSplit(at.client, ids(180))).toBe(false);
  });

  it('for one of its values, as a POST, is not split in other operations', async () => {
    const at = upstream(
      (length, text) => text.startsWith('_id=') && (length > 30_000 || text.includes('id-9')),
      status,
    );
    const own = createRefusals();
    expect(await isSplit(at.client, ids(8_001), own)).toBe(true);
    expect([
      at.client.fits(type, ids(8_001), own),
      at.client.fits(type, ids(8_001), createRefusals()),
    ]).toEqual([false, true]);
    await at.client.measure();
    expect(at.client.fits(type, ids(8_001), createRefusals())).toBe(true);
  });
});

it('a long search that is split in all operations is tried again in one piece after an hour', () => {
  let now = 0;
  const base = { resolve: () => new URL('https://pms.example/fhir/Ingredient') };
  const limits = createSearchLimits(base, { now: () => now });
  const answer = { status: 414 } as HttpAnswer;
  limits.refused('url', 1_500, answer);
  limits.refused('url', 1_800, answer, createRefusals());
  expect([limits.longestUrl, limits.doubted('url'), limits.doubted('form')]).toEqual([
    2_000,
    1_800,
    undefined,
  ]);
  expect(limits.fits('Ingredient', 'x'.repeat(1_200))).toBe(true);
  expect(limits.isForPost('Ingredient', 'x'.repeat(1_200))).toBe(true);
  expect(limits.isForPost('Ingredient', 'x'.repeat(1_200), createRefusals())).toBe(false);
  expect(limits.settle('url', 1_800, true)).toBe(1_260);
  expect([limits.longestUrl, limits.doubted('url')]).toEqual([1_260, undefined]);
  // Longer searches are no longer sent.
  limits.refused('url', 1_500, answer);
  expect(limits.doubted('url')).toBeUndefined();
  now = 3_600_000;
  expect(limits.longestUrl).toBe(2_000);
  expect(limits.isForPost('Ingredient', 'x'.repeat(1_200))).toBe(false);
});
