/**
 * Suggests products, substances, ATC classes, holders and numbers for a text that a user is typing. Words are read as
 * in a search: each may be only the beginning of a word. A suggestion states which words were corrected.
 */
import { PmsError } from '../../errors.js';
import { foldNumber } from '../../terms/numbers.js';
import type { HeldWords } from '../text/held-words.js';
import type { IndexStore } from '../store/index-store.js';
import type { Substances } from '../substances.js';
import { compareTexts } from '../words/form-table.js';
import { interpret, type Interpretation } from '../words/interpret.js';
import type { AtcEntry } from './atc-entries.js';
import { numberSuggestions } from './number-suggestions.js';
import { createCollected, inOrder, standingsBy, standings, takingTurns, type Ranked } from './ranking.js';
import { createSnapshots, type Snapshot } from './snapshot.js';
import type { Suggestion } from './suggestion.js';

export interface SuggestQuery {
  readonly text: string;
  /** Maximum number of suggestions. */
  readonly first: number;
  /** Whether some existing words may be missing in the index. If so, no correction is certain. */
  readonly mayLackWords: boolean;
}

export interface Suggestions {
  /**
   * Returns suggestions, the best first; empty if nothing matches.
   * @throws BAD_USER_INPUT if the text has no words that can be searched or is too long, or if too many suggestions
   * are requested
   */
  suggest(query: SuggestQuery): Promise<readonly Suggestion[]>;
  /** Prepares the data for suggestions. */
  prepare(): Promise<void>;
}

/** Maximum number of suggestions in one query. */
export const mostSuggestions = 20;

export function createSuggestions(store: IndexStore, words: HeldWords, substances: Substances): Suggestions {
  const snapshots = createSnapshots(store, substances);
  return {
    async prepare() {
      await snapshots.renewed();
    },
    async suggest({ text, first, mayLackWords }) {
      if (!Number.isInteger(first) || first < 1 || first > mostSuggestions)
        throw new PmsError('BAD_USER_INPUT', `"first" must be between 1 and ${mostSuggestions}`);
      const interpretation = interpret(text, await words.current(), { mayLackWords });
      const [snapshot, numbers] = await Promise.all([
        snapshots.current(),
        numberSuggestions(store, text, first),
      ]);
      const byCode = atcBeginningWith(snapshot.atc, foldNumber(text)).map((row) => row.slice(0, first));
      const byWords = textsFor(snapshot, interpretation, text, first);
      const best = [...numbers, ...byCode, ...byWords.slice(0, 1).flat()];
      const choices = [inOrder<Ranked & Suggestion>(best), ...byWords.slice(1).map((rows) => inOrder(rows))];
      const shown = once(takingTurns(choices));
      return shown.slice(0, first).map(({ kind, text: shownText, detail, filter }) => ({
        kind,
        text: shownText,
        detail,
        filter,
      }));
    },
  };
}

type Row = readonly (Ranked & Suggestion)[];

/** Finds texts by their words. Each choice of corrections for misspelt words has rows of its own. */
function textsFor(
  { table }: Snapshot,
  { tokens, didYouMean }: Interpretation,
  text: string,
  first: number,
): readonly (readonly Row[])[] {
  const collected = createCollected(table, standingsBy(table, [text, ...didYouMean]), first);
  table.eachWith(tokens, collected);
  const corrected = tokens.filter(({ kind }) => kind === 'corrected').map(({ typed }) => typed.toLowerCase());
  return collected.rows().map((rows) =>
    rows.map((row) =>
      row.map(({ entry: { thing }, place, tail, ...ranked }) => {
        const shown = table.textOf(place, tail);
        const filter = thing?.filter ?? { name: shown };
        return { ...ranked, text: shown, detail: detailOf(corrected, thing?.detail), filter };
      }),
    ),
  );
}

/** Returns the additional information of a suggestion. After a correction this is, for example, `for "amlodipne"`. */
function detailOf(corrected: readonly string[], own: string | undefined): string | undefined {
  if (corrected.length === 0) return own;
  return `for ${corrected.map((word) => `"${word}"`).join(' and ')}`;
}

/** Returns two rows: the ATC class with this code, and the classes whose codes begin with it. */
function atcBeginningWith(classes: readonly AtcEntry[], code: string): readonly Row[] {
  if (!/^[A-Z]\d/.test(code)) return [];
  const all = classes
    .filter((each) => each.code.startsWith(code))
    .map((entry) => ({
      kind: entry.kind,
      products: entry.products,
      standing: entry.code === code ? standings.exact : standings.begins,
      text: entry.text,
      detail: entry.thing.detail,
      filter: entry.thing.filter,
    }))
    .sort((one, other) => other.products - one.products || compareTexts(one.text, other.text));
  return [standings.exact, standings.begins].map((standing) =>
    all.filter((each) => each.standing === standing),
  );
}

/** Removes duplicates: an ATC class may be found both by its code and by its words. */
function once(all: Row): Row {
  const filters = new Set<string>();
  return all.filter(({ filter }) => {
    const key = JSON.stringify(filter);
    return !filters.has(key) && filters.add(key);
  });
}
