/** Probes features that are not proved, before operations use them. */
import type { Feature, KnownFeatures } from './features.js';

/** Probes features when an operation first needs them. */
export interface Proving {
  /**
   * Whether a feature is neither proved nor refuted, and a single probe can settle it. Call this only if the feature
   * is needed now: if the feature was settled long ago, the call also schedules a new probe.
   */
  needs(feature: Feature): boolean;
  /**
   * Resolves when all features are settled.
   * @throws errors that prove nothing about a feature, such as an upstream that is down
   */
  settle(features: Iterable<Feature>): Promise<void>;
}

/** The features for a plan. Features that are not proved count as supported. */
export interface ForeseenFeatures extends KnownFeatures {
  /** The features that the plan relies on and that are not proved, in the order in which the plan checked them. */
  readonly open: ReadonlySet<Feature>;
  /** Adds those of the given features to `open` that are not proved. */
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

/** Returns the most that the upstream may support: every feature that is not refuted counts as supported. */
export function unlessRefuted({ all, evidence }: KnownFeatures): KnownFeatures {
  const has = (feature: Feature): boolean => evidence(feature) !== 'refuted';
  return { all, evidence, has, isProven: has };
}
