/** The records that an operation has read are freed with the operation. */
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createKnown } from '../../../src/catalogue/known/known.js';

v8.setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (how?: { readonly type: 'minor' }) => void;

/** The bytes of all objects on the young and the old heap. */
function usedBytes(): number {
  const spaces = v8.getHeapSpaceStatistics().filter(({ space_name }) => /^(new|old)_space$/.test(space_name));
  return spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}

/**
 * An object with its own getters has its own hidden class. V8 keeps this class, and everything it refers to, on the old
 * heap.
 */
it('the records that an operation has read are freed by a minor garbage collection', () => {
  const operation = (): void => {
    const known = createKnown();
    for (let id = 0; id < 1_000; id += 1)
      known.hold(
        { resourceType: 'Organization', id: String(id), name: `Organization ${id}` },
        { url: '/', fetchedAt: new Date(), stale: false },
      );
    known.settleReading('Organization/none', 'absent');
    expect([known.count('Organization'), known.hasAbsent, known.holdsStale]).toEqual([1_000, true, false]);
  };
  // Code needs more memory before it is compiled.
  for (let time = 0; time < 100; time += 1) operation();
  collect();
  const before = usedBytes();
  // Each operation needs some 200 kB.
  for (let time = 0; time < 20; time += 1) operation();
  collect({ type: 'minor' });
  expect(usedBytes() - before).toBeLessThan(1_000_000);
});
