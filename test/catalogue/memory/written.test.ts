/** Serialized records of the memory: they are unchanged when they are read back, whatever their member names. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSharedMemory } from '../../../src/catalogue/memory/shared-memory.js';
import { fromText, toText } from '../../../src/catalogue/memory/written.js';
import { createMemoryStore } from '../../../src/store/memory-store.js';
import { propertyRuns } from '../../support/tier.js';

const again = (value: object): object | undefined => fromText(toText(value));

describe('a cached value that is serialized for other replicas', () => {
  it('is unchanged when it is read back, with nested sets, maps and dates', () => {
    const value = {
      open: new Set(['name', 'part']),
      codes: new Map([['paracetamol', ['100']]]),
      staleSince: new Date(1_000),
      states: [new Set([new Map([['a', new Date(0)]])])],
    };
    expect(again(value)).toEqual(value);
  });

  it.each(['~set', '~map', '~date', '~', '~~set', '~~~', '__proto__', 'toJSON', '~toString'])(
    'is unchanged when it is read back, with a member named %s',
    (name) => {
      for (const text of ['["a"]', '[["a", 1]]', '5', '{"~set": []}', 'null']) {
        const value = JSON.parse(`{ "resource": { "${name}": ${text}, "id": "1" }, "url": "" }`) as object;
        expect(again(value)).toEqual(value);
        expect(again({ all: new Set([value]), value })).toEqual({ all: new Set([value]), value });
      }
    },
  );

  it('is unchanged when it is read back, whatever its structure', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('~set', '~map', '~date', '~~', '~~set', '~a'));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 'x', '~set', 5),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.array(tie('tree'), { maxLength: 3 }).map((all) => new Set(all)),
        fc.array(fc.tuple(names, tie('tree')), { maxLength: 3 }).map((all) => new Map(all)),
        fc.date({ noInvalidDate: true }),
        fc.dictionary(names, tie('tree'), { maxKeys: 3 }).map((all) => ({ ...all })),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(again({ value })).toEqual({ value });
      }),
      { numRuns: propertyRuns(2_000, 300) },
    );
  });

  it.each(['', '5', 'null', '"~set"', '{"~map": [5]}', '{"~map": [null]}', '[', '{"a": {"~map": ["b"]}}'])(
    'is ignored if its text is damaged: %j',
    (text) => {
      expect(fromText(text)).toBeUndefined();
    },
  );

  it('is unchanged when another replica reads it from the store', async () => {
    const shared = createSharedMemory({
      store: createMemoryStore(),
      base: 'https://pms.example',
      keepMs: 60_000,
    });
    const value = {
      resource: { resourceType: 'MedicinalProductDefinition', id: '1', name: { '~set': ['a'] } },
      found: { codes: new Map([['a', new Set(['b'])]]), staleSince: new Date(5) },
    };
    shared.put('one', { value, asOf: Date.now() });
    await shared.settled();
    expect((await shared.get(['one'])).get('one')?.value).toEqual(value);
  });
});
