/** Sends the requests of probes, and records their results. */
import { isPmsError, type ErrorCode } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import type { Call, FhirClient } from '../../../fhir/client.js';
import type { ResourceType } from '../../../fhir/resources.js';
import type { SearchParameters } from '../../../fhir/search.js';
import type { Capabilities } from '../../plan/capabilities.js';
import type { Feature } from '../../upstream/features.js';

/** The resource type that every upstream is expected to have. */
export const productType = 'MedicinalProductDefinition';
/** An id that no record has. If a search by this id returns records, the upstream ignored the search parameter. */
export const nobody = 'pms-graphql-probe-of-nothing';
export const sampleSize = 20;
/**
 * The request options of probes: no cached copies are used, and the upstream should refuse unknown search parameters.
 */
export const anew = { cache: 'no-store', handling: 'strict' } as const;

/**
 * Errors that count as a refusal: the server is up, but it forbids the request, or answers unknown paths with a web
 * page.
 */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNSUPPORTED',
  'UPSTREAM_UNAUTHORIZED',
  'UPSTREAM_BAD_RESPONSE',
]);

export interface Inquiry extends Pick<Capabilities, 'features' | 'figures'> {
  readonly client: FhirClient;
  /**
   * Sends a search; returns undefined if the upstream refused it.
   * @throws errors that prove nothing about a feature, such as an upstream that is down
   */
  search(type: ResourceType, parameters: SearchParameters, call?: Call): Promise<Page | undefined>;
  /**
   * Searches for products with parameters that every upstream supports. If the upstream refuses the header `Prefer:
   * handling=strict`, later probes leave it out.
   */
  first(parameters: SearchParameters): Promise<Page>;
  /** Whether a search for a value that no record has returns nothing. If not, the upstream ignores the parameter. */
  findsNothing(type: ResourceType, parameters: SearchParameters): Promise<boolean>;
  note(feature: Feature, works: boolean): void;
}

/** Shared state of all probes: which request headers they send. */
export interface Manner {
  /** Whether probes send `Prefer: handling=strict`; false after the upstream refused this header. */
  isStrict: boolean;
}

export function createInquiry(
  { features, figures }: Capabilities,
  client: FhirClient,
  manner: Manner = { isStrict: true },
): Inquiry {
  async function search(
    type: ResourceType,
    parameters: SearchParameters,
    call: Call = {},
  ): Promise<Page | undefined> {
    const handling = manner.isStrict ? 'strict' : 'lenient';
    const page = await unlessRefused(type, parameters, { ...anew, handling, ...call });
    // A server that ignores the `Prefer` header may still report which search parameters it ignored.
    return page && parameters.some(({ name }) => name !== '_count' && page.ignored.has(name))
      ? undefined
      : page;
  }

  async function unlessRefused(
    type: ResourceType,
    parameters: SearchParameters,
    call: Call,
  ): Promise<Page | undefined> {
    try {
      return await client.search(type, parameters, call);
    } catch (error) {
      if (isPmsError(error) && refusals.has(error.code)) return undefined;
      throw error;
    }
  }

  return {
    client,
    features,
    figures,
    search,
    async first(parameters) {
      try {
        return await client.search(productType, parameters, { handling: 'strict' });
      } catch (error) {
        if (!isPmsError(error) || error.code !== 'UPSTREAM_UNSUPPORTED') throw error;
      }
      // The upstream may refuse the `Prefer` header, or `_count`.
      const page = await client.search(productType, parameters, { handling: 'lenient' });
      manner.isStrict = false;
      return page;
    },
    async findsNothing(type, parameters) {
      const page = await search(type, [...parameters, { name: '_count', values: [1] }]);
      return page !== undefined && page.resources.length === 0;
    },
    note: (feature, works) => features.settle(feature, works),
  };
}
