/** A relation: the targets of one link from one parent, and how completely they are known. */
import type { PmsError } from '../../errors.js';
import type { Key } from './key.js';
import { earlier } from './stale.js';

/** Why a list may lack rows that the upstream has. */
export type CutReason =
  /** The upstream requests that this operation may make are spent. */
  | 'BUDGET'
  /** The time that an operation may take is over. */
  | 'TIME'
  /** A later page could not be read. */
  | 'PAGE_FAILED'
  /** The upstream counted more entries than it sent. */
  | 'FEWER_THAN_TOTAL'
  /** The referenced record may belong to another product, whose bundle was not read. */
  | 'OUT_OF_REACH'
  /** A search found more than are looked through. */
  | 'TOO_MANY'
  /** Some products lack the value that the filter asks for. */
  | 'NOT_TOLD'
  /** The index that was asked does not hold all products. */
  | 'NOT_ALL_HELD'
  /** Some records name it in a way that no search finds. */
  | 'NOT_ALL_SEARCHABLE'
  /** Records came without an id, or with one that FHIR does not allow. No links can be followed from these. */
  | 'UNREADABLE_ENTRIES'
  /** The upstream says of its own list that it is not whole. */
  | 'REPORTED_INCOMPLETE'
  /** The upstream counted more than it sent, and gave no link that leads on. */
  | 'NO_NEXT_LINK';

/** Whether asking again may bring what is missing. Of the other reasons nothing more can be had, or they are facts about the data. */
export function mayBeMended(state: State): boolean {
  return state.kind === 'cut' && mendable.has(state.reason);
}

const mendable: ReadonlySet<CutReason> = new Set(['BUDGET', 'TIME', 'PAGE_FAILED', 'UNREADABLE_ENTRIES']);

export type State =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'cut';
      readonly reason: CutReason;
      /** The record that it is for, where it is for one. */
      readonly record?: string;
      /** How many records leave it open. */
      readonly count?: number;
      /** Says which records may be missing, where that is known. */
      readonly message?: string;
    }
  | { readonly kind: 'failed'; readonly error: PmsError };

export interface Relation {
  /** Each target once, in no particular order. */
  readonly refs: readonly Key[];
  /** References that name nothing which could be looked up (identifier only, contained), as given. */
  readonly unresolved: readonly string[];
  readonly state: State;
  /** When the oldest stale answer that it was found in was fetched. */
  readonly staleSince?: Date | undefined;
}

export const complete: State = { kind: 'complete' };
/** Some records do not tell whether they belong to it. */
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

/** All targets of several relations, each once; as incomplete as the worst of them. */
export function unite(relations: readonly Relation[]): Relation {
  // Most parts of a union have no rows.
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

/** Whether a relation says more than that it is empty and complete. */
function tells({ refs, unresolved, state, staleSince }: Relation): boolean {
  return refs.length > 0 || unresolved.length > 0 || state.kind !== 'complete' || staleSince !== undefined;
}
