/** Collects the content of lists row by row, and makes terms of it when all is read. */
import { isAtcGroup, isAtcSubstance } from '../atc.js';
import type { Term } from '../source.js';

/** Statuses of a term, or of one of its texts, the best first. */
const statuses = ['CURRENT', 'PROVISIONAL', 'NON_CURRENT', 'NULLIFIED'] as const;

/** Returns the rank of a status, 0 for the best. A missing status ranks like a current one. */
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

/** The data of a term in one row or concept. */
export interface TermData {
  readonly code: string;
  /** Rank of the term. @default 0 */
  readonly rank?: number;
  readonly texts?: readonly { readonly language: string; readonly text: string; readonly rank?: number }[];
  readonly otherNames?: readonly string[];
  readonly successor?: string | undefined;
  readonly parent?: string | undefined;
  /** Texts that may be an ATC code. */
  readonly symbols?: readonly string[];
}

/** One list of one export or CodeSystem. */
export interface ListDraft {
  /** Id of EMA's list. */
  readonly list: string;
  /** `rms`, or the address of a CodeSystem. */
  readonly origin: string;
  readonly title: string | undefined;
  add(said: TermData): void;
  /** Returns the terms: current ones first, and otherwise in their original order. */
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
      // Of several terms of one class the first counts, which is the most current.
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

/** Adds a text. The better one is kept, and the other becomes a further name, unless it was withdrawn. */
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
 * Returns the texts of a term. A withdrawn text counts only where the term itself was withdrawn, since records may
 * still show it.
 */
function textsOf({ texts, rank: ofTerm }: TermDraft): ReadonlyMap<string, string> {
  const counted = [...texts].filter(([, { rank }]) => rank < nullified || ofTerm === nullified);
  return new Map(counted.map(([language, { text }]) => [language, text]));
}

/**
 * Returns the last of a chain of successors: the code itself where it has none; undefined for a circle.
 * @param known results for codes that were passed before, so that no chain is followed twice
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

/** Returns the term of the class above, where the export names none: the longest prefix of the code that is a class. */
function parentOf(atc: string, codeOfAtc: ReadonlyMap<string, string>): string | undefined {
  for (let length = atc.length - 1; length > 0; length -= 1) {
    const above = codeOfAtc.get(atc.slice(0, length));
    if (above !== undefined) return above;
  }
  return undefined;
}

/** Makes a name safe for a screen: on one line, and without control characters for a terminal. */
function nameIn(title: string): string {
  return tidied(title.replaceAll(/\p{C}/gu, ' ')).slice(0, longestName);
}

const longestName = 200;

/** Puts a text on one line. */
function tidied(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Copies a text, because a part of a longer text keeps all of that in memory. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

/** Whether a text is one. EMA writes a dash where there is no translation. */
function isText(text: string): boolean {
  return text !== '' && !/^[-–—.]$/.test(text);
}
