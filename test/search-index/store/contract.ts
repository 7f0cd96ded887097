/** The behaviour of every store of the index, whatever database it uses. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IndexStore } from '../../../src/search-index/store/index-store.js';
import { bytes, noise, productRows, text } from './rows.js';

export interface StoreOptions {
  readonly maxBytes?: number;
  readonly now?: () => number;
}

export interface StoreUnderTest {
  readonly name: string;
  /** Opens an empty store. */
  readonly open: (options?: StoreOptions) => Promise<IndexStore>;
}

export function describeStore({ name, open }: StoreUnderTest): void {
  describe(`the store of the index, ${name}`, () => {
    let store: IndexStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    async function numberOf(id: string): Promise<number> {
      const [row] = await store.byId([id]);
      return row?.number ?? Number.NaN;
    }

    /** Returns `id/record`, in the order of the numbers. */
    async function named(flat: Int32Array, width: 2 | 3 = 2): Promise<readonly string[]> {
      const groups = Array.from({ length: flat.length / width }, (_, index) =>
        flat.subarray(index * width, (index + 1) * width),
      );
      const rows = await store.rows(groups.map(([number = 0]) => number));
      const ids = new Map(rows.map(({ number, id }) => [number, id]));
      return groups.map(([number = 0, ...others]) => [ids.get(number), ...others].join('/'));
    }

    async function shapeNumbers(part: string, shapes: readonly string[]): Promise<readonly number[]> {
      const known = await store.shapes(part, 0);
      return known.filter(({ shape }) => shapes.includes(shape)).map(({ number }) => number);
    }

    describe('stored products', () => {
      it('are none in a new store', async () => {
        expect(await store.all()).toEqual(new Int32Array());
        expect(await store.byId(['600000000001'])).toEqual([]);
        expect(await store.rows([1])).toEqual([]);
        expect(await store.details(['600000000001'])).toEqual(new Map());
        expect(await store.shapes('name', 0)).toEqual([]);
        expect(await store.postings('name', [1])).toEqual(new Int32Array());
        expect(await store.tokens('number', ['1'])).toEqual(new Int32Array());
        expect(await store.generation()).toBe(0);
        const { bytes: used, place, ...status } = await store.status();
        expect(used).toBeGreaterThan(0);
        expect(place).not.toBe('');
        expect(status).toEqual({
          products: 0,
          withDetails: 0,
          gone: 0,
          oldest: undefined,
          newest: undefined,
          access: 'writes',
          because: undefined,
        });
      });

      it('are returned unchanged', async () => {
        await store.write([productRows(), productRows({ id: '2', versionId: undefined, state: 'named' })]);
        const number = await numberOf('600000000001');
        expect(await store.byId(['2', '600000000001', '3', '2'])).toEqual([
          {
            number: number + 1,
            id: '2',
            asOf: 1_000,
            state: 'named',
            versionId: undefined,
            lastUpdated: '2026-01-01',
          },
          {
            number,
            id: '600000000001',
            asOf: 1_000,
            state: 'held',
            versionId: '1',
            lastUpdated: '2026-01-01',
          },
        ]);
        expect((await store.rows([number + 1, 77, number])).map(({ id }) => id)).toEqual([
          '2',
          '600000000001',
        ]);
      });

      it('are returned as bytes: the product, and its linked records if they were stored', async () => {
        const own = noise(20_000, 1);
        await store.write([
          productRows({ id: '1', own, rest: noise(70_000, 2) }),
          productRows({ id: '2', asOf: 2_000, rest: undefined }),
          productRows({ id: '3', own: new Uint8Array(), rest: new Uint8Array() }),
        ]);
        const details = await store.details(['1', '2', '3', '4']);
        expect([...details.keys()].sort()).toEqual(['1', '2', '3']);
        expect(Buffer.compare(details.get('1')?.own ?? bytes(''), own)).toBe(0);
        expect(Buffer.compare(details.get('1')?.rest ?? bytes(''), noise(70_000, 2))).toBe(0);
        expect(details.get('2')).toEqual({ own: bytes('own'), rest: undefined, asOf: 2_000 });
        expect(details.get('3')?.rest).toEqual(new Uint8Array());
        expect((await store.owns(['2', '4'])).get('2')).toMatchObject({ own: bytes('own'), asOf: 2_000 });
      });

      it('have numbers, which are returned by the state of the products, in ascending order', async () => {
        await store.write([
          productRows({ id: '1' }),
          productRows({ id: '2', state: 'gone' }),
          productRows({ id: '3' }),
        ]);
        const first = await numberOf('1');
        expect(await store.all()).toEqual(Int32Array.of(first, first + 1, first + 2));
        expect(await store.all('held')).toEqual(Int32Array.of(first, first + 2));
        expect(await store.all('gone')).toEqual(Int32Array.of(first + 1));
        expect(await store.all('suspected')).toEqual(new Int32Array());
      });

      it('are counted, with and without linked records, and as deleted', async () => {
        await store.write([
          productRows({ id: '1', asOf: 3_000 }),
          productRows({ id: '2', asOf: 1_000, rest: undefined, state: 'gone' }),
          productRows({ id: '3', asOf: 2_000 }),
        ]);
        expect(await store.status()).toMatchObject({
          products: 3,
          withDetails: 2,
          gone: 1,
          oldest: 2_000,
          newest: 3_000,
        });
      });
    });

    describe('writing a product again', () => {
      const first = productRows({
        rows: [
          { part: 'name', record: 0, shape: 'a' },
          { part: 'name', record: 1, shape: 'b' },
        ],
        tokens: [{ kind: 'number', value: '1', record: 0 }],
      });

      it('replaces all its data, under the same number', async () => {
        await store.write([first, productRows({ id: '2', rows: first.rows, tokens: first.tokens })]);
        const number = await numberOf(first.id);
        await store.write([
          productRows({
            asOf: 2_000,
            versionId: '2',
            state: 'named',
            own: bytes('new'),
            rest: undefined,
            rows: [{ part: 'name', record: 0, shape: 'c' }],
            tokens: [{ kind: 'number', value: '2', record: 4 }],
          }),
        ]);
        expect(await store.byId([first.id])).toEqual([
          { number, id: first.id, asOf: 2_000, state: 'named', versionId: '2', lastUpdated: '2026-01-01' },
        ]);
        const held = (await store.details([first.id])).get(first.id);
        expect([text(held?.own), held?.rest]).toEqual(['new', undefined]);
        const shapesOf = (...shapes: string[]) => shapeNumbers('name', shapes);
        expect(await named(await store.postings('name', await shapesOf('a', 'b')))).toEqual(['2/0', '2/1']);
        expect(await named(await store.postings('name', await shapesOf('c')))).toEqual([`${first.id}/0`]);
        expect(await named(await store.tokens('number', ['1', '2']), 3)).toEqual([
          `${first.id}/4/1`,
          '2/0/0',
        ]);
        expect((await store.status()).withDetails).toBe(1);
      });

      it('keeps a newer copy when an older one is written', async () => {
        await store.write([productRows({ asOf: 2_000, own: bytes('newer') })]);
        const before = await store.generation();
        await store.write([
          productRows({ asOf: 1_999, own: bytes('older'), rows: first.rows }),
          productRows({ id: '2' }),
        ]);
        expect(text((await store.details([first.id])).get(first.id)?.own)).toBe('newer');
        expect(await store.postings('name', await shapeNumbers('name', ['a']))).toEqual(new Int32Array());
        expect(await store.generation()).toBe(before + 1);
        await store.write([productRows({ asOf: 1_999 })]);
        expect(await store.generation()).toBe(before + 1);
      });

      it('stores a copy of the same age, and the newest of several copies in one call', async () => {
        await store.write([productRows({ own: bytes('1') })]);
        await store.write([productRows({ own: bytes('2') })]);
        expect(text((await store.details([first.id])).get(first.id)?.own)).toBe('2');
        await store.write([
          productRows({ asOf: 3_000, own: bytes('3') }),
          productRows({ asOf: 2_500, own: bytes('2.5') }),
        ]);
        expect(text((await store.details([first.id])).get(first.id)?.own)).toBe('3');
      });

      it('replaces a copy whose time is in the future', async () => {
        const later = await open({ now: () => 5_000 });
        await later.write([productRows({ asOf: 9_000, own: bytes('of a wrong clock') })]);
        await later.write([productRows({ asOf: 4_000, own: bytes('of a right one') })]);
        expect(text((await later.details([first.id])).get(first.id)?.own)).toBe('of a right one');
        await later.close();
      });

      it('stores nothing if the call fails', async () => {
        await store.write([productRows({ id: '1', own: bytes('before'), rows: first.rows })]);
        const unfit = productRows({ id: '3', own: 7 as unknown as Uint8Array });
        const broken = { ...unfit, own: null as unknown as Uint8Array };
        await expect(
          store.write([productRows({ id: '1', asOf: 2_000 }), productRows({ id: '2' }), broken]),
        ).rejects.toMatchObject({ code: 'INDEX_UNAVAILABLE' });
        expect(await store.byId(['2', '3'])).toEqual([]);
        expect(text((await store.details(['1'])).get('1')?.own)).toBe('before');
        expect((await store.postings('name', await shapeNumbers('name', ['a', 'b']))).length).toBe(4);
        // The next write does not fail because of this one.
        await store.write([productRows({ id: '2' })]);
        expect((await store.byId(['2'])).length).toBe(1);
      });

      it('raises the generation number of the store by one', async () => {
        await store.write([first]);
        await store.write([productRows({ id: '2' }), productRows({ id: '3' })]);
        await store.write([]);
        expect(await store.generation()).toBe(2);
      });

      it('keeps simultaneous writes apart', async () => {
        const writes = Array.from({ length: 20 }, (_, index) =>
          store.write([
            productRows({ id: `${index}`, rows: first.rows }),
            productRows({ id: 'same', asOf: index }),
          ]),
        );
        const reads = Array.from({ length: 20 }, async () => (await store.all()).length);
        await Promise.all(writes);
        for (const count of await Promise.all(reads)) expect(count === 0 || count >= 2).toBe(true);
        expect((await store.all()).length).toBe(21);
        expect(await store.byId(['same'])).toMatchObject([{ asOf: 19 }]);
        expect(await store.generation()).toBe(20);
      });
    });

    describe('stored shapes, each with what one filter argument reads of a record,', () => {
      it('have the same number for equal records', async () => {
        const told = ['a', 'b', 'a'].map((shape, record) => ({ part: 'name', record, shape }));
        await store.write([
          productRows({ id: '1', rows: [...told, { part: 'code', record: 0, shape: 'a' }] }),
          productRows({ id: '2', rows: told }),
        ]);
        const names = await store.shapes('name', 0);
        expect(names.map(({ shape }) => shape).sort()).toEqual(['a', 'b']);
        expect(names.map(({ number }) => number)).toEqual(names.map(({ number }) => number).sort(byNumber));
        const codes = await store.shapes('code', 0);
        expect(codes.map(({ shape }) => shape)).toEqual(['a']);
        const postings = await store.postings('name', await shapeNumbers('name', ['a']));
        expect(await named(postings)).toEqual(['1/0', '1/2', '2/0', '2/2']);
        // The numbers of shapes of one part match nothing in another part.
        expect(await store.postings('name', [codes[0]?.number ?? 0])).toEqual(new Int32Array());
      });

      it('are returned if their number is above a given number', async () => {
        await store.write([productRows({ rows: [{ part: 'name', record: 0, shape: 'a' }] })]);
        const [a] = await store.shapes('name', 0);
        expect(await store.shapes('name', a?.number ?? 0)).toEqual([]);
        await store.write([
          productRows({ id: '2', rows: ['b', 'a'].map((shape) => ({ part: 'name', record: 0, shape })) }),
        ]);
        expect((await store.shapes('name', a?.number ?? 0)).map(({ shape }) => shape)).toEqual(['b']);
      });

      it('are returned once if a record has several of them', async () => {
        const told = ['a', 'b', 'a'].map((shape) => ({ part: 'name', record: 3, shape }));
        await store.write([productRows({ rows: told })]);
        const numbers = await shapeNumbers('name', ['a', 'b']);
        expect(await named(await store.postings('name', numbers))).toEqual(['600000000001/3']);
        expect(await store.postings('name', [])).toEqual(new Int32Array());
      });

      it('are returned for given products, without the texts that the caller already has', async () => {
        const told = ['a', 'b'].map((shape, record) => ({ part: 'name', record, shape }));
        await store.write([
          productRows({ id: '1', rows: [...told, { part: 'code', record: 0, shape: 'c' }] }),
          productRows({ id: '2', rows: told.slice(1) }),
        ]);
        const [one = 0, two = 0] = await store.all();
        const [a = 0, b = 0] = [
          ...(await shapeNumbers('name', ['a'])),
          ...(await shapeNumbers('name', ['b'])),
        ];
        const all = await store.told('name', [one, two]);
        expect([...all.told]).toEqual([one, 0, a, one, 1, b, two, 1, b]);
        expect(all.shapes.map(({ shape }) => shape).sort()).toEqual(['a', 'b']);
        const some = await store.told('name', [two, one], (number) => number === a);
        expect([...some.told]).toEqual([...all.told]);
        expect(some.shapes).toEqual([{ number: b, shape: 'b' }]);
        expect((await store.told('name', [one], () => true)).shapes).toEqual([]);
      });

      it('can be written by the thousand in one call', async () => {
        const told = Array.from({ length: 5_000 }, (_, record) => ({
          part: 'name',
          record,
          shape: `${record}`,
        }));
        await store.write([productRows({ rows: told })]);
        const shapes = await store.shapes('name', 0);
        const postings = await store.postings(
          'name',
          shapes.map(({ number }) => number),
        );
        expect(postings.length).toBe(10_000);
        expect(postings.at(-1)).toBe(4_999);
      });

      it('keep their texts unchanged', async () => {
        const shapes = [
          '',
          ' ',
          "'",
          '"',
          '{"a":["b\\u0000"]}',
          'ΠΑΝΑΔΌΛ',
          'e\u0301',
          'é',
          '😀',
          'A',
          'a',
          '%_',
        ];
        await store.write([
          productRows({ rows: shapes.map((shape, record) => ({ part: 'name', record, shape })) }),
        ]);
        expect((await store.shapes('name', 0)).map(({ shape }) => shape).sort()).toEqual(shapes.toSorted());
      });
    });

    describe('shapes that products use', () => {
      const told = (...shapes: readonly string[]) =>
        shapes.map((shape, record) => ({ part: 'name', record, shape }));

      it('are returned with their numbers of products, and unused shapes are not returned', async () => {
        await store.write([
          productRows({ id: '1', rows: [...told('a', 'a', 'b'), { part: 'other', record: 0, shape: 'a' }] }),
          productRows({ id: '2', rows: told('a') }),
          productRows({ id: '3', rows: told('c') }),
        ]);
        await store.write([productRows({ id: '3', asOf: 2_000, rows: [] })]);
        const [a, b] = [await shapeNumbers('name', ['a']), await shapeNumbers('name', ['b'])].flat();
        expect([...(await store.shapeCounts('name'))]).toEqual([a, 2, b, 1]);
        expect(await store.shapeCounts('none')).toEqual(new Int32Array());
      });

      it('are read by their numbers, even if their texts are long', async () => {
        const long = 'x'.repeat(1_000);
        await store.write([productRows({ id: '1', rows: told('a', long, 'b') })]);
        const numbers = await shapeNumbers('name', [long, 'a']);
        const found = await store.shapesOf([...numbers.toReversed(), 999_999]);
        expect(found.map(({ number }) => number)).toEqual(numbers);
        expect(found.map(({ shape }) => shape).toSorted()).toEqual(['a', long]);
        expect(await store.shapesOf([])).toEqual([]);
      });
    });

    describe('stored search words and numbers', () => {
      it('are found by their exact value, with the value in the result', async () => {
        await store.write([
          productRows({
            id: '1',
            tokens: [
              { kind: 'number', value: 'EU/1', record: 2 },
              { kind: 'number', value: 'EU/12', record: 0 },
              { kind: 'key', value: 'EU/1', record: 5 },
            ],
          }),
          productRows({
            id: '2',
            tokens: [
              { kind: 'number', value: 'EU/1', record: 1 },
              { kind: 'number', value: 'EU/1', record: 1 },
            ],
          }),
        ]);
        expect(await named(await store.tokens('number', ['eu/1', 'EU/12', 'EU/1']), 3)).toEqual([
          '1/0/1',
          '1/2/2',
          '2/1/2',
        ]);
        expect(await store.tokens('number', [])).toEqual(new Int32Array());
        expect(await store.tokens('other', ['EU/1'])).toEqual(new Int32Array());
      });

      it('are listed by kind, each with its number of products', async () => {
        await store.write([
          productRows({
            id: '1',
            tokens: [
              { kind: 'said', value: 'B', record: 1 },
              { kind: 'said', value: 'A', record: 0 },
              { kind: 'other', value: 'C', record: 0 },
            ],
          }),
          productRows({
            id: '2',
            tokens: [
              { kind: 'said', value: 'A', record: 0 },
              { kind: 'said', value: 'A', record: 2 },
            ],
          }),
        ]);
        expect(await store.values('said')).toEqual([
          { value: 'A', record: 0, products: 2 },
          { value: 'A', record: 2, products: 1 },
          { value: 'B', record: 1, products: 1 },
        ]);
      });

      it('are listed by their beginning, each with the first product that has it', async () => {
        const tokens = (...values: readonly string[]) =>
          values.map((value, record) => ({ kind: 'number', value, record }));
        await store.write([
          productRows({ id: '1', tokens: tokens('EU/0', 'EU/1', 'EU/12') }),
          productRows({
            id: '2',
            tokens: [...tokens('EU/12', 'EU/13'), { kind: 'key', value: 'EU/1', record: 0 }],
          }),
          productRows({ id: '3', tokens: tokens('EU/2', 'eu/1', 'EU/1\u{10FFFE}') }),
        ]);
        const [one, two] = [await numberOf('1'), await numberOf('2')];
        expect(await store.valuesFrom('number', 'EU/1', 3)).toEqual([
          { value: 'EU/1', product: one, record: 1, isAlone: true },
          { value: 'EU/12', product: one, record: 2, isAlone: false },
          { value: 'EU/13', product: two, record: 1, isAlone: true },
        ]);
        const values = async (beginning: string, most: number): Promise<readonly string[]> =>
          (await store.valuesFrom('number', beginning, most)).map(({ value }) => value);
        expect(await values('EU/1', 9)).toEqual(['EU/1', 'EU/12', 'EU/13', 'EU/1\u{10FFFE}']);
        expect(await values('EU/1', 1)).toEqual(['EU/1']);
        expect(await values('EU/3', 9)).toEqual([]);
        expect(await values('', 2)).toEqual(['EU/0', 'EU/1']);
      });

      it('are returned twice if they are requested twice', async () => {
        await store.write([productRows({ id: '1', tokens: [{ kind: 'number', value: '1', record: 0 }] })]);
        expect(await named(await store.tokens('number', ['1', '1']), 3)).toEqual(['1/0/0', '1/0/1']);
      });

      it('have U+FFFD instead of invalid Unicode', async () => {
        const values = ['a\u0000b', 'a\uD800b', '😀'];
        await store.write([
          productRows({
            id: 'x\u0000',
            tokens: values.map((value, record) => ({ kind: 'number', value, record })),
          }),
        ]);
        const found = await store.tokens('number', values);
        expect(await named(found, 3)).toEqual(
          ['0/0', '0/1', '1/0', '1/1', '2/2'].map((rest) => `x\uFFFD/${rest}`),
        );
        expect((await store.byId(['x\u0000'])).map(({ id }) => id)).toEqual(['x\uFFFD']);
      });
    });

    describe('notes of the crawl in the store', () => {
      it('are written, replaced and deleted by name, and do not change the generation number', async () => {
        expect(await store.noted('crawl')).toBeUndefined();
        await store.note('crawl', '1');
        await store.note('other', '');
        await store.note('crawl', '2');
        expect([await store.noted('crawl'), await store.noted('other')]).toEqual(['2', '']);
        await store.note('crawl', undefined);
        expect(await store.noted('crawl')).toBeUndefined();
        expect(await store.generation()).toBe(0);
      });
    });

    describe('a store over its size limit', () => {
      it('drops the linked records of the oldest products first, and nothing else', async () => {
        const empty = await open();
        const limit = (await empty.status()).bytes + 500_000;
        await empty.close();
        const small = await open({ maxBytes: limit });
        for (let index = 0; index < 60; index += 1) {
          // The order of times differs from the order of numbers.
          const asOf = (index * 7) % 60;
          await small.write([
            productRows({
              id: `${asOf}`,
              asOf,
              rest: noise(20_000, index),
              rows: [{ part: 'name', record: 0, shape: 'a' }],
              tokens: [{ kind: 'number', value: `${asOf}`, record: 0 }],
            }),
          ]);
          // The last write may also be in the journal.
          expect((await small.status()).bytes).toBeLessThanOrEqual(limit + 100_000);
        }
        const { products, withDetails } = await small.status();
        expect(products).toBe(60);
        expect(withDetails).toBeGreaterThan(15);
        const ids = Array.from({ length: 60 }, (_, index) => `${index}`);
        const details = await small.details(ids);
        expect(details.size).toBe(60);
        expect(ids.filter((id) => details.get(id)?.rest)).toEqual(ids.slice(60 - withDetails));
        expect(await small.all('held')).toHaveLength(60);
        const [shape] = await small.shapes('name', 0);
        expect((await small.postings('name', [shape?.number ?? 0])).length).toBe(120);
        expect((await small.tokens('number', ids)).length).toBe(180);
        await small.close();
      });

      it('keeps all index rows, even if they alone exceed the limit', async () => {
        const small = await open({ maxBytes: 1 });
        await small.write([productRows({ rest: noise(20_000, 1) })]);
        expect(await small.status()).toMatchObject({ products: 1, withDetails: 0 });
        await small.close();
      });
    });

    describe('a purge of the store', () => {
      it('removes all products, and their numbers are not used again', async () => {
        const { bytes: before } = await store.status();
        const told = [{ part: 'name', record: 0, shape: 'a' }];
        const tokens = [{ kind: 'number', value: '1', record: 0 }];
        await store.write([
          productRows({ rest: noise(500_000, 1), rows: told, tokens }),
          productRows({ id: '2' }),
        ]);
        await store.note('crawl', '1');
        const [number, [shape], generation] = [
          await numberOf('2'),
          await store.shapes('name', 0),
          await store.generation(),
        ];
        await store.purge();
        expect(await store.status()).toMatchObject({ products: 0, withDetails: 0, oldest: undefined });
        expect((await store.status()).bytes).toBeLessThanOrEqual(before);
        expect(await store.shapes('name', 0)).toEqual([]);
        expect(await store.tokens('number', ['1'])).toEqual(new Int32Array());
        expect(await store.details(['2', '600000000001'])).toEqual(new Map());
        expect(await store.noted('crawl')).toBeUndefined();
        expect(await store.generation()).toBeGreaterThan(generation);
        await store.write([productRows({ id: '2', rows: told })]);
        expect(await numberOf('2')).toBeGreaterThan(number);
        expect((await store.shapes('name', 0))[0]?.number).toBeGreaterThan(shape?.number ?? Infinity);
      });
    });

    it('a closed store fails every call with INDEX_UNAVAILABLE', async () => {
      await store.close();
      await store.close();
      const closed = { code: 'INDEX_UNAVAILABLE', message: 'The index is closed.' };
      await expect(store.all()).rejects.toMatchObject(closed);
      await expect(store.write([productRows()])).rejects.toMatchObject(closed);
      await expect(store.status()).rejects.toMatchObject(closed);
    });
  });
}

function byNumber(a: number, b: number): number {
  return a - b;
}
