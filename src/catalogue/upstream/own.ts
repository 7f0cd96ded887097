/**
 * The features of the upstream, and what its pages count and bring along, as one operation sees them. Clients choose the
 * searches, and one page may be odd. So what an operation observes against the common knowledge counts for this
 * operation alone. For all others it raises a doubt, which a probe settles.
 */
import type { ResourceType } from '../../fhir/resources.js';
import type { Feature, Features, KnownFeatures } from './features.js';
import type { Figures } from './figures.js';
import type { Given, IncludePage, Observer } from './given.js';
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

/** How totals are counted. */
export interface OwnCounting {
  /** Whether a page's total counts the rows of that page alone. */
  readonly countsPages: boolean;
  /** Whether totals count included entries too; undefined if unknown. */
  readonly countsIncluded: boolean | undefined;
  /** Notes what a page of this operation has shown about included entries. */
  sawIncludedCounted(isCounted: boolean): void;
}

/** @param onDoubt called if a page contradicts the result of the probes */
export function createOwnCounting(
  shared: Pick<Figures, 'countsPages' | 'countsIncluded'>,
  onDoubt: () => void,
): OwnCounting {
  return new OperationCounting(shared, onDoubt);
}

class OperationCounting implements OwnCounting {
  private own: boolean | undefined;

  constructor(
    private readonly shared: Pick<Figures, 'countsPages' | 'countsIncluded'>,
    private readonly onDoubt: () => void,
  ) {}

  get countsPages(): boolean {
    return this.shared.countsPages;
  }

  get countsIncluded(): boolean | undefined {
    return this.own ?? this.shared.countsIncluded;
  }

  sawIncludedCounted(isCounted: boolean): void {
    this.own = isCounted;
    if (isCounted !== this.shared.countsIncluded) this.onDoubt();
  }
}

/** What the upstream sends along with products. */
export interface OwnGiven {
  /** Whether the included entries of a page count as complete without a check. */
  isIncludeProven(page: IncludePage): boolean;
  /** Whether the bundles of products contain resources of this type. */
  isInBundles(type: ResourceType): boolean;
  sawIncludeWhole(page: IncludePage): void;
  sawInBundle(type: ResourceType, product: string): void;
  sawBeyond(type: ResourceType): void;
}

/** @param by who chose the selections of the operation */
export function createOwnGiven(shared: Given, by: Observer): OwnGiven {
  const whole = new Map<string, number>();
  const inBundles = new Map<ResourceType, string>();
  return {
    isIncludeProven: (page) => page.entries < (whole.get(page.group) ?? -1) || shared.isIncludeProven(page),
    isInBundles: (type) => inBundles.has(type) || shared.isInBundles(type),
    sawIncludeWhole(page) {
      whole.set(page.group, Math.max(page.entries, whole.get(page.group) ?? -1));
      shared.sawIncludeWhole(page, by);
    },
    sawInBundle(type, product) {
      // The records of one bundle are noted one after the other, so that comparing with the last product suffices.
      if (inBundles.get(type) === product) return;
      inBundles.set(type, product);
      shared.sawInBundle(type, product, by);
    },
    sawBeyond: (type) => shared.sawBeyond(type, by),
  };
}
