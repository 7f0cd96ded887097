/** The context that all fields of one operation share. */
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { Terms } from '../terms/terms.js';
import type { Answers } from './schema/rows.js';

export interface UpstreamRate {
  /** Most requests per minute. Undefined for no limit. */
  readonly limit: number | undefined;
  /** Requests left now. Undefined for no limit, or if the number is unknown. */
  readonly left: number | undefined;
}

/** Facts about this service that clients can query. */
export interface ServiceFacts {
  readonly version: string;
  /** Either the built-in sandbox or a FHIR server. */
  readonly upstream: 'sandbox' | 'fhir';
  /** The upstream's features, as far as they are known. They change while the service learns about the upstream. */
  readonly capabilities: Capabilities;
  /** Most upstream requests of one operation. */
  readonly requestBudget: number;
  /** Returns the rate limit of the upstream, which all clients share. */
  readonly rate: () => UpstreamRate;
  /** The index of the upstream's products. Undefined if there is no index. */
  readonly index?: Pick<SearchIndex, 'coverage'> | undefined;
  /** When the upstream's credentials expire. Undefined if that is not configured. */
  readonly secretExpires: Date | undefined;
}

export interface Context {
  /** Tags of the languages that the client prefers, the most wanted first. Empty without a preference. */
  readonly languages: readonly string[];
  /** Called with the language of each text in the response, for the header `Content-Language`. */
  readonly noteLanguage: (tag: string) => void;
  readonly terms: Terms;
  readonly answers: Answers;
  /** Base URL of the upstream, for `Source.url`. */
  readonly baseUrl: string;
  readonly service: ServiceFacts;
}
