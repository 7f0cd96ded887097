/** What an upstream can do, feature by feature, and how that is known. */
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName } from '../../fhir/search.js';

/** One thing that an upstream may offer. */
export type Feature =
  | 'everything'
  /** A resource by its id in the path. */
  | 'read'
  /** Several values of one search parameter, separated by commas. */
  | 'or'
  | 'post-search'
  /** A link from each page to the next. */
  | 'next-links'
  /** A total where `_total=accurate` asks for it, and none without. */
  | 'total-on-request'
  | 'elements'
  /** Elements named with their type, as searches with includes need them. */
  | 'elements-by-type'
  /** `name` finds what stands inside a name, as on EMA's API; R5 has `name:contains` for it. */
  | 'name-is-contains'
  /** The order of products, both ways. */
  | `sort ${'NAME' | 'UPDATED'}`
  | `search ${ResourceType}?${SearchParameterName}`
  | `include ${ResourceType}:${SearchParameterName}`
  | `revinclude ${ResourceType}:${SearchParameterName}`
  /** The same from what was itself included: servers differ in how far they go on. */
  | `revinclude:iterate ${ResourceType}:${SearchParameterName}`;

/** What there may be a reason to doubt: something that is offered, how totals count, or how long questions may be. */
export type Doubt = Feature | 'totals' | 'lengths';

/**
 * `assumed`: nobody has said otherwise; `configured`: the settings say so; `declared`: the upstream says so; `probed`:
 * tried by a question of our own; `seen`: it worked when it was needed; `refuted`: it did not.
 */
export type Evidence = 'assumed' | 'configured' | 'declared' | 'probed' | 'seen' | 'refuted';

/** What is known, to be gone by. */
export interface KnownFeatures {
  has(feature: Feature): boolean;
  /** Whether it was tried, and worked. */
  isProven(feature: Feature): boolean;
  /** Undefined where nothing is known of it. */
  evidence(feature: Feature): Evidence | undefined;
  readonly all: ReadonlyMap<Feature, Evidence>;
}

export interface Features extends KnownFeatures {
  /**
   * Takes it down; returns whether that changes what can be done. What an upstream says never undoes what it did, and
   * what it did never what is configured.
   */
  note(feature: Feature, evidence: Evidence): boolean;
  /** Takes down what a neutral question has shown just now: that counts more than what one has shown before. */
  settle(feature: Feature, works: boolean): void;
  /** Whether the settings say so: then nothing refutes it. */
  isConfigured(feature: Feature): boolean;
  /** Forgets what was refuted, so that it may be tried again. @param which @default all of it */
  forgive(which?: (feature: Feature) => boolean): void;
}

/** Which evidence counts more. */
const weight: Readonly<Record<Evidence, number>> = {
  assumed: 0,
  configured: 1,
  declared: 2,
  probed: 3,
  seen: 3,
  refuted: 4,
};

export function createFeatures(): Features {
  const all = new Map<Feature, Evidence>();
  const configured = new Set<Feature>();
  const has = (feature: Feature): boolean => (all.get(feature) ?? 'refuted') !== 'refuted';
  const isProven = (feature: Feature): boolean =>
    all.get(feature) === 'probed' || all.get(feature) === 'seen';
  const note = (feature: Feature, evidence: Evidence): boolean => {
    const before = all.get(feature);
    if (evidence === 'configured') configured.add(feature);
    if (evidence === 'refuted' && configured.has(feature)) return false;
    if (before !== undefined && weight[evidence] < weight[before]) return false;
    const had = has(feature);
    all.set(feature, evidence);
    return had !== has(feature);
  };
  return {
    all,
    has,
    isProven,
    evidence: (feature) => all.get(feature),
    note,
    settle(feature, works) {
      if (works && isProven(feature)) return;
      if (all.get(feature) === 'refuted') all.delete(feature);
      note(feature, works ? 'probed' : 'refuted');
    },
    isConfigured: (feature) => configured.has(feature),
    forgive(which = () => true) {
      for (const [feature, evidence] of all)
        if (evidence === 'refuted' && which(feature)) all.delete(feature);
    },
  };
}
