/** Evidence about features: observed behaviour outweighs declarations, and declarations outweigh assumptions. */
import { describe, expect, it } from 'vitest';
import { createFeatures, type Evidence } from '../../../src/catalogue/upstream/features.js';

const feature = 'search Ingredient?for';
const ascending = ['assumed', 'configured', 'declared', 'probed'] as const;
const pairs = ascending.flatMap((weak, index) =>
  ascending.slice(index + 1).map((strong) => ({ weak, strong })),
);

describe('a feature of the upstream', () => {
  it('without evidence does not count as supported', () => {
    const features = createFeatures();
    expect([features.has(feature), features.isProven(feature), features.evidence(feature)]).toEqual([
      false,
      false,
      undefined,
    ]);
  });

  it.each(pairs)(
    'that has the evidence "$strong" keeps it beside "$weak", in either order',
    ({ weak, strong }) => {
      for (const order of [
        [weak, strong],
        [strong, weak],
      ]) {
        const features = createFeatures();
        for (const evidence of order) features.note(feature, evidence as Evidence);
        expect(features.evidence(feature)).toBe(strong);
      }
    },
  );

  it.each(['probed', 'seen'] as const)('with the evidence "%s" is proven', (evidence) => {
    const features = createFeatures();
    features.note(feature, evidence);
    expect([features.has(feature), features.isProven(feature)]).toEqual([true, true]);
  });

  it.each(['assumed', 'configured', 'declared'] as const)(
    'with only the evidence "%s" is usable but not proven',
    (evidence) => {
      const features = createFeatures();
      features.note(feature, evidence);
      expect([features.has(feature), features.isProven(feature)]).toEqual([true, false]);
    },
  );

  it('with the evidence "probed" gets the evidence "seen" once it works in an operation', () => {
    const features = createFeatures();
    features.note(feature, 'probed');
    features.note(feature, 'seen');
    expect(features.evidence(feature)).toBe('seen');
  });

  it.each([...ascending, 'seen'] as const)(
    'that was refuted stays refuted beside the later evidence "%s"',
    (evidence) => {
      const features = createFeatures();
      features.note(feature, 'refuted');
      expect(features.note(feature, evidence)).toBe(false);
      expect([features.has(feature), features.evidence(feature)]).toEqual([false, 'refuted']);
    },
  );

  it('that was refuted can be declared again after `forgive`, which keeps other features', () => {
    const features = createFeatures();
    features.note(feature, 'refuted');
    features.note('read', 'seen');
    features.forgive(() => true);
    expect([...features.all]).toEqual([['read', 'seen']]);
    expect(features.note(feature, 'declared')).toBe(true);
    expect(features.has(feature)).toBe(true);
  });
});

describe('a note of evidence about an upstream feature', () => {
  it('returns whether the set of usable features changed', () => {
    const features = createFeatures();
    expect(
      (['refuted', 'refuted', 'seen'] as const).map((evidence) => features.note('or', evidence)),
    ).toEqual([false, false, false]);
    expect(
      (['declared', 'probed', 'declared', 'refuted'] as const).map((evidence) =>
        features.note('read', evidence),
      ),
    ).toEqual([true, false, false, true]);
  });
});

describe('an upstream feature that the settings configure', () => {
  it('is never changed by other evidence', () => {
    for (const known of [[], ['seen'], ['declared', 'probed']] as const) {
      const features = createFeatures();
      features.note(feature, 'configured');
      for (const evidence of known) features.note(feature, evidence);
      expect(features.note(feature, 'refuted')).toBe(false);
      features.settle(feature, false);
      expect([features.has(feature), features.isConfigured(feature)]).toEqual([true, true]);
    }
  });
});

describe('a probe of an upstream feature', () => {
  it('outweighs earlier evidence', () => {
    const features = createFeatures();
    features.note(feature, 'seen');
    features.settle(feature, false);
    expect(features.evidence(feature)).toBe('refuted');
    features.settle(feature, true);
    expect(features.evidence(feature)).toBe('probed');
  });

  it('keeps the evidence "seen" of a feature that worked in an operation', () => {
    const features = createFeatures();
    features.note(feature, 'seen');
    features.settle(feature, true);
    expect(features.evidence(feature)).toBe('seen');
  });
});
