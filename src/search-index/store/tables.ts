/** The tables of the index after the newest migration. */
import type { Generated } from 'kysely';
import type { ProductState } from './index-store.js';

export interface Tables {
  /** Properties of the whole index: `identity`, `generation`. */
  readonly meta: { readonly name: string; readonly value: string };
  /**
   * The products. The rows of this table are short, because it is sometimes read completely. The bytes of records are
   * in the tables `own` and `rest`.
   */
  readonly product: {
    /** The number of the product, below 2^31 and never reused. */
    readonly number: Generated<number>;
    readonly id: string;
    /** Milliseconds since 1970. */
    readonly as_of: number;
    readonly version_id: string | null;
    readonly last_updated: string | null;
    readonly state: ProductState;
    /** 1 if `rest` has a row for the product, else 0. */
    readonly detailed: number;
  };
  readonly own: { readonly product: number; readonly bytes: Uint8Array };
  readonly rest: { readonly product: number; readonly bytes: Uint8Array };
  readonly shape: {
    readonly number: Generated<number>;
    readonly part: string;
    /** The hash of `shape`. */
    readonly hash: string;
    readonly shape: string;
  };
  readonly told: { readonly shape: number; readonly product: number; readonly record: number };
  readonly token: {
    readonly kind: string;
    readonly value: string;
    readonly product: number;
    readonly record: number;
  };
  readonly note: { readonly name: string; readonly value: string };
}
