/** The context that every field of one operation can reach. */
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { Terms } from '../terms/terms.js';
import type { Answers } from './schema/rows.js';

export interface UpstreamRate {
  /** Requests in a minute; undefined where there is no limit. */
  readonly limit: number | undefined;
  /** Requests that are left now; undefined where there is no limit, or the number is not known. */
  readonly left: number | undefined;
}

/** Facts about this service that clients can ask for. */
export interface ServiceFacts {
  readonly version: string;
  /** Either the built-in sandbox or a FHIR server. */
  readonly upstream: 'sandbox' | 'fhir';
  /** The upstream's features as far as they are known. They change as they are learnt. */
  readonly capabilities: Capabilities;
  /** Most upstream requests of one operation. */
  readonly requestBudget: number;
  /** Returns the rate limit of the upstream, which all clients share. */
  readonly rate: () => UpstreamRate;
  /** The index of the upstream's products; undefined where there is none. */
  readonly index?: Pick<SearchIndex, 'coverage'> | undefined;
  /** When the upstream's credentials expire, where that is configured. */
  readonly secretExpires: Date | undefined;
}

export interface Context {
  /** Tags of the languages that the client prefers, the most wanted first; empty where it prefers none. */
  readonly languages: readonly string[];
  /** Called with the language of each chosen text, for `Content-Language`. */
  readonly noteLanguage: (tag: string) => void;
  readonly terms: Terms;
  readonly answers: Answers;
  /** Address of the upstream's base, for `Source.url`. */
  readonly baseUrl: string;
  readonly service: ServiceFacts;
}
