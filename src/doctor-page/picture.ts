/** What the picture of a service shows, whoever asks for it: the page in GraphiQL's site, or `doctor --html`. */

export interface Picture {
  readonly version: string;
  readonly upstream: 'sandbox' | 'fhir';
  /** The way in which most operations are asked; null where the upstream could not be asked. */
  readonly profile: string | null;
  readonly profiles: readonly string[];
  readonly features: readonly Feature[];
  readonly filters: readonly Filter[];
  readonly index: 'none' | 'unavailable' | 'in another process' | Coverage;
  /** Upstream requests: most in a minute, null for no limit; and left of them, null where that is not known. */
  readonly rate: { readonly limit: number | null; readonly left: number | null };
  /** Most upstream requests of one operation. */
  readonly requestBudget: number;
  /** When the client secret expires; null where that was not told. */
  readonly secretExpires: Date | null;
  /** What `doctor` has checked. @default nothing was checked */
  readonly checks?: readonly Check[];
  /** When all of this was found. */
  readonly at: Date;
}

export interface Feature {
  readonly name: string;
  readonly offered: boolean;
  /** In capitals or not: `ASSUMED`, `CONFIGURED`, `DECLARED`, `PROBED`, `SEEN`, `REFUTED`. */
  readonly evidence: string;
}

export interface Filter {
  readonly part: string;
  /** `UPSTREAM`, `INDEX`, `HERE`, `REFUSED`. */
  readonly support: string;
  readonly reason: string;
}

export interface Coverage {
  readonly products: number;
  readonly withDetails: number;
  readonly upstreamTotal: number | null;
  readonly complete: boolean;
  readonly asOf: Date | null;
  readonly gaps: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly says: string;
}
