/** The index after a restart: all products are found, and derived rows in an older format are computed again. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { form } from '../../src/catalogue/profiles/held/derive.js';
import { identityOf, openIndex } from '../../src/search-index/open-index.js';
import type { SearchIndex } from '../../src/search-index/search-index.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { testFolder } from '../support/folder.js';
import { startFacade } from '../support/service.js';
import { isQuick } from '../support/tier.js';

const found = `{ products(filter: { atc: ["C09"] }, sort: { by: NAME }, first: 100) {
  totalCount pageInfo { complete } nodes { pmsId ingredients { totalCount } } } }`;

/** Returns a function that starts services in sequence, over one upstream and one index file. */
async function startUpstream() {
  const sandbox = await startSandbox({ profile: 'everything' });
  onTestFinished(() => sandbox.stop());
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const oauth = { tokenUrl: new URL(tokenUrl), clientId, scope };
  const file = join(testFolder().path, 'index.sqlite');
  const start = (crawl: boolean) =>
    startFacade(
      { kind: 'fhir', baseUrl: new URL(baseUrl), oauth },
      { profile: 'everything', clientSecret, cacheTtlMs: 600_000, index: { file, crawl } },
    );
  const open = (): Promise<SearchIndex> =>
    openIndex({ file, identity: identityOf(baseUrl), maxBytes: 2 ** 31 });
  return { sandbox, start, open };
}

it.skipIf(isQuick)(
  'after a restart, a linked record of a product is found by its id in the index',
  async () => {
    const { sandbox, start } = await startUpstream();
    const first = await start(true);
    const { data } = await first.query('{ product(id: "600000000001") { packages { nodes { id } } } }');
    await first.stop();
    const product = data?.['product'] as { packages: { nodes: readonly { id: string }[] } } | undefined;
    const ids = (product?.packages.nodes ?? []).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);

    const second = await start(false);
    onTestFinished(() => second.stop());
    sandbox.clearRequests();
    const found = await second.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(found.data).toEqual({ nodes: ids.map((id) => ({ id })) });
    expect(sandbox.requests).toEqual([]);
  },
);

it.skipIf(isQuick)(
  'after a restart, a search continues after its cursor, even if the product of the cursor was removed',
  async () => {
    const { start, open } = await startUpstream();
    const pages = [
      'products(filter: { domain: ["human"] }, sort: { by: NAME, order: DESC }',
      'searchProducts(text: "tablets"',
      'searchProducts(text: "tablets", sort: { by: HOLDER }',
    ].map(
      (field) =>
        `query ($after: String) { page: ${field}, first: 5, after: $after) { nodes { pmsId } pageInfo { endCursor } } }`,
    );
    interface Page {
      readonly nodes: readonly { readonly pmsId: string }[];
      readonly pageInfo: { readonly endCursor: string };
    }
    const ask = async (
      service: Awaited<ReturnType<typeof start>>,
      page: string,
      after: string | null,
      language: string,
    ) => {
      const { data, errors } = await service.query(page, { after }, { 'accept-language': language });
      expect(errors).toBeUndefined();
      return data?.['page'] as unknown as Page;
    };
    const first = await start(true);
    const before = [];
    for (const page of pages) {
      const one = await ask(first, page, null, 'en');
      before.push({ page, one, two: await ask(first, page, one.pageInfo.endCursor, 'en') });
    }
    await first.stop();

    const index = await open();
    for (const { one } of before) await index.putGone(one.nodes.at(-1)?.pmsId ?? '', new Date());
    await index.close();

    const second = await start(false);
    onTestFinished(() => second.stop());
    const gone = new Set(before.map(({ one }) => one.nodes.at(-1)?.pmsId));
    for (const { page, one, two } of before) {
      const now = await ask(second, page, one.pageInfo.endCursor, 'sv');
      const left = two.nodes.filter(({ pmsId }) => !gone.has(pmsId));
      expect(now.nodes.slice(0, left.length)).toEqual(left);
    }
  },
);

it.skipIf(isQuick)(
  'after a restart, index rows of another format version are computed again from the stored products',
  async () => {
    const { sandbox, start, open } = await startUpstream();

    const first = await start(true);
    const before = await first.query(found);
    await first.stop();
    expect(before.data?.['products']).toMatchObject({ pageInfo: { complete: true } });

    const index = await open();
    expect(await index.noted('form')).toBe(form);
    const held = [...(await index.products(await index.ids())).values()];
    expect(held.length).toBe(80);
    // The file as an older program leaves it: the columns of the current format are empty.
    await index.put(held.map((product) => ({ ...product, derived: { rows: [], tokens: [] } })));
    await index.note('form', 'of an older program');
    await index.close();

    const second = await start(false);
    onTestFinished(() => second.stop());
    sandbox.clearRequests();
    const after = await second.query(found);
    expect(after.data).toEqual(before.data);
    expect(sandbox.requests).toEqual([]);
  },
);
