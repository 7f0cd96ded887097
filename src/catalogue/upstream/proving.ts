/** What is not known of an upstream yet, and is found out before anything goes by it. */
import type { Feature, KnownFeatures } from './features.js';

/** Settles features by neutral questions: when they are needed for the first time, and not before. */
export interface Proving {
  /**
   * Whether a feature, which is needed now, is neither proved nor refuted, and one question can settle it. What was
   * settled long ago is asked about anew, behind the answer.
   */
  needs(feature: Feature): boolean;
  /** Resolves once each is settled. @throws what says nothing of the upstream's abilities: it is down, say */
  settle(features: Iterable<Feature>): Promise<void>;
}

/** The features as a plan finds them, which takes for granted what is still open. */
export interface ForeseenFeatures extends KnownFeatures {
  /** What it has taken for granted, in the order in which it came to it. */
  readonly open: ReadonlySet<Feature>;
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
    all: shared.all,
    has: (feature) => isOpen(feature) || shared.has(feature),
    isProven: shared.isProven,
    evidence: shared.evidence,
  };
}

/** The features as they may be, at best: whatever was not refuted is there. */
export function unlessRefuted({ all, evidence }: KnownFeatures): KnownFeatures {
  const has = (feature: Feature): boolean => evidence(feature) !== 'refuted';
  return { all, evidence, has, isProven: has };
}
