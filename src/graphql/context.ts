/** The context that all fields of one operation share. */
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { Terms } from '../terms/terms.js';
import type { Answers } from './schema/rows.js';

export interface UpstreamRate {
  /** Maximum number of requests per minute; undefined if there is no limit. */
  readonly limit: number | undefined;
  /**
   * The number of requests that can still be sent now; undefined if there is no limit, or if the number is unknown.
   */
  readonly left: number | undefined;
}

/** Facts about this service that clients can query. */
export interface ServiceFacts {
  readonly version: string;
  /** Either the built-in sandbox or a FHIR server. */
  readonly upstream: 'sandbox' | 'fhir';
  /** The upstream's features, as far as they are known. They change while the service learns about the upstream. */
  readonly capabilities: Capabilities;
  /** Maximum number of upstream requests of one operation. */
  readonly requestBudget: number;
  /** Returns the rate limit of the upstream, which all clients share. */
  readonly rate: () => UpstreamRate;
  /** The index of the upstream's products. Undefined if there is no index. */
  readonly index?: Pick<SearchIndex, 'coverage'> | undefined;
  /** When the client secret for the upstream expires. Undefined if no expiry date is configured. */
  readonly secretExpires: Date | undefined;
}

export interface Context {
  /** Tags of the languages that the client prefers, in order of preference. Empty if the client states none. */
  readonly languages: readonly string[];
  /** Called with the language of each text in the response, for the header `Content-Language`. */
  readonly noteLanguage: (tag: string) => void;
  readonly terms: Terms;
  readonly answers: Answers;
  /** Base URL of the upstream, for `Source.url`. */
  readonly baseUrl: string;
  readonly service: ServiceFacts;
}
