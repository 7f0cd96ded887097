/** The tables of the index after the newest migration. */
import type { Generated } from 'kysely';
import type { ChangeKind } from '../changes/change.js';
import type { ProductState } from './index-store.js';

export interface Tables {
  /**
   * Properties of the whole index: `identity`, `generation`. Of the list of changes: `changes_handle`, its name;
   * `changes_since`, the time since which it has all changes; `changes_forgotten`, the last deleted number. In
   * PostgreSQL: `version`, the number of migrations; `bytes`, the bytes of all records.
   */
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
  /** The changes of products. */
  readonly change: {
    /** The number of the change. It grows with each change, and is never reused. */
    readonly number: Generated<number>;
    readonly product: number;
    readonly kind: ChangeKind;
    /** When the change was recorded, in milliseconds since 1970. */
    readonly at: number;
    /** The parts that changed, joined by commas. */
    readonly parts: string;
  };
  /** What is needed to tell the next change of each product. */
  readonly seen: {
    readonly product: number;
    /** Milliseconds since 1970. Null if the product was stored before changes were recorded. */
    readonly first_seen: number | null;
    /** The hashes of the parts, as JSON. */
    readonly parts: string;
  };
  /** Only in PostgreSQL: who may do a work that only one process does, and until when. */
  readonly lease: { readonly name: string; readonly holder: string; readonly expires: Date };
  readonly note: { readonly name: string; readonly value: string };
}
