/** Collects the content of a list row by row. After the last row, it creates the terms. */
import { isAtcGroup, isAtcSubstance } from '../atc.js';
import type { Term } from '../source.js';

/** Statuses of a term or of one of its texts, from best to worst. */
const statuses = ['CURRENT', 'PROVISIONAL', 'NON_CURRENT', 'NULLIFIED'] as const;

/** Returns the rank of a status; 0 is best. A missing or unknown status ranks as current. */
export function rankOf(status: string): number {
  const rank = statuses.findIndex((each) => each === status.trim().toUpperCase().replaceAll(/[ -]/g, '_'));
  return Math.max(0, rank);
}

const nullified = statuses.indexOf('NULLIFIED');

/** The data collected for one term. */
interface TermDraft {
  rank: number;
  readonly texts: Map<string, { readonly text: string; readonly rank: number }>;
  readonly otherNames: Set<string>;
  successor: string | undefined;
  parent: string | undefined;
  atc: string | undefined;
}

/** The data that one row or concept states about a term. */
export interface TermData {
  readonly code: string;
  /** Rank of the term's status. @default 0 */
  readonly rank?: number;
  readonly texts?: readonly { readonly language: string; readonly text: string; readonly rank?: number }[];
  readonly otherNames?: readonly string[];
  readonly successor?: string | undefined;
  readonly parent?: string | undefined;
  /** Texts that may be an ATC code. */
  readonly symbols?: readonly string[];
}

/** A list that is being read from an RMS export or a CodeSystem. */
export interface ListDraft {
  /** Id of EMA's list. */
  readonly list: string;
  /** The source of the list: `rms`, or the URL of a CodeSystem. */
  readonly origin: string;
  readonly title: string | undefined;
  add(said: TermData): void;
  /** Returns the terms of the list. Current terms come first; terms of equal rank keep their order. */
  finish(): readonly Term[];
}

/** The ATC lists for human and for veterinary medicines. */
const atcLists: ReadonlySet<string> = new Set(['100000093533', '100000116677']);

export function createListDraft({
  list,
  origin,
  title,
}: Pick<ListDraft, 'list' | 'origin' | 'title'>): ListDraft {
  const drafts = new Map<string, TermDraft>();
  const isAtcList = atcLists.has(list);

  function draftOf(code: string, rank: number): TermDraft {
    const before = drafts.get(code);
    if (before) return before;
    const draft: TermDraft = {
      rank,
      texts: new Map(),
      otherNames: new Set(),
      successor: undefined,
      parent: undefined,
      atc: undefined,
    };
    drafts.set(copied(code), draft);
    return draft;
  }

  return {
    list,
    origin,
    title: title === undefined ? undefined : nameIn(title),
    add({ code, rank = 0, texts = [], otherNames = [], successor, parent, symbols = [] }) {
      const draft = draftOf(code, rank);
      for (const text of texts) addText(draft, text);
      for (const name of otherNames.map(tidied)) if (isText(name)) draft.otherNames.add(copied(name));
      if (successor) draft.successor ??= copied(successor);
      if (parent) draft.parent ??= copied(parent);
      if (isAtcList) draft.atc ??= symbols.map((symbol) => symbol.trim()).find(isAtc);
    },
    finish() {
      const terms = [...drafts].sort(([, a], [, b]) => a.rank - b.rank);
      // If several terms have the same ATC code, the first one is used, because it has the best status.
      const classes = terms.flatMap(([code, { atc }]) => (atc ? [[atc, code] as const] : []));
      const codeOfAtc = new Map(classes.toReversed());
      const lasts = new Map<string, string | undefined>();
      return terms.map(([code, draft]) => {
        const last = lastFrom(code, drafts, lasts);
        return termOf(code, draft, { successor: last === code ? undefined : last, codeOfAtc });
      });
    },
  };
}

/**
 * Adds a text. If there are several texts in a language, the one with the best status is the preferred text. The
 * others become additional names, unless they were nullified.
 */
function addText(
  { texts, otherNames }: TermDraft,
  { language, text: given, rank = 0 }: NonNullable<TermData['texts']>[number],
): void {
  const text = copied(tidied(given));
  if (!isText(text)) return;
  const tag = language.toLowerCase();
  const before = texts.get(tag);
  const isBetter = before === undefined || rank < before.rank;
  if (isBetter) texts.set(tag, { text, rank });
  const other = isBetter ? before : { text, rank };
  if (other && other.text !== (isBetter ? text : before?.text) && other.rank < nullified)
    otherNames.add(other.text);
}

function termOf(
  code: string,
  draft: TermDraft,
  {
    successor,
    codeOfAtc,
  }: { readonly successor: string | undefined; readonly codeOfAtc: ReadonlyMap<string, string> },
): Term {
  const texts = textsOf(draft);
  const known = new Set(texts.values());
  const { atc } = draft;
  return {
    code,
    texts,
    otherNames: [...draft.otherNames].filter((name) => !known.has(name)),
    successor,
    atc,
    parent: draft.parent === code ? undefined : (draft.parent ?? (atc && parentOf(atc, codeOfAtc))),
  };
}

/**
 * Returns the preferred texts of a term. A nullified text is used only for a nullified term, because records may
 * still refer to that term.
 */
function textsOf({ texts, rank: ofTerm }: TermDraft): ReadonlyMap<string, string> {
  const counted = [...texts].filter(([, { rank }]) => rank < nullified || ofTerm === nullified);
  return new Map(counted.map(([language, { text }]) => [language, text]));
}

/**
 * Returns the last successor of a term, following the chain of successors. Returns the term itself if it has none,
 * and
 * undefined for a circular chain.
 * @param known the results for all terms of earlier chains, so that no chain is followed twice
 */
function lastFrom(
  code: string,
  drafts: ReadonlyMap<string, TermDraft>,
  known: Map<string, string | undefined>,
): string | undefined {
  const passed = new Set<string>();
  let at = code;
  while (!known.has(at) && !passed.has(at)) {
    passed.add(at);
    const next = drafts.get(at)?.successor;
    if (next === undefined) known.set(at, at);
    else at = next;
  }
  const last = known.get(at);
  for (const each of passed) known.set(each, last);
  return last;
}

/** Whether a text is an ATC code: `A10BA02`, or with a leading Q for veterinary medicines. */
function isAtc(text: string): boolean {
  const ofPeople = text.replace(/^Q(?=[A-Z])/, '');
  return isAtcGroup(ofPeople) || isAtcSubstance(ofPeople);
}

/**
 * Returns the parent of an ATC class by its code: the class whose code is the longest beginning of this code. It is
 * used if the export states no parent.
 */
function parentOf(atc: string, codeOfAtc: ReadonlyMap<string, string>): string | undefined {
  for (let length = atc.length - 1; length > 0; length -= 1) {
    const above = codeOfAtc.get(atc.slice(0, length));
    if (above !== undefined) return above;
  }
  return undefined;
}

/** Makes a name safe for display in a terminal: one line without control characters. */
function nameIn(title: string): string {
  return tidied(title.replaceAll(/\p{C}/gu, ' ')).slice(0, longestName);
}

const longestName = 200;

/** Puts a text on one line. */
function tidied(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Copies a text. Without a copy, a part of a text would keep the whole original text in memory. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

/** Whether a text has content. EMA writes a dash for a missing translation. */
function isText(text: string): boolean {
  return text !== '' && !/^[-–—.]$/.test(text);
}
