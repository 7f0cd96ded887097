/** Questions that show what an upstream does, and the notes that are taken of it. */
import { isPmsError, type ErrorCode } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import type { Call, FhirClient } from '../../../fhir/client.js';
import type { ResourceType } from '../../../fhir/resources.js';
import type { SearchParameters } from '../../../fhir/search.js';
import type { Capabilities } from '../../plan/capabilities.js';
import type { Feature } from '../../upstream/features.js';

/** The type that every upstream has. */
export const productType = 'MedicinalProductDefinition';
/** An id that nothing has: what is found by it was not searched for. */
export const nobody = 'pms-graphql-probe-of-nothing';
export const sampleSize = 20;
/** What the upstream can do now is not to be read from copies, and nothing that is asked to be left out. */
export const anew = { cache: 'no-store', handling: 'strict' } as const;

/** Who answers other questions so does not answer this one: forbids it, or shows a web page for whatever is not there. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNSUPPORTED',
  'UPSTREAM_UNAUTHORIZED',
  'UPSTREAM_BAD_RESPONSE',
]);

export interface Inquiry extends Pick<Capabilities, 'features' | 'figures'> {
  readonly client: FhirClient;
  /** Undefined where it was refused. @throws what says nothing of the upstream's abilities: it is down, say */
  search(type: ResourceType, parameters: SearchParameters, call?: Call): Promise<Page | undefined>;
  /** Products by what every other question has as well: where that is refused to whoever is strict, none is from then on. */
  first(parameters: SearchParameters): Promise<Page>;
  /** Whether searching by what does not exist finds nothing, as it must. */
  findsNothing(type: ResourceType, parameters: SearchParameters): Promise<boolean>;
  note(feature: Feature, works: boolean): void;
}

/** How all questions are put, whoever asks them. */
export interface Manner {
  /** Until whoever is strict is refused. */
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
    // Who heeds no preference says what was ignored.
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
      // It may be the preference that is refused, or what says how many are wanted.
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
