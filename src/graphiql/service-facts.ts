/** What the page at `/graphiql/doctor` asks of this service, and the picture that comes of the answer. */
import type { Coverage, Filter, Feature, Picture } from '../doctor-page/picture.js';

/** Asks the upstream what is not known of it yet, and nothing where that is known. */
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

/** @throws with the first message, where nothing was answered */
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
