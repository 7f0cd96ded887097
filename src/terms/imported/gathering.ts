/** Collects the content of all files of an import: the lists and the skipped rows. */
import { createListDraft, type ListDraft } from './draft.js';

/** A row or concept that was skipped. */
export interface BadRow {
  readonly file: string;
  /** The position: `line 12`, `concept 100000073619`. */
  readonly where: string;
  /** The reason: `has 103 columns, and the header 101`. */
  readonly why: string;
}

/** The data read for one list. */
export interface Gathered {
  readonly draft: ListDraft;
  /** Number of rows or concepts read. */
  rows: number;
}

export interface Gathering {
  readonly lists: readonly Gathered[];
  /** The first skipped rows. `badRows` is the number of all. */
  readonly named: readonly BadRow[];
  readonly badRows: number;
  /** Returns the data of a list. The first call for a list and origin creates them. */
  listOf(list: Pick<ListDraft, 'list' | 'origin' | 'title'>): Gathered;
  leaveOut(bad: BadRow): void;
}

/** Maximum number of skipped rows that are reported. A few are enough to find the cause. */
const mostNamed = 20;

export function createGathering(): Gathering {
  const lists = new Map<string, Gathered>();
  const named: BadRow[] = [];
  let badRows = 0;
  return {
    get lists() {
      return [...lists.values()];
    },
    named,
    get badRows() {
      return badRows;
    },
    listOf(list) {
      const key = `${list.list} ${list.origin}`;
      const before = lists.get(key);
      if (before) return before;
      const gathered = { draft: createListDraft(list), rows: 0 };
      lists.set(key, gathered);
      return gathered;
    },
    leaveOut(bad) {
      badRows += 1;
      if (named.length < mostNamed) named.push(bad);
    },
  };
}

/** Quotes a text of a file for a message, shortened to 60 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
