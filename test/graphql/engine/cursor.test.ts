/** Cursors: encrypted, and valid only in the list that returned them. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPmsError } from '../../../src/errors.js';
import { createCursors, longestCursor, type Cursors } from '../../../src/graphql/engine/cursor.js';
import { startFacade, type GraphqlAnswer } from '../../support/service.js';
import { json, searchset, startUpstream, type Upstream } from '../../support/upstream.js';

const cursors = createCursors('secret');

function codeOf(open: () => unknown): string {
  try {
    open();
  } catch (error) {
    if (isPmsError(error)) return error.code;
    throw error;
  }
  return 'taken';
}

const random = (length: number): string => randomBytes(length).toString('base64url').slice(0, length);
const repetitive = (length: number): string => '&_elements=name,identifier'.repeat(length).slice(0, length);

describe('a cursor', () => {
  it('is the same text on every replica with the same secret, and each of them accepts it for its own list', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (scope, place) => {
        const written: unknown = JSON.parse(JSON.stringify(place));
        const cursor = cursors.seal(scope, place);
        const replica = createCursors('secret');
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(replica.open(scope, cursor)).toEqual(written);
        expect(replica.seal(scope, place)).toBe(cursor);
      }),
    );
  });

  it('is encrypted: its text does not contain its content', () => {
    const place = { link: '/MedicinalProductDefinition?name=amlodipine&page=2', last: 'Package/8485040' };
    const seen = Buffer.from(cursors.seal('products', place), 'base64url').toString('latin1');
    for (const part of ['MedicinalProduct', 'amlodipine', 'page', '8485040', 'link', '{'])
      expect(seen).not.toContain(part);
  });

  it.each<[string, (given: string, holder: Cursors) => unknown]>([
    ['of another list of products', (given) => cursors.open('Query.products {"name":"b"}', given)],
    ['sealed with another secret', (given) => createCursors('other').open('list', given)],
    [
      'of a process without a secret in its settings, sent to another such process,',
      () => createCursors().open('list', createCursors().seal('list', 1)),
    ],
    ['with its end cut off', (given) => cursors.open('list', given.slice(0, -4))],
    ['with its beginning cut off', (given) => cursors.open('list', given.slice(4))],
    ['with one more character at its end', (given) => cursors.open('list', `${given}=`)],
    ['that is empty', () => cursors.open('list', '')],
    ['that is too long', () => cursors.open('list', 'A'.repeat(longestCursor + 1))],
    [
      'that contains its content in plain JSON',
      () => cursors.open('list', Buffer.from(`${random(16)}{"last":"1"}`).toString('base64url')),
    ],
  ])('%s is refused', (_which, open) => {
    const given = cursors.seal('list', { last: 'Package/1' });
    expect(cursors.open('list', given)).toEqual({ last: 'Package/1' });
    expect(codeOf(() => open(given, cursors))).toBe('BAD_CURSOR');
  });

  it('is refused if any one of its characters is changed', () => {
    const given = cursors.seal('list', { last: 'Package/1' });
    const flipped = [...given].flatMap((_character, at) =>
      [...'AB_+ '].map((other) => given.slice(0, at) + other + given.slice(at + 1)),
    );
    const taken = flipped.filter((each) => codeOf(() => cursors.open('list', each)) !== 'BAD_CURSOR');
    expect(new Set(taken)).toEqual(new Set([given]));
  });

  it('is never longer than the limit for cursors, however long the upstream’s `next` link is', () => {
    for (const written of [random, repetitive])
      for (const length of [10, 100, 1_000, 2_900, 4_400, 5_800, 5_900, 5_950, 6_000, 8_000, 20_000]) {
        const [long, short] = [{ link: written(length) }, { link: '' }];
        const cursor = cursors.seal('list', long, short);
        expect(cursor.length).toBeLessThanOrEqual(longestCursor);
        const place = cursors.open('list', cursor);
        if (written === repetitive || length <= 5_900) expect(place).toEqual(long);
        else if (length >= 8_000) expect(place).toEqual(short);
      }
    expect(() => cursors.seal('list', random(20_000))).toThrow(TypeError);
  });
});

const ids = Array.from({ length: 7 }, (_, index) => `60000000000${index + 1}`);
const page = 2;

/** Starts an upstream with products in pages of two, whose next links have the given ending. */
function startPages(ending: (page: number) => string): Promise<Upstream> {
  const pages = new Map<string, number>();
  return startUpstream(({ url }, response) => {
    const { pathname } = new URL(url, 'http://upstream');
    if (pathname !== '/MedicinalProductDefinition') return json(response, {}, 404);
    const from = pages.get(url) ?? 0;
    const next = `/MedicinalProductDefinition?page=${from + page}${ending(from + page)}`;
    pages.set(next, from + page);
    const rows = ids.slice(from, from + page).map((id) => ({
      resourceType: 'MedicinalProductDefinition',
      id,
      name: [{ productName: `Name ${id}` }],
    }));
    json(response, searchset(rows, from + page < ids.length ? next : undefined));
  });
}

