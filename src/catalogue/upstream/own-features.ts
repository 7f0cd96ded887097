/**
 * The features as one operation sees them. A client's value or one odd page may refute a feature. The refutation counts
 * for this operation alone. For all others it raises a doubt, which a probe settles.
 */
import type { Feature, Features, KnownFeatures } from './features.js';
import type { Proving } from './proving.js';

export interface OwnFeatures extends KnownFeatures, Pick<Features, 'note'> {
  /** Requests a probe of the feature. For this operation the feature stays as it is. */
  doubt(feature: Feature): void;
  /** Resolves once a probe has settled an unproved feature; undefined if no probe is needed. */
  settled(feature: Feature): Promise<void> | undefined;
  /** Stops using the feature in this operation, without a probe. */
  leave(feature: Feature): void;
  /** Whether this operation has stopped using a feature that other operations may still use. */
  isDoubtful(): boolean;
}

/**
 * @param onDoubt called with each feature that the operation puts in doubt
 * @param proving probes features before their first use. Until then an unproved search or sort counts as available
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
    // Whole records work without `_elements`. So the operation does not wait for this probe, and requests whole records
    // meanwhile.
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
