/** What every field of one operation can reach. */
import type { Capabilities } from '../catalogue/plan/capabilities.js';
import type { SearchIndex } from '../search-index/search-index.js';
import type { Terms } from '../terms/terms.js';
import type { Answers } from './schema/rows.js';

export interface UpstreamRate {
  /** Requests in a minute; undefined where there is no limit. */
  readonly limit: number | undefined;
  /** Requests that are left of it now; undefined where there is no limit, or that is not known. */
  readonly left: number | undefined;
}

/** What this service tells of itself. */
export interface ServiceFacts {
  readonly version: string;
  /** The sandbox that comes with it, or a FHIR server. */
  readonly upstream: 'sandbox' | 'fhir';
  /** What the upstream is known to offer; changes while it is learnt. */
  readonly capabilities: Capabilities;
  /** Most upstream requests of one operation. */
  readonly requestBudget: number;
  /** Of upstream requests, for all who share it. */
  readonly rate: () => UpstreamRate;
  /** What is held of the upstream; undefined where nothing is. */
  readonly index?: Pick<SearchIndex, 'coverage'> | undefined;
  /** When the credentials of the upstream run out, where that was told. */
  readonly secretExpires: Date | undefined;
}

export interface Context {
  /** Tags of the languages that the client prefers, the most wanted first; empty where it prefers none. */
  readonly languages: readonly string[];
  /** Told the language of each text that was chosen: what `Content-Language` names. */
  readonly noteLanguage: (tag: string) => void;
  readonly terms: Terms;
  readonly answers: Answers;
  /** Address of the upstream's base, for `Source.url`. */
  readonly baseUrl: string;
  readonly service: ServiceFacts;
}
