/** The tables, as the newest migration leaves them. */
import type { Generated } from 'kysely';
import type { ProductState } from './index-store.js';

export interface Tables {
  /** What is true of the index as a whole: `identity`, `generation`. */
  readonly meta: { readonly name: string; readonly value: string };
  /** Narrow, since all of them are read at times: the bytes are kept apart. */
  readonly product: {
    /** Below 2^31, and never given again. */
    readonly number: Generated<number>;
    readonly id: string;
    /** Milliseconds since 1970. */
    readonly as_of: number;
    readonly version_id: string | null;
    readonly last_updated: string | null;
    readonly state: ProductState;
    /** 1 where there is a row in `rest`. */
    readonly detailed: number;
  };
  readonly own: { readonly product: number; readonly bytes: Uint8Array };
  readonly rest: { readonly product: number; readonly bytes: Uint8Array };
  readonly shape: {
    readonly number: Generated<number>;
    readonly part: string;
    /** Of `shape`. */
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
