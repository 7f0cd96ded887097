/** What an operation knows is gone with it. */
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createKnown } from '../../../src/catalogue/known/known.js';
import { isQuick } from '../../support/tier.js';

v8.setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (how?: { readonly type: 'minor' }) => void;

/** Of objects, young and old. */
function usedBytes(): number {
  const spaces = v8.getHeapSpaceStatistics().filter(({ space_name }) => /^(new|old)_space$/.test(space_name));
  return spaces.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}

/** An object with getters of its own has a shape of its own, which V8 keeps among what is old, and all that it leads to. */
// In the quick tier other files have left their objects in the same heap.
it.skipIf(isQuick)('is freed by a collection of young objects, at almost no cost', () => {
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
  // Before it is compiled, code keeps more.
  for (let time = 0; time < 100; time += 1) operation();
  collect();
  const before = usedBytes();
  // Each holds some 200 kB.
  for (let time = 0; time < 20; time += 1) operation();
  collect({ type: 'minor' });
  expect(usedBytes() - before).toBeLessThan(1_000_000);
});
