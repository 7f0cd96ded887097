/** The features of an upstream, and the evidence for each. */
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
  /** The same from records that were included themselves. Servers differ in how many steps they follow. */
  | `revinclude:iterate ${ResourceType}:${SearchParameterName}`;

/** A possible subject of doubt: a feature, how totals count, or how long questions may be. */
export type Doubt = Feature | 'totals' | 'lengths';

export function isFeature(doubt: Doubt): doubt is Feature {
  return doubt !== 'totals' && doubt !== 'lengths';
}

/**
 * `assumed`: nothing says otherwise; `configured`: set in the settings; `declared`: the upstream says so; `probed`:
 * tested by a question of our own; `seen`: it worked when it was needed; `refuted`: it did not work.
 */
export type Evidence = 'assumed' | 'configured' | 'declared' | 'probed' | 'seen' | 'refuted';

/** The known features, for plans and operations to use. */
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
   * Notes evidence, and returns whether that changes which features can be used. A declaration never overrides what the
   * upstream has done, and what it has done never overrides the settings.
   */
  note(feature: Feature, evidence: Evidence): boolean;
  /** Notes the result of a neutral question. It overrides the results of earlier ones. */
  settle(feature: Feature, works: boolean): void;
  /** Whether the settings say so. Then nothing refutes it. */
  isConfigured(feature: Feature): boolean;
  /** Forgets that features were refuted, so that they may be tried again. */
  forgive(which: (feature: Feature) => boolean): void;
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
    forgive(which) {
      for (const [feature, evidence] of all)
        if (evidence === 'refuted' && which(feature)) all.delete(feature);
    },
  };
}
