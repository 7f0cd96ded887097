/** A task: what a user wants, the operation for it, and an oracle that computes the result from the data. */
import type { PlainWorld } from './world.js';

/** The services under test: three kinds of upstream, and the index. */
export const kinds = ['everything', 'search', 'include', 'index'] as const;
export type Kind = (typeof kinds)[number];

/**
 * The outcome of a task. `marked`: the result is right but may be incomplete, and the response says so. `NOT_TOLD`: the result has
 * all that the records state.
 */
export type Outcome =
  | 'done'
  | `marked: ${string}`
  /** The operation needs the index. */
  | 'refused: index'
  /** More than 500 products would have to be read. */
  | 'refused: over 500'
  /** The operation would exceed its budget of requests. */
  | 'refused: budget';

export interface Task {
  readonly no: number;
  readonly who: string;
  readonly wants: string;
  /** Name of the file in schema/operations, without its extension. */
  readonly operation: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Whether the order of the lines matters. */
  readonly isOrdered?: boolean;
  /** Converts the response to lines that can be compared. */
  read(data: unknown): readonly string[];
  /** Returns the lines that the oracle expects. Some tasks take values from the response. */
  expected(world: PlainWorld, data: unknown): readonly string[];
  /** Outcomes other than 'done' with six hundred products. */
  readonly large?: Partial<Readonly<Record<Kind, Outcome>>>;
  /** Whether the operation needs the index even with few products. */
  readonly takesIndex?: boolean;
}
