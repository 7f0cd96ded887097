/** What the kinds of server offer: EMA's known surface, R5 search as the specification has it, or that with includes. */

import type { StringMatch } from './holdings.js';
import { searchParameters } from './parameters.js';

export type Profile = 'everything' | 'search' | 'include';

export const profiles: readonly Profile[] = ['everything', 'search', 'include'];

/** What can be asked of one resource type. */
export interface Offer {
  readonly read: boolean;
  readonly everything: boolean;
  readonly parameters: readonly string[];
  /** Parameters that shape the result, beside `_count`. */
  readonly results: readonly string[];
  /** `Type:parameter` */
  readonly includes: readonly string[];
  /** `Type:parameter` */
  readonly revIncludes: readonly string[];
}

/** By resource type; one that is missing is not exposed at all. */
export type Offers = Readonly<Record<string, Offer>>;

export interface Surface {
  readonly offersMetadata: boolean;
  readonly offersPostSearch: boolean;
  /** What a string parameter without a modifier means. */
  readonly stringMatch: StringMatch;
  readonly offers: Offers;
}

export const surfaces: Readonly<Record<Profile, Surface>> = {
  everything: {
    offersMetadata: false,
    offersPostSearch: false,
    stringMatch: 'contains',
    offers: {
      MedicinalProductDefinition: {
        read: true,
        everything: true,
        parameters: ['_id', 'name'],
        results: [],
        includes: [],
        revIncludes: [],
      },
    },
  },
  search: {
    offersMetadata: true,
    offersPostSearch: true,
    stringMatch: 'starts-with',
    offers: offersOf(searchOffer),
  },
  include: {
    offersMetadata: true,
    offersPostSearch: true,
    stringMatch: 'starts-with',
    offers: offersOf(includeOffer),
  },
};

function offersOf(offer: (type: string) => Offer): Offers {
  return Object.fromEntries(Object.keys(searchParameters).map((type) => [type, offer(type)]));
}

function searchOffer(type: string): Offer {
  return {
    read: true,
    everything: false,
    parameters: ['_id', '_lastUpdated', '_has', ...Object.keys(searchParameters[type] ?? {})],
    results: ['_elements', '_sort', '_summary', '_total'],
    includes: [],
    revIncludes: [],
  };
}

function includeOffer(type: string): Offer {
  const offer = searchOffer(type);
  return {
    ...offer,
    results: [...offer.results, '_include:iterate', '_revinclude:iterate'],
    includes: joins((source) => source === type),
    revIncludes: joins((_source, targets) => targets.includes(type)),
  };
}

/** The reference parameters that fit, as `Type:parameter`. */
function joins(fits: (source: string, targets: readonly string[]) => boolean): string[] {
  return Object.entries(searchParameters).flatMap(([source, parameters]) =>
    Object.entries(parameters)
      .filter(([, parameter]) => parameter.type === 'reference' && fits(source, parameter.targets))
      .map(([name]) => `${source}:${name}`),
  );
}
