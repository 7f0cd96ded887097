/**
 * The features as one operation finds them. What a client asked for, or one odd page, may refute something for this
 * operation alone: for all others it is a doubt, which a neutral question settles.
 */
import type { Feature, Features, KnownFeatures } from './features.js';
import type { Proving } from './proving.js';

export interface OwnFeatures extends KnownFeatures, Pick<Features, 'note'> {
  /** Has a neutral question asked, without a verdict for this operation. */
  doubt(feature: Feature): void;
  /** Resolves once a neutral question has settled what is still open; undefined where nothing is. */
  settled(feature: Feature): Promise<void> | undefined;
  /** Goes without it from now on, and doubts nothing. */
  leave(feature: Feature): void;
  /** Whether this operation went without something that others may have. */
  readonly isDoubtful: boolean;
}

/**
 * @param onDoubt told of each feature that the operation has a reason to doubt
 * @param proving settles what is still open before it is used: until then a search counts as there, and an order
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
    // Whole copies do as well: nobody waits, and nothing goes by it before it is settled.
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
    get isDoubtful() {
      return refuted.size > 0;
    },
  };
}