interface Shown {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly pmsId: string } }[];
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
}

interface BelowProduct {
  readonly product: {
    readonly packages: Pick<Shown, 'pageInfo'> & { readonly nodes: readonly { readonly id: string }[] };
  };
}

const shownIn = ({ data }: GraphqlAnswer): Shown => data?.['products'] as unknown as Shown;
const question =
  'query ($after: String) { products(first: 2, after: $after) { edges { cursor node { pmsId } } pageInfo { endCursor hasNextPage } } }';

describe('reading a whole list, page by page', () => {
  const endings = [10, 2_900, 6_000, 20_000].flatMap((length) => [
    [`${length} random characters`, random(length)] as const,
    [`${length} repeated characters`, repetitive(length)] as const,
  ]);

  it.each(endings)(
    'loses and repeats no row if the upstream’s `next` links have %s',
    async (_what, ending) => {
      const upstream = await startPages((from) => `&token=${from}${ending}`);
      const facade = await startFacade({ kind: 'fhir', baseUrl: new URL(upstream.origin) });
      const found: string[] = [];
      let after: string | null = null;
      do {
        const answer = await facade.query(question, { after });
        expect(answer.errors).toBeUndefined();
        const { edges, pageInfo } = shownIn(answer);
        for (const { cursor, node } of edges) {
          expect(cursor.length).toBeLessThanOrEqual(longestCursor);
          found.push(node.pmsId);
        }
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      await facade.stop();
      expect(found).toEqual(ids);
    },
  );

  it('continues after any row, and on another replica only if both have the same secret', async () => {
    const upstream = await startPages((from) => `&token=${from}${random(50)}`);
    const start = (cursorKey: string) =>
      startFacade({ kind: 'fhir', baseUrl: new URL(upstream.origin) }, { cursorKey });
    const [one, same, other] = await Promise.all(['a', 'a', 'b'].map(start));
    if (!one || !same || !other) throw new Error('three were started');
    const { edges } = shownIn(await one.query(question));
    for (const [index, { cursor }] of edges.entries()) {
      const next = shownIn(await same.query(question, { after: cursor }));
      expect(next.edges[0]?.node.pmsId).toBe(ids[index + 1]);
      const before = upstream.asked.length;
      const refused = await other.query(question, { after: cursor });
      expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_CURSOR']);
      expect(upstream.asked).toHaveLength(before);
    }
    await Promise.all([one, same, other].map((facade) => facade.stop()));
  });

  it('continues in the list of packages of a product even if the package ids are longer than a cursor', async () => {
    const packages = ['a', 'b', 'c'].map((end) => ({
      resourceType: 'PackagedProductDefinition',
      id: `_${random(9_000)}${end}`,
      packageFor: [{ reference: 'MedicinalProductDefinition/1' }],
    }));
    const upstream = await startUpstream(({ url }, response) => {
      if (!url.startsWith('/MedicinalProductDefinition/1/$everything')) return json(response, {}, 404);
      json(response, searchset([{ resourceType: 'MedicinalProductDefinition', id: '1' }, ...packages]));
    });
    const facade = await startFacade({ kind: 'fhir', baseUrl: new URL(upstream.origin) });
    const found: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await facade.query(
        'query ($after: String) { product(id: "1") { packages(first: 1, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } } }',
        { after },
      );
      const { nodes, pageInfo } = (data as unknown as BelowProduct).product.packages;
      found.push(...nodes.map(({ id }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    await facade.stop();
    expect(found.map((id) => id.slice(-1)).sort()).toEqual(['a', 'b', 'c']);
  });
});
