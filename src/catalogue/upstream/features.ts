/** The features of an upstream, and the evidence for each. */
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName } from '../../fhir/search.js';

/** A capability that an upstream may offer. */
export type Feature =
  | 'everything'
  /** Reads of a resource by its id in the URL path. */
  | 'read'
  /** Several comma-separated values for one search parameter. */
  | 'or'
  | 'post-search'
  /** A `next` link on each page that is not the last. */
  | 'next-links'
  /** A total is stated only if the search contains `_total=accurate`. */
  | 'total-on-request'
  | 'elements'
  /** `_elements` as `Type.element`, which searches with includes need. */
  | 'elements-by-type'
  /** `name` matches text anywhere in a name, as on EMA's API. In R5, `name:contains` does this. */
  | 'name-is-contains'
  /** Sorting products, ascending and descending. */
  | `sort ${'NAME' | 'UPDATED'}`
  | `search ${ResourceType}?${SearchParameterName}`
  | `include ${ResourceType}:${SearchParameterName}`
  | `revinclude ${ResourceType}:${SearchParameterName}`
  /** A reverse include that starts from included records. Servers follow different numbers of steps. */
  | `revinclude:iterate ${ResourceType}:${SearchParameterName}`;

/**
 * Anything that a response can cast doubt on: a feature, what totals count, or the maximum length of URLs and forms.
 */
export type Doubt = Feature | 'totals' | 'lengths';

export function isFeature(doubt: Doubt): doubt is Feature {
  return doubt !== 'totals' && doubt !== 'lengths';
}

export function isOfIncludes(doubt: Doubt): boolean {
  return doubt.startsWith('include') || doubt.startsWith('revinclude');
}

/**
 * `assumed`: there is no evidence; `configured`: the settings say so; `declared`: the CapabilityStatement or the
 * OpenAPI description says so; `probed`: a probe worked; `seen`: a request of an operation worked; `refuted`: a probe
 * or request failed.
 */
export type Evidence = 'assumed' | 'configured' | 'declared' | 'probed' | 'seen' | 'refuted';

/** The features with their evidence, read-only for plans and operations. */
export interface KnownFeatures {
  has(feature: Feature): boolean;
  /** Whether the feature has worked in a probe or in a request of an operation. */
  isProven(feature: Feature): boolean;
  /** Returns the evidence for a feature; undefined if there is none. */
  evidence(feature: Feature): Evidence | undefined;
  readonly all: ReadonlyMap<Feature, Evidence>;
}

export interface Features extends KnownFeatures {
  /**
   * Records evidence. Returns whether it changes if the feature can be used. Observations override declarations, and
   * settings override observed failures.
   */
  note(feature: Feature, evidence: Evidence): boolean;
  /** Records the result of a probe. It replaces the results of earlier probes. */
  settle(feature: Feature, works: boolean): void;
  /** Whether the settings turn the feature on. Such a feature is never refuted by a failure. */
  isConfigured(feature: Feature): boolean;
  /** Deletes refutations, so that the features are tried again. */
  forgive(which: (feature: Feature) => boolean): void;
}

/** Evidence never replaces evidence with a higher weight. */
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
