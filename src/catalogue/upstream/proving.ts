/** Probes features that are still unproved, before operations use them. */
import type { Feature, KnownFeatures } from './features.js';

/** Probes features when an operation first needs them. */
export interface Proving {
  /**
   * Whether a feature is neither proved nor refuted, and a single probe can settle it. Call this only for a feature
   * that is needed now: it also schedules a new probe of a feature that was settled long ago.
   */
  needs(feature: Feature): boolean;
  /**
   * Resolves once all features are settled.
   * @throws errors that prove nothing about a feature, such as an upstream that is down
   */
  settle(features: Iterable<Feature>): Promise<void>;
}

/** The features as a plan sees them: unproved features count as available. */
export interface ForeseenFeatures extends KnownFeatures {
  /** The unproved features that the plan relied on, in the order of its checks. */
  readonly open: ReadonlySet<Feature>;
  /** Adds the given features to `open`, as far as they are unproved. */
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

/** Returns the features at their best: every feature that is not refuted counts as available. */
export function unlessRefuted({ all, evidence }: KnownFeatures): KnownFeatures {
  const has = (feature: Feature): boolean => evidence(feature) !== 'refuted';
  return { all, evidence, has, isProven: has };
}
