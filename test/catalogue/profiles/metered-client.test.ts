/** The upstream client of one operation: its counts, and its handling of cached pages from different times. */
import { expect, test } from 'vitest';
import { createLedger } from '../../../src/catalogue/profiles/ledger.js';
import { meterClient } from '../../../src/catalogue/profiles/metered-client.js';
import type { Page } from '../../../src/fhir/bundle.js';
import type { Call, FhirClient } from '../../../src/fhir/client.js';

const minute = 60_000;

/** A client whose pages have the given ages in milliseconds; with `isSent` the pages are read from the upstream. */
function start(ages: { first: number; second: number; isSent?: boolean }) {
  const modes: Call['cache'][] = [];
  const page = (age: number, next?: string): Page => ({
    url: '/v1/x',
    resources: [],
    included: [],
    entries: 0,
    unidentified: [],
    hasLostWay: false,
    isReportedIncomplete: false,
    ignored: new Set(),
    total: undefined,
    self: undefined,
    next,
    isNarrow: false,
    fetchedAt: new Date(Date.now() - age),
    stale: false,
    bytes: 7,
  });
  const answering = (age: () => number, next?: string) => async (call: Call | undefined) => {
    modes.push(call?.cache);
    if (ages.isSent) call?.take?.();
    return page(age(), next);
  };
  const first = answering(() => ages.first, '/v1/x?page=2');
  const second = answering(() => ages.second);
  const client = {
    search: (_type: string, _parameters: unknown, call?: Call) => first(call),
    page: (_link: string, call?: Call) => second(call),
  } as unknown as FhirClient;
  const ledger = createLedger(10, 10);
  return { metered: meterClient(client, ledger, {}), ledger, modes };
}

test('the client of an operation counts cached responses as cache hits, with the highest age and no bytes', async () => {
  const { metered, ledger } = start({ first: 5_000, second: 9_000 });
  await metered.search('Ingredient', []);
  await metered.page('/v1/x?page=2');
  expect([ledger.spent, ledger.cacheHits, ledger.bytes]).toEqual([0, 2, 0]);
  expect(ledger.age).toBeGreaterThanOrEqual(9_000);
  expect(metered.calls.map(({ sends }) => sends)).toEqual([0, 0]);
});

test('the client of an operation counts a sent request, and no cache hit for it', async () => {
  const { metered, ledger } = start({ first: 0, second: 0, isSent: true });
  await metered.search('Ingredient', []);
  expect([ledger.spent, ledger.cacheHits, ledger.bytes, ledger.age]).toEqual([1, 0, 7, undefined]);
});

test.each([
  ['older', { first: 0, second: 2 * minute }],
  ['newer', { first: 2 * minute, second: 0 }],
])(
  'a cached page that is %s than the page before it is refused, and the list is read again from the upstream',
  async (_, ages) => {
    const { metered, modes } = start(ages);
    await metered.search('Ingredient', []);
    await expect(metered.page('/v1/x?page=2')).rejects.toMatchObject({ status: 410 });
    await metered.search('Ingredient', []);
    // While the upstream is down, only the cached pages are available.
    await metered.page('/v1/x?page=2');
    expect(modes).toEqual([undefined, undefined, 'no-cache', 'no-cache']);
  },
);

test.each([
  ['of the same age', { first: 10 * minute, second: 10 * minute }],
  ['cached half a minute apart', { first: 10 * minute, second: 10 * minute - 30_000 }],
])('cached pages %s are accepted as pages of one list', async (_, ages) => {
  const { metered, modes } = start(ages);
  await metered.search('Ingredient', []);
  await metered.page('/v1/x?page=2');
  expect(modes).toEqual([undefined, undefined]);
});
