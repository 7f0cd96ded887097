/** Features found refuted by one operation: they do not change which features other operations use. */
import { describe, expect, it, vi } from 'vitest';
import { createFeatures, type Feature } from '../../../src/catalogue/upstream/features.js';
import { foreseeFeatures, unlessRefuted, type Proving } from '../../../src/catalogue/upstream/proving.js';
import { createOwnFeatures, type OwnFeatures } from '../../../src/catalogue/upstream/own.js';

const feature = 'search MedicinalProductDefinition?name';

function start() {
  const shared = createFeatures();
  shared.note(feature, 'probed');
  const doubted: Feature[] = [];
  const open = (): OwnFeatures => createOwnFeatures(shared, (each) => void doubted.push(each));
  return { shared, doubted, open };
}

describe('an upstream feature that fails in one operation', () => {
  it('is refuted for that operation, and probed again for all others', () => {
    const { shared, doubted, open } = start();
    const [own, other] = [open(), open()];
    expect(own.note(feature, 'refuted')).toBe(true);
    expect([own.has(feature), own.isProven(feature), own.evidence(feature)]).toEqual([
      false,
      false,
      'refuted',
    ]);
    expect([shared.evidence(feature), other.has(feature), doubted]).toEqual(['probed', true, [feature]]);
    expect([own.isDoubtful(), other.isDoubtful()]).toEqual([true, false]);
  });

  it('stays refuted for that operation, even if it works later', () => {
    const { shared, open } = start();
    const own = open();
    own.note(feature, 'refuted');
    expect(own.note(feature, 'seen')).toBe(false);
    expect([own.has(feature), shared.evidence(feature)]).toEqual([false, 'probed']);
  });

  it('can be left out in that operation alone, or doubted without being left out', () => {
    const { doubted, open } = start();
    const own = open();
    own.doubt('everything');
    expect([own.isDoubtful(), doubted]).toEqual([false, ['everything']]);
    own.leave(feature);
    expect([own.has(feature), doubted]).toEqual([false, ['everything']]);
  });
});

it('an upstream feature that works in one operation is proven for all operations', () => {
  const { shared, open } = start();
  open().note(feature, 'seen');
  expect(shared.evidence(feature)).toBe('seen');
});

describe('an upstream feature that is not yet probed', () => {
  const open = 'search Ingredient?for';

  function startOpen(works: boolean) {
    const { shared } = start();
    const settled: Feature[] = [];
    const proving: Proving = {
      needs: (each) => shared.evidence(each) === undefined,
      async settle(all) {
        settled.push(...all);
        await Promise.resolve();
        for (const each of all) shared.settle(each, works);
      },
    };
    return { shared, settled, proving, own: createOwnFeatures(shared, () => undefined, proving) };
  }

  it.each([
    ['succeeds', true],
    ['fails', false],
  ])('counts as supported until the probe before its first use, which %s', async (_how, works) => {
    const { own, settled } = startOpen(works);
    expect(own.has(open)).toBe(true);
    expect(settled).toEqual([]);
    await own.settled(open);
    expect([own.has(open), own.settled(open), settled]).toEqual([works, undefined, [open]]);
  });

  it('is probed after the response if the operation can do without it, such as `_elements`', async () => {
    const { own, settled } = startOpen(true);
    expect([own.has('elements'), settled]).toEqual([false, ['elements']]);
    await vi.waitFor(() => expect(own.has('elements')).toBe(true));
  });

  it('is not used again by an operation in which it failed', () => {
    const { own } = startOpen(true);
    own.note(open, 'refuted');
    expect(own.has(open)).toBe(false);
  });

  it('is listed as open by a plan that relies on it', () => {
    const { shared, proving } = startOpen(true);
    const foreseen = foreseeFeatures(shared, proving);
    expect([foreseen.has(feature), foreseen.has(open), foreseen.isProven(open)]).toEqual([true, true, false]);
    expect([...foreseen.open]).toEqual([open]);
    const pure = foreseeFeatures(shared, undefined);
    expect([pure.has(open), pure.open.size]).toEqual([false, 0]);
  });

  it('counts as supported in a best-case estimate, unless it is refuted', () => {
    const { shared } = start();
    shared.note('everything', 'refuted');
    const best = unlessRefuted(shared);
    expect([best.has(feature), best.has(open), best.has('everything')]).toEqual([true, true, false]);
  });
});
