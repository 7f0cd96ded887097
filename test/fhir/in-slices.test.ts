/** Parsing a body in slices gives the same result as JSON.parse of the whole body. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInSlices, type Bounds } from '../../src/fhir/in-slices.js';
import { propertyRuns } from '../support/tier.js';

const wide: Bounds = { depth: 64, values: 1_000_000, items: 1_000_000, piece: 1_000_000 };
/** A size of slices that cuts even small bodies at many places. */
const sliceBytes = 16;
const turn = (): Promise<void> => Promise.resolve();

/** Returns the number of slices, without the last. */
async function turnsOf(body: Buffer): Promise<number> {
  let turns = 0;
  await parseInSlices(body, wide, { sliceBytes, turn: () => Promise.resolve((turns += 1)) });
  return turns;
}

function read(body: Buffer | string, bounds: Partial<Bounds> = {}): Promise<unknown> {
  return parseInSlices(Buffer.from(body as string), { ...wide, ...bounds }, { sliceBytes, turn });
}

/** Returns an exact text of a value, with the order of its members and `__proto__`. */
function asWhole(body: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function inSlices(body: Buffer): Promise<string | undefined> {
  try {
    return JSON.stringify(await read(body));
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return undefined;
  }
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('\\', '"', '{', '}', '[', ']', ',', ':', 'x'), maxLength: 60 }),
);
const name = fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', '0', 'entry', 'a"\\'), text);
const long = fc.string({ unit: fc.constantFrom('x', 'é', ',', '"', '\\'), maxLength: 3 * sliceBytes });
const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r\n');

/** The JSON is built as text, because no object can have the same member twice. */
const { json } = fc.letrec<{ json: string }>((tie) => {
  const parts = <Part>(part: fc.Arbitrary<Part>): fc.Arbitrary<Part[]> => fc.array(part, { maxLength: 6 });
  const spaced = fc.tuple(space, tie('json'), space).map((each) => each.join(''));
  const member = fc
    .tuple(space, name, space, spaced)
    .map(([before, key, after, value]) => `${before}${JSON.stringify(key)}${after}:${value}`);
  return {
    json: fc.oneof(
      { depthSize: 'medium', maxDepth: 8 },
      fc.oneof(
        { arbitrary: text.map((each) => JSON.stringify(each)), weight: 2 },
        { arbitrary: long.map((each) => JSON.stringify(each)), weight: 2 },
        fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
        fc.constantFrom('true', 'false', 'null', '-0', '1e5', '{}', '[]', '[ ]'),
      ),
      parts(spaced).map((items) => `[${items.join(',') || ' '}]`),
      parts(member).map((members) => `{${members.join(',') || ' '}}`),
    ),
  };
});

const list = fc
  .tuple(fc.array(json, { minLength: 1, maxLength: 8 }), space)
  .map(([items, around]) => `${around}[${items.join(',')}]${around}`);
const bundle = fc
  .array(json, { minLength: 1, maxLength: 8 })
  .map((all) => `{"resourceType":"Bundle","entry":[{"resource":${all.join('},{"resource":')}}],"total":1}`);
const body = fc.oneof(json, list, bundle).map((each) => Buffer.from(each));

/** Bytes with a meaning in JSON, and bytes that are never valid. */
const odd = fc.constantFrom(...Buffer.from('{}[],:"\\ 0-e\n\0'), 0x80, 0xc3, 0xff);

