/**
 * The features as one operation finds them. What a client asked for, or one odd page, may refute something for this
 * operation alone: for all others it is a doubt, which a neutral question settles.
 */
import type { Feature, Features, KnownFeatures } from './features.js';
import type { Proving } from './proving.js';

export interface OwnFeatures extends KnownFeatures, Pick<Features, 'note'> {
  /** Requests a neutral question. For this operation the feature stays as it is. */
  doubt(feature: Feature): void;
  /** Resolves once a neutral question has settled an open feature; undefined where it is not open. */
  settled(feature: Feature): Promise<void> | undefined;
  /** Stops using the feature, without a doubt. */
  leave(feature: Feature): void;
  /** Whether this operation did without a feature that others may have. */
  isDoubtful(): boolean;
}

/**
 * @param onDoubt called with each feature that the operation has a reason to doubt
 * @param proving settles open features before they are used. Until then an open search or order counts as there
 */
export function createOwnFeatures(
  shared: Features,
  onDoubt: (feature: Feature) => void,
  proving?: Proving,
): OwnFeatures {
  const refuted = new Set<Feature>();
  const isOpen = (feature: Feature): boolean => {
    if (!proving?.needs(feature)) return false;
    if (!feature.startsWith('elements')) return true;
    // Whole copies serve as well. So the operation does not wait, and uses no narrow ones before they are settled.
    void proving.settle([feature]).catch(() => undefined);
    return false;
  };
  const has = (feature: Feature): boolean =>
    !refuted.has(feature) && (isOpen(feature) || shared.has(feature));
  return {
    all: shared.all,
    has,
    isProven: (feature) => !refuted.has(feature) && shared.isProven(feature),
    evidence: (feature) => (refuted.has(feature) ? 'refuted' : shared.evidence(feature)),
    note(feature, evidence) {
      if (evidence !== 'refuted') return !refuted.has(feature) && shared.note(feature, evidence);
      const had = has(feature);
      refuted.add(feature);
      onDoubt(feature);
      return had;
    },
    doubt: onDoubt,
    settled: (feature) => (isOpen(feature) ? proving?.settle([feature]) : undefined),
    leave: (feature) => void refuted.add(feature),
    isDoubtful: () => refuted.size > 0,
  };
}
