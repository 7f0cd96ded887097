/** A task: what somebody wants, the operation that answers it, and how a plain reading of the data answers it. */
import type { PlainWorld } from './world.js';

/** What a service is set over. */
export const kinds = ['everything', 'search', 'include', 'index'] as const;
export type Kind = (typeof kinds)[number];

/**
 * What becomes of a task. Marked: what is there is right, and the answer says that more may be. Of `NOT_TOLD` it is all
 * that the records tell.
 */
export type Outcome =
  | 'done'
  | `marked: ${string}`
  /** It takes the index of the service. */
  | 'refused: index'
  /** More products would have to be looked through than may be. */
  | 'refused: over 500'
  /** More requests would be needed than may be sent. */
  | 'refused: budget';

export interface Task {
  readonly no: number;
  readonly who: string;
  readonly wants: string;
  /** A file of schema/operations. */
  readonly operation: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Whether the lines come in an order that was asked for. */
  readonly isOrdered?: boolean;
  /** The answer as lines that can be compared. */
  read(data: unknown): readonly string[];
  /** The lines that a plain reading of the data gives; some tasks ask of what values the answer names. */
  expected(world: PlainWorld, data: unknown): readonly string[];
  /** Over six hundred products, where that is not done: with the index nothing is refused. */
  readonly large?: Partial<Readonly<Record<Kind, Outcome>>>;
  /** Whether it takes the index, however few products there are. */
  readonly takesIndex?: boolean;
}
