/**
 * The upstream's features for one operation. A client's search value or one unusual page may refute a feature. The
 * refutation applies only to this operation. For all other operations it raises a doubt, which a probe settles.
 */
import type { Feature, Features, KnownFeatures } from './features.js';
import type { Proving } from './proving.js';

export interface OwnFeatures extends KnownFeatures, Pick<Features, 'note'> {
  /** Requests a probe of the feature. This operation continues to use the feature. */
  doubt(feature: Feature): void;
  /** Resolves when a probe has settled a feature that was not proved; undefined if no probe is needed. */
  settled(feature: Feature): Promise<void> | undefined;
  /** Stops using the feature in this operation, without a probe. */
  leave(feature: Feature): void;
  /** Whether this operation has stopped using a feature that other operations may still use. */
  isDoubtful(): boolean;
}

/**
 * @param onDoubt called with each feature that the operation casts doubt on
 * @param proving probes features before their first use; until then, a search or sort that is not proved counts as
 * supported
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
    // The operation does not wait for this probe. Until the probe has ended, it requests whole records.
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
