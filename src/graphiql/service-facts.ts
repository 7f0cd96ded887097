/** The query of the page at `/graphiql/doctor`, and the conversion of its result into a `Picture`. */
import type { Coverage, Filter, Feature, Picture } from '../doctor-page/picture.js';

/** The query. The service sends upstream requests for it only if some capabilities are not known yet. */
export const serviceQuery = `query ServicePicture {
  service {
    version upstream profile secretExpires rateLeft
    limits { upstreamRequests upstreamRate }
    capabilities { profiles filters { part support reason } features { name offered evidence } }
    coverage { products withDetails upstreamTotal complete asOf gaps }
  }
}`;

export interface ServiceAnswer {
  readonly data?: { readonly service: ServiceFacts } | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly unknown[] }[];
}

interface ServiceFacts {
  readonly version: string;
  readonly upstream: string;
  readonly profile: string;
  readonly secretExpires: string | null;
  readonly rateLeft: number | null;
  readonly limits: { readonly upstreamRequests: number; readonly upstreamRate: number | null };
  readonly capabilities: {
    readonly profiles: readonly string[];
    readonly filters: readonly Filter[];
    readonly features: readonly Feature[];
  };
  readonly coverage: (Omit<Coverage, 'asOf'> & { readonly asOf: string | null }) | null;
}

/** @throws an error with the response's first message, if the response has no data */
export function pictureOf({ data, errors = [] }: ServiceAnswer, at: Date): Picture {
  if (!data) throw new Error(errors[0]?.message ?? 'The answer is empty.');
  const { version, upstream, profile, capabilities, limits, rateLeft, secretExpires, coverage } =
    data.service;
  const isUnavailable = errors.some(({ path }) => path?.includes('coverage'));
  return {
    version,
    upstream: upstream === 'sandbox' ? 'sandbox' : 'fhir',
    profile,
    profiles: capabilities.profiles,
    features: capabilities.features,
    filters: capabilities.filters,
    index: coverage ? { ...coverage, asOf: dateOf(coverage.asOf) } : isUnavailable ? 'unavailable' : 'none',
    rate: { limit: limits.upstreamRate, left: rateLeft },
    requestBudget: limits.upstreamRequests,
    secretExpires: dateOf(secretExpires),
    at,
  };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
