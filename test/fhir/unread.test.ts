import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onlyRead, withoutUnread } from '../../src/fhir/unread.js';
import { propertyRuns } from '../support/tier.js';

type Json = Readonly<Record<string, unknown>>;

const names = ['name', '_name', 'text', 'for', 'extension', 'id', 'meta', 'a"b\\', 'contained', 'größe'];
const read = ['name', 'for'];
const kept = new Set(['resourceType', 'id', 'meta', 'name', '_name', 'for', '_for']);

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('\\', '"', '{', '}', '[', ',', 'x'), maxLength: 120 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 3 }),
  ),
}));

const resource: fc.Arbitrary<Json> = fc
  .tuple(
    fc.constantFrom('Ingredient', 'Organization', undefined),
    fc.uniqueArray(fc.tuple(fc.constantFrom(...names), value), { selector: ([name]) => name, maxLength: 8 }),
    fc.nat(8),
  )
  .map(([type, members, at]) => {
    if (type !== undefined) members.splice(Math.min(at, members.length), 0, ['resourceType', type]);
    return Object.fromEntries(members);
  });

const bundle: fc.Arbitrary<Json> = fc.record({
  resourceType: fc.constant('Bundle'),
  total: fc.nat(),
  entry: fc.array(fc.record({ fullUrl: text, resource, search: fc.record({ mode: fc.constant('match') }) }), {
    maxLength: 4,
  }),
  link: fc.array(value, { maxLength: 2 }),
});

const reads = (type: string): readonly string[] | undefined => (type === 'Ingredient' ? read : undefined);

/** What is to come of it, worked out on what was parsed. */
function narrowed({ entry, ...rest }: Json): Json {
  return {
    ...rest,
    entry: (entry as readonly Json[]).map((each) => ({
      ...each,
      resource: narrowedResource(each['resource'] as Json),
    })),
  };
}

function narrowedResource(whole: Json): Json {
  if (whole['resourceType'] !== 'Ingredient') return whole;
  return Object.fromEntries(Object.entries(whole).filter(([name]) => kept.has(name)));
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

function bundleWith(member: string): Buffer {
  return Buffer.from(`{"entry":[{"resource":{"resourceType":"Ingredient",${member}}}]}`);
}

describe('a bundle without what nobody reads', () => {
  it('has all else as it was, however it is written', () => {
    fc.assert(
      fc.property(bundle, fc.constantFrom(0, 2), (whole, indent) => {
        const body = Buffer.from(JSON.stringify(whole, null, indent));
        const found = withoutUnread(body, reads, 64);
        // A name with an escape in it is the parser's business.
        if (found === undefined) return body.includes('\\"b');
        expect(JSON.parse(found.toString())).toEqual(narrowed(JSON.parse(body.toString()) as Json));
        return true;
      }),
      { numRuns: propertyRuns(1_000) },
    );
  });

  it('is none of a body that breaks off, whatever is left out', () => {
    const body = Buffer.from(
      '{"entry":[{"resource":{"resourceType":"Ingredient","text":{"div":"<p>\\"…"},"id":"1"}}]}',
    );
    for (let end = 0; end < body.length; end += 1)
      expect(withoutUnread(body.subarray(0, end), reads, 64)).toBeUndefined();
    expect(withoutUnread(body, reads, 64)?.toString()).toBe(
      '{"entry":[{"resource":{"resourceType":"Ingredient","id":"1"}}]}',
    );
  });

  it('is none of brackets that do not belong together, or lie too deep, where nobody reads', () => {
    expect(withoutUnread(bundleWith('"text":[{]}'), reads, 64)).toBeUndefined();
    expect(withoutUnread(bundleWith(`"text":${nested(60)}`), reads, 64)).toBeDefined();
    expect(withoutUnread(bundleWith(`"text":${nested(61)}`), reads, 64)).toBeUndefined();
    expect(withoutUnread(Buffer.from(`{"link":${nested(64)}}`), reads, 64)).toBeUndefined();
  });

  it('is not looked for where the first records have little to leave out', () => {
    const bundleOf = (text: string): Buffer => {
      const resource = { resourceType: 'Ingredient', name: 'a name that is read', text };
      return Buffer.from(JSON.stringify({ entry: Array.from({ length: 20 }, () => ({ resource })) }));
    };
    expect(withoutUnread(bundleOf('short'), reads, 64)).toBeUndefined();
    expect(withoutUnread(bundleOf('long'.repeat(50)), reads, 64)?.length).toBeLessThan(2_000);
  });

  it('is what it was where it is no bundle as expected', () => {
    for (const body of ['[]', '"text"', '', '{"entry":{"resource":1}}', '{"entry":[1]}'])
      expect(withoutUnread(Buffer.from(body), reads, 64)?.toString() ?? body).toBe(body);
  });
});

it('a record that was parsed has nothing else left either', () => {
  fc.assert(
    fc.property(resource, (whole) => {
      expect(onlyRead(whole as { resourceType: string }, reads)).toEqual(narrowedResource(whole));
    }),
    { numRuns: propertyRuns(500) },
  );
});