describe('a JSON body that is parsed in slices', () => {
  it('gives the value of JSON.parse', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (whole) => {
        expect(await inSlices(whole)).toBe(asWhole(whole));
      }),
      { numRuns: propertyRuns(700) },
    );
  });

  it('is invalid exactly if JSON.parse refuses it, after random damage', async () => {
    const change = fc.record({
      at: fc.nat(),
      how: fc.constantFrom('replace', 'insert', 'remove', 'break off', 'repeat'),
      by: odd,
    });
    await fc.assert(
      fc.asyncProperty(body, fc.array(change, { minLength: 1, maxLength: 3 }), async (whole, changes) => {
        const bytes = changes.reduce(changed, whole);
        expect(await inSlices(bytes)).toBe(asWhole(bytes));
      }),
      { numRuns: propertyRuns(1_500) },
    );
  });

  it('is invalid if its structure is invalid, wherever the slices end', async () => {
    const filler = `"${'x'.repeat(sliceBytes)}"`;
    const parts = ['[', ']', '{', '}', ',', '"a":', filler, '1', ' ', ''];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), async (some) => {
        const bytes = Buffer.from(some.join(''));
        expect(await inSlices(bytes)).toBe(asWhole(bytes));
      }),
      { numRuns: propertyRuns(5_000) },
    );
  });

  it.each([
    ['a comma after the last item', (filler: string) => `[${filler},1,]`],
    ['a comma after the last member', (filler: string) => `{"a":${filler},"b":1,}`],
    ['two commas in a row', (filler: string) => `[${filler},1,,2]`],
    ['no comma after a list', (filler: string) => `[[${filler},1] 2]`],
    ['no comma between lists', (filler: string) => `[[${filler},1] [${filler},2]]`],
    ['a list instead of a member name', (filler: string) => `{"a":{"b":${filler},"c":1},[1]:2}`],
    ['an object instead of a member name', (filler: string) => `{"a":1,{"b":${filler},"c":1}}`],
    ['a closing brace for an opening bracket', (filler: string) => `[[${filler},1}]`],
    ['two lists one after the other', (filler: string) => `[${filler},1] [2]`],
    ['a letter before the value', (filler: string) => `x[${filler},1]`],
    ['an empty list before the value', (filler: string) => `[] [${filler},1]`],
    ['a letter after the value', (filler: string) => `[${filler},1]x`],
    ['a comma after the value', (filler: string) => `[${filler},1],`],
    ['no closing bracket', (filler: string) => `[${filler},1`],
    ['two byte order marks', (filler: string) => `\uFEFF\uFEFF[${filler},1]`],
  ])('is invalid with %s', async (_title, write) => {
    const bytes = Buffer.from(write(`"${'x'.repeat(sliceBytes)}"`));
    expect(asWhole(bytes)).toBeUndefined();
    await expect(read(bytes)).rejects.toThrow(SyntaxError);
  });

  it('may begin with a byte order mark', async () => {
    const bytes = Buffer.from(`\uFEFF ["${'x'.repeat(sliceBytes)}",1]`);
    expect(await inSlices(bytes)).toBe(asWhole(bytes));
  });

  it('gives the last of several members with the same name, and a member for the name `__proto__`', async () => {
    const filler = 'x'.repeat(sliceBytes);
    const bytes = Buffer.from(
      `{"a":{"b":"${filler}","c":1},"__proto__":{"d":"${filler}","e":2},"a":{"f":"${filler}","g":3},"h":4}`,
    );
    const found = (await read(bytes)) as object;
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(Object.keys(found)).toEqual(['a', '__proto__', 'h']);
    expect(await inSlices(bytes)).toBe(asWhole(bytes));
  });

  it('gives other tasks a turn after each slice, whatever it contains', async () => {
    const size = 2_000 * sliceBytes;
    const bodies = ['{}', '[]', '0', '{"a":{}}', '"0,0"', `"${'x'.repeat(sliceBytes / 2)}"`].map((item) =>
      Buffer.from(`[${Array(Math.floor(size / (item.length + 1))).fill(item)}]`),
    );
    bodies.push(Buffer.from(JSON.stringify({ text: '0,'.repeat(size / 2) })));
    for (const bytes of bodies) expect(await turnsOf(bytes)).toBe(Math.ceil(bytes.length / sliceBytes) - 1);
  });

  it('gives the value of JSON.parse for published records', async () => {
    const lines = gunzipSync(readFileSync('../shared/data/unicom-ig.ndjson.gz'))
      .toString()
      .trim()
      .split('\n');
    const entries = lines.map((line) => `{"resource":${line}}`);
    const bytes = Buffer.from(`{"resourceType":"Bundle","entry":[${entries.join(',')}]}`);
    expect(await inSlices(bytes)).toBe(asWhole(bytes));
  });
});

interface Change {
  readonly at: number;
  readonly how: string;
  readonly by: number;
}

function changed(bytes: Buffer, { at, how, by }: Change): Buffer {
  const place = at % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  if (how === 'break off') return before;
  if (how === 'remove') return Buffer.concat([before, after.subarray(1)]);
  if (how === 'repeat') return Buffer.concat([before, before.subarray(-3), after]);
  return Buffer.concat([before, Buffer.from([by]), how === 'replace' ? after.subarray(1) : after]);
}

describe('the limits of a JSON body that is parsed in slices', () => {
  it.each<[string, Partial<Bounds>, string, string]>([
    ['depth', { depth: 3 }, '[[[1]]]', '[[[[1]]]]'],
    ['depth', { depth: 3 }, '{"a":[{}]}', '{"a":[{"b":[]}]}'],
    ['values', { values: 4 }, '[1,2,3,4]', '[1,2,3,4,5]'],
    ['values', { values: 4 }, '{"a":{},"b":{}}', '{"a":{},"b":{},"c":0}'],
    ['values', { values: 1 }, '["1,2,{}[],"]', '["1",2]'],
    ['items', { items: 3 }, '[1,2,3]', '[1,2,3,4]'],
    ['items', { items: 3 }, '[[1,2,3],[],[1,2,3]]', '[[],[],[1,2,3,4]]'],
    ['items', { items: 3 }, '{"a":1,"b":2,"c":3}', '{"a":1,"b":2,"c":3,"d":4}'],
  ])('of %s allow $2 and refuse $3', async (bound, bounds, most, more) => {
    expect(await read(most, bounds)).toEqual(JSON.parse(most));
    await expect(read(more, bounds)).rejects.toMatchObject({ name: 'OverBounds', bound });
  });

  it('are checked before the body is read to its end', async () => {
    let turns = 0;
    const body = Buffer.from(`[${'{},'.repeat(1_000)}]`);
    const counted = { sliceBytes: 30, turn: () => Promise.resolve((turns += 1)) };
    await expect(parseInSlices(body, { ...wide, items: 45 }, counted)).rejects.toThrow('items');
    // Each slice has ten entries.
    expect(turns).toBe(4);
  });

  it.each([
    ['a string', (filler: string) => `[1,"${filler}"]`],
    ['a member name', (filler: string) => `[1,{"${filler}":1}]`],
    ['a number', (filler: string) => `[1,${filler.replaceAll('x', '1')}]`],
    ['white space', (filler: string) => `[1,${filler.replaceAll('x', ' ')}1]`],
  ])('apply to the length of %s, which cannot be split into slices', async (_title, write) => {
    const most = write('x'.repeat(10 * sliceBytes));
    expect(await read(most, { piece: 11 * sliceBytes })).toEqual(JSON.parse(most));
    await expect(read(write('x'.repeat(12 * sliceBytes)), { piece: 11 * sliceBytes })).rejects.toThrow(
      'piece',
    );
  });
});
