/** What the kinds of server offer: EMA's known surface, R5 search as the specification has it, or that with includes. */

import type { Guise } from './guise.js';
import type { StringMatch } from './holdings.js';
import { searchParameters } from './parameters.js';
import { createSelection, type Selection } from './selection.js';

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

/** What a profile is, before a guise changes it. */
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

/** What a server offers, and what it says that it does. */
export interface Surface {
  readonly metadata: 'absent' | 'present' | 'swagger';
  /** Whether it is offered, or else the status that refuses it. */
  readonly postSearch: 'offered' | 403 | 404 | 405;
  /** What a string parameter without a modifier means. */
  readonly stringMatch: StringMatch;
  readonly offers: Offers;
  readonly declared: Offers;
  /** Whether a part of a query is refused even where its parameter is offered. */
  readonly refuses: Selection['hasPart'];
}

/** Throws a RangeError where the guise has something that is no selector. */
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

/** The reference parameters that fit, as `Type:parameter`. */
function joins(fits: (source: string, targets: readonly string[]) => boolean): string[] {
  return Object.entries(searchParameters).flatMap(([source, parameters]) =>
    Object.entries(parameters)
      .filter(([, parameter]) => parameter.type === 'reference' && fits(source, parameter.targets))
      .map(([name]) => `${source}:${name}`),
  );
}
