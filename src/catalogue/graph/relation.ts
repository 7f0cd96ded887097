/** A relation: the targets of one link from one parent, and whether the list is complete. */
import type { PmsError } from '../../errors.js';
import type { Key } from './key.js';

/** The reason why a list may lack rows that the upstream has. */
export type CutReason =
  /** The operation has used up its upstream requests. */
  | 'BUDGET'
  /** The operation has used up its time. */
  | 'TIME'
  /** A later page could not be read. */
  | 'PAGE_FAILED'
  /** The upstream's total exceeds the number of entries that it sent. */
  | 'FEWER_THAN_TOTAL'
  /** The referenced record may belong to another product, whose bundle was not read. */
  | 'OUT_OF_REACH'
  /** A search found more records than the service examines. */
  | 'TOO_MANY'
  /** Some products lack the value that the filter tests. */
  | 'NOT_TOLD'
  /** The index that answered does not contain all products. */
  | 'NOT_ALL_HELD'
  /** Some records state the searched value in a form that no search finds. */
  | 'NOT_ALL_SEARCHABLE'
  /** Some entries lack an id, or have an id that FHIR does not allow. Links cannot be followed from them. */
  | 'UNREADABLE_ENTRIES'
  /** The upstream marks its own list as incomplete. */
  | 'REPORTED_INCOMPLETE'
  /** The upstream's total exceeds the number of rows that it sent, and the page has no `next` link. */
  | 'NO_NEXT_LINK';

/** Whether a new request may bring the missing rows. The other reasons are permanent, or facts about the data. */
export function mayBeMended(state: State): boolean {
  return state.kind === 'cut' && mendable.has(state.reason);
}

const mendable: ReadonlySet<CutReason> = new Set(['BUDGET', 'TIME', 'PAGE_FAILED', 'UNREADABLE_ENTRIES']);

export type State =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'cut';
      readonly reason: CutReason;
      /** The record that caused the incompleteness, if it was a single one. */
      readonly record?: string;
      /** The number of records that leave the result undecided. */
      readonly count?: number;
      /** Says which records may be missing, if that is known. */
      readonly message?: string;
    }
  | { readonly kind: 'failed'; readonly error: PmsError };

export interface Relation {
  /** The key of each target, once, in no particular order. */
  readonly refs: readonly Key[];
  /** References that cannot be looked up (identifier only, contained), as the record states them. */
  readonly unresolved: readonly string[];
  readonly state: State;
  /** When the oldest stale response that contributed to the relation was fetched. */
  readonly staleSince?: Date | undefined;
}

export const complete: State = { kind: 'complete' };
/** The state of a list for which some records do not state whether they belong to it. */
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

/** Merges relations into one: each target once, with the worst of their states. */
export function unite(relations: readonly Relation[]): Relation {
  // Most parts of a union are empty and complete.
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

/** Whether a relation has targets, unresolved references, a gap, or stale data. */
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
