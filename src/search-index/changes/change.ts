/** The changes of products that the index has recorded, and the places of clients in this list. */

export const changeKinds = ['NEW', 'CHANGED', 'GONE'] as const;
/** `NEW` also means that a product exists again. */
export type ChangeKind = (typeof changeKinds)[number];

/** The parts of a product that can change, in the order in which a change lists them. */
export const changedParts = ['NAME', 'STATUS', 'PACKAGES', 'INGREDIENTS', 'AUTHORIZATIONS', 'OTHER'] as const;
export type ChangedPart = (typeof changedParts)[number];

/** A place in the list of changes. */
export interface ChangePlace {
  /** Names the list. A purged or new index has another handle. */
  readonly handle: string;
  /** The number of the last change before the place. 0 is the place before the first change. */
  readonly offset: number;
}

export interface Change {
  readonly offset: number;
  /** The FHIR id of the product. */
  readonly productId: string;
  readonly kind: ChangeKind;
  /** When the index recorded the change, in milliseconds since 1970. */
  readonly at: number;
  /** Which parts are different. Empty for other kinds than `CHANGED`. */
  readonly parts: readonly ChangedPart[];
  /**
   * When the index first recorded the product, in milliseconds since 1970. Undefined if the index had the product
   * before it recorded changes.
   */
  readonly firstSeen: number | undefined;
}

export interface ChangesQuery {
  /** Only changes that were recorded at this time or later, in milliseconds since 1970. */
  readonly since?: number;
  /** Only changes after this place. */
  readonly after?: ChangePlace;
  /** Only changes up to the change before this place. */
  readonly before?: ChangePlace;
  /** Maximum number of changes. */
  readonly first: number;
  /** @default false, the oldest changes first */
  readonly newestFirst?: boolean;
  /** Whether to count all changes since `since`. @default false */
  readonly withTotal?: boolean;
}

/**
 * Why a place cannot be used. `PURGED`: the index was purged or created anew. `FORGOTTEN`: changes after the place are
 * deleted already. `AHEAD`: the index has no change with this number yet, because its file was replaced by an older
 * copy. In each case changes may be missing, so the client must fetch all products again.
 */
export type MustRefetch = 'PURGED' | 'FORGOTTEN' | 'AHEAD';

export interface ChangesFound {
  readonly rows: readonly Change[];
  readonly hasNext: boolean;
  /** The number of all changes since `since`; undefined if it was not requested. */
  readonly total: number | undefined;
  /** The place after the newest change. */
  readonly head: ChangePlace;
  /** The list has all changes since this time, in milliseconds since 1970. */
  readonly recordedSince: number;
  /** If this is set, there are no rows. */
  readonly mustRefetch: MustRefetch | undefined;
}
