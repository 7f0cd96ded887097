/** Features that are not known yet, and are settled before they are used. */
import type { Feature, KnownFeatures } from './features.js';

/** Settles features by neutral questions, when they are needed for the first time. */
export interface Proving {
  /**
   * Whether a feature is neither proved nor refuted, and one question can settle it. Call it only for a feature that is
   * needed now: one that was settled long ago is asked about anew, after the answer.
   */
  needs(feature: Feature): boolean;
  /** Resolves once each is settled. @throws errors that say nothing of the upstream's abilities: it is down, say */
  settle(features: Iterable<Feature>): Promise<void>;
}

/** The features for a plan, which takes open ones for granted. */
export interface ForeseenFeatures extends KnownFeatures {
  /** The features that it took for granted, in the order in which they were needed. */
  readonly open: ReadonlySet<Feature>;
  /** Adds those of the features that are open. */
  want(features: readonly Feature[]): void;
}

export function foreseeFeatures(shared: KnownFeatures, proving: Proving | undefined): ForeseenFeatures {
  const open = new Set<Feature>();
  const isOpen = (feature: Feature): boolean => {
    if (!proving?.needs(feature)) return false;
    open.add(feature);
    return true;
  };
  return {
    open,
    want: (features) => features.forEach(isOpen),
    all: shared.all,
    has: (feature) => isOpen(feature) || shared.has(feature),
    isProven: shared.isProven,
    evidence: shared.evidence,
  };
}

/** Returns the features as they may be at best: every feature that was not refuted is there. */
export function unlessRefuted({ all, evidence }: KnownFeatures): KnownFeatures {
  const has = (feature: Feature): boolean => evidence(feature) !== 'refuted';
  return { all, evidence, has, isProven: has };
}
