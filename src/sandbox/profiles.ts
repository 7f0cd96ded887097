/**
 * The features of three kinds of server: EMA's public API as far as it is known, R5 search as specified, and R5
 * search with includes.
 */

import type { Guise } from './guise.js';
import type { StringMatch } from './holdings.js';
import { searchParameters } from './parameters.js';
import { createSelection, type Selection } from './selection.js';

export type Profile = 'everything' | 'search' | 'include';

export const profiles: readonly Profile[] = ['everything', 'search', 'include'];

/** The interactions that a server supports for one resource type. */
export interface Offer {
  readonly read: boolean;
  readonly everything: boolean;
  readonly parameters: readonly string[];
  /** Parameters that change the form of the result, without `_count`. */
  readonly results: readonly string[];
  /** Values of `_include`: `Type:parameter`. */
  readonly includes: readonly string[];
  /** Values of `_revinclude`: `Type:parameter`. */
  readonly revIncludes: readonly string[];
}

/** The supported interactions by resource type. A type that is missing here does not exist on the server. */
export type Offers = Readonly<Record<string, Offer>>;

/** The features of a profile, before any differences are applied. */
interface Basis {
  readonly metadata: 'absent' | 'present';
  readonly offersPostSearch: boolean;
  readonly stringMatch: StringMatch;
  readonly offers: Offers;
}

const bases: Readonly<Record<Profile, Basis>> = {
  everything: {
    metadata: 'absent',
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
    metadata: 'present',
    offersPostSearch: true,
    stringMatch: 'starts-with',
    offers: offersOf(searchOffer),
  },
  include: {
    metadata: 'present',
    offersPostSearch: true,
    stringMatch: 'starts-with',
    offers: offersOf(includeOffer),
  },
};

/** The features that a server supports, and the features that it declares. */
export interface Surface {
  readonly metadata: 'absent' | 'present' | 'swagger';
  /** Whether POST `_search` is supported, or the HTTP status with which it is refused. */
  readonly postSearch: 'offered' | 403 | 404 | 405;
  /** How a string parameter without a modifier is compared. */
  readonly stringMatch: StringMatch;
  readonly offers: Offers;
  readonly declared: Offers;
  /** Whether a search parameter is refused although the server declares it. */
  readonly refuses: Selection['hasPart'];
}

/**
 * Returns the features of a profile with the given differences. Throws a RangeError if an invalid selector is among
 * them.
 */
export function surfaceOf(profile: Profile, guise: Guise): Surface {
  const basis = bases[profile];
  const { lacks = [], refuses = [], conceals = [] } = guise;
  const offers = Object.fromEntries(
    Object.entries(basis.offers).map(([type, offer]) => [type, withOperations(type, offer, guise)]),
  );
  const refused = createSelection([...lacks, ...refuses]);
  return {
    metadata: guise.metadata ?? basis.metadata,
    postSearch: guise.post ?? (basis.offersPostSearch ? 'offered' : 404),
    stringMatch: guise.name ?? basis.stringMatch,
    offers: without(offers, refused),
    declared: without(offers, createSelection([...lacks, ...conceals])),
    refuses: refused.hasPart,
  };
}

function withOperations(type: string, offer: Offer, { read, everything }: Guise): Offer {
  const hasEverything = type === 'MedicinalProductDefinition' && everything !== 'absent';
  return {
    ...offer,
    read: read === undefined ? offer.read : read === 'present',
    everything: everything === undefined ? offer.everything : hasEverything,
  };
}

function without(offers: Offers, selection: Selection): Offers {
  const kept = Object.entries(offers).filter(([type]) => !selection.hasType(type));
  return Object.fromEntries(
    kept.map(([type, offer]) => [
      type,
      {
        ...offer,
        parameters: offer.parameters.filter((name) => !selection.hasPart(type, name)),
        results: offer.results.filter((name) => !selection.hasPart(type, name)),
        includes: offer.includes.filter((join) => !selection.hasPart(type, '_include', join)),
        revIncludes: offer.revIncludes.filter((join) => !selection.hasPart(type, '_revinclude', join)),
      },
    ]),
  );
}

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

/** Returns the reference parameters that pass the test, as `Type:parameter`. */
function joins(fits: (source: string, targets: readonly string[]) => boolean): string[] {
  return Object.entries(searchParameters).flatMap(([source, parameters]) =>
    Object.entries(parameters)
      .filter(([, parameter]) => parameter.type === 'reference' && fits(source, parameter.targets))
      .map(([name]) => `${source}:${name}`),
  );
}
