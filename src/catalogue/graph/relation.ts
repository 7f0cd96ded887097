/**
 * A relation: the targets of one link from one parent record. It also states whether the list of targets is complete.
 */
import type { PmsError } from '../../errors.js';
import type { Key } from './key.js';

/** The reason why a list may lack rows that exist upstream. */
export type CutReason =
  /** The operation has reached its limit of upstream requests. */
  | 'BUDGET'
  /** The operation has reached its time limit. */
  | 'TIME'
  /** A later page could not be read. */
  | 'PAGE_FAILED'
  /** The `total` of the upstream's Bundle is higher than the number of entries that the upstream sent. */
  | 'FEWER_THAN_TOTAL'
  /**
   * The referenced record may belong to another product, and the `$everything` bundle of that product was not read.
   */
  | 'OUT_OF_REACH'
  /** A search found more records than the service examines. */
  | 'TOO_MANY'
  /** Some products do not state the value that the filter tests. */
  | 'NOT_TOLD'
  /** The index answered the query, but it does not contain all products. */
  | 'NOT_ALL_HELD'
  /** Some records state the searched value in a form that the search does not find. */
  | 'NOT_ALL_SEARCHABLE'
  /** Some entries lack an id, or have an id that FHIR does not allow. Links cannot be followed from them. */
  | 'UNREADABLE_ENTRIES'
  /** The upstream marks its own list as incomplete. */
  | 'REPORTED_INCOMPLETE'
  /**
   * The `total` of the upstream's Bundle is higher than the number of rows that it sent, but the page has no `next`
   * link.
   */
  | 'NO_NEXT_LINK';

/** Whether a new request may return the missing rows. For the other reasons, a new request does not help. */
export function mayBeMended(state: State): boolean {
  return state.kind === 'cut' && mendable.has(state.reason);
}

const mendable: ReadonlySet<CutReason> = new Set(['BUDGET', 'TIME', 'PAGE_FAILED', 'UNREADABLE_ENTRIES']);

/**
 * Whether a gap with this reason stays until the data change. For the other reasons, a new request may give the missing
 * data.
 */
export function isLasting(reason: string): boolean {
  return lasting.has(reason);
}

const lasting: ReadonlySet<string> = new Set<CutReason | 'DANGLING_REFERENCE'>([
  'FEWER_THAN_TOTAL',
  'NO_NEXT_LINK',
  'REPORTED_INCOMPLETE',
  'OUT_OF_REACH',
  'TOO_MANY',
  'NOT_TOLD',
  'NOT_ALL_SEARCHABLE',
  'DANGLING_REFERENCE',
]);

export type State =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'cut';
      readonly reason: CutReason;
      /** The record that makes the list incomplete, if it is a single record. */
      readonly record?: string;
      /** The number of records for which it is unknown whether they belong to the list. */
      readonly count?: number;
      /** Which records may be missing, in words, if that is known. */
      readonly message?: string;
    }
  | { readonly kind: 'failed'; readonly error: PmsError };

export interface Relation {
  /** The key of each target, once, in no particular order. */
  readonly refs: readonly Key[];
  /**
   * References that cannot be looked up (with an identifier only, or to a contained resource), as the record states
   * them.
   */
  readonly unresolved: readonly string[];
  readonly state: State;
  /** When the upstream sent the oldest stale response that contributed to the relation. */
  readonly staleSince?: Date | undefined;
}

export const complete: State = { kind: 'complete' };
/** The state of a list if some records do not state whether they belong to it. */
export const untold = { kind: 'cut', reason: 'NOT_TOLD' } as const satisfies State;
export const nothing: Relation = { refs: [], unresolved: [], state: complete };

export function completeRelation(refs: readonly Key[], staleSince?: Date): Relation {
  return { refs, unresolved: [], state: complete, staleSince };
}

export function cutRelation(refs: readonly Key[], reason: CutReason, record?: string): Relation {
  return {
    refs,
    unresolved: [],
    state: { kind: 'cut', reason, ...(record === undefined ? {} : { record }) },
  };
}

export function failedRelation(error: PmsError): Relation {
  return { refs: [], unresolved: [], state: { kind: 'failed', error } };
}

const rank = { complete: 0, cut: 1, failed: 2 } as const;

/** Merges relations into one. Each target occurs once, and the merged state is the worst state of all. */
export function unite(relations: readonly Relation[]): Relation {
  // Relations that are empty and complete are skipped, as most members of a union are.
  const telling = relations.filter(tells);
  const [only = nothing] = telling;
  if (telling.length < 2) return only;
  const refs = new Set<Key>();
  const unresolved = new Set<string>();
  let state: State = complete;
  let staleSince: Date | undefined;
  for (const relation of telling) {
    staleSince = earlier(staleSince, relation.staleSince);
    for (const ref of relation.refs) refs.add(ref);
    for (const reference of relation.unresolved) unresolved.add(reference);
    if (rank[relation.state.kind] > rank[state.kind]) state = relation.state;
  }
  return { refs: [...refs], unresolved: [...unresolved], state, staleSince };
}

/** Whether a relation has targets, unresolved references, stale data or a reason to be incomplete. */
function tells({ refs, unresolved, state, staleSince }: Relation): boolean {
  return refs.length > 0 || unresolved.length > 0 || state.kind !== 'complete' || staleSince !== undefined;
}

/** Data with the time at which they were fetched from the upstream. */
export interface Dated {
  readonly fetchedAt: Date;
  /** Whether the data are a cached copy that is no longer fresh. */
  readonly stale: boolean;
}

/** Returns when the oldest of the stale data was fetched; undefined if all data are fresh. */
export function staleSince(all: Iterable<Dated | null | undefined>): Date | undefined {
  let oldest: Date | undefined;
  for (const dated of all) if (dated?.stale) oldest = earlier(oldest, dated.fetchedAt);
  return oldest;
}

/** Returns the earlier of two moments, or the one that is defined. */
export function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a < b ? a : b) : (a ?? b);
}
