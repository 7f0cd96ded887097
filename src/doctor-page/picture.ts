/** The data of the doctor's page, for `/graphiql/doctor` and for `doctor --html`. */

export interface Picture {
  readonly version: string;
  readonly upstream: 'sandbox' | 'fhir';
  /** The profile that most operations use. Null if the upstream did not respond. */
  readonly profile: string | null;
  readonly profiles: readonly string[];
  readonly features: readonly Feature[];
  readonly filters: readonly Filter[];
  readonly index: 'none' | 'unavailable' | 'in another process' | Coverage;
  /**
   * `limit`: the maximum number of upstream requests per minute; null if there is no limit. `left`: the number of
   * requests that can still be sent now; null if unknown.
   */
  readonly rate: { readonly limit: number | null; readonly left: number | null };
  /** Maximum number of upstream requests of one operation. */
  readonly requestBudget: number;
  /** When the client secret expires. Null if no expiry date is configured. */
  readonly secretExpires: Date | null;
  /** The checks of `doctor`. @default no checks */
  readonly checks?: readonly Check[];
  /** The time of this report. */
  readonly at: Date;
}

export interface Feature {
  readonly name: string;
  readonly offered: boolean;
  /** In upper or lower case: `ASSUMED`, `CONFIGURED`, `DECLARED`, `PROBED`, `SEEN`, `REFUTED`. */
  readonly evidence: string;
}

export interface Filter {
  readonly part: string;
  /** One of `UPSTREAM`, `INDEX`, `HERE`, `REFUSED`. */
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
