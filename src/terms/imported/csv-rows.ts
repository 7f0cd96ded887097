/**
 * The rows of a CSV file. A row that is broken must cost no other row: the file is cut into rows first, and each is
 * read by itself where those of a batch do not come out one for one.
 */
import papaparse from 'papaparse';

export interface CsvRow {
  /** In which line of the file it begins, from 1. */
  readonly line: number;
  /** Undefined where a quotation mark is opened and never closed. */
  readonly cells: readonly string[] | undefined;
  /** The cells, if quotation marks within texts are not doubled: `"with "marks"",` is `with "marks"`. */
  literally(): readonly string[];
}

interface Frame {
  readonly line: number;
  readonly text: string;
}

/** Rows that are read at once. */
const batchRows = 500;
/** EMA's rows begin with two ids: such a line begins a row, whatever quotation mark was left open before it. */
const beginsRow = /^"?\d{6,}"?[,;\t]"?\d{6,}"?[,;\t]/;
/** Lines of one row; where there are more, a quotation mark was left open. */
const mostLines = 1_000;

/** @returns batches; the first row is the header */
export async function* readRows(pieces: AsyncIterable<string>): AsyncGenerator<readonly CsvRow[]> {
  let delimiter: string | undefined;
  const frames = createFrames();
  for await (const piece of pieces) {
    frames.add(piece);
    delimiter ??= delimiterOf(frames.first);
    if (delimiter === undefined) continue;
    for (const batch of frames.take(batchRows)) yield rowsOf(batch, delimiter);
  }
  frames.end();
  for (const batch of frames.take(1)) yield rowsOf(batch, delimiter ?? delimiterOf(frames.first) ?? ',');
}

interface Frames {
  add(text: string): void;
  end(): void;
  /** The text of the first row, once there is one. */
  readonly first: string | undefined;
  /** Batches of what is cut and was not taken yet, while there are so many rows at least. */
  take(least: number): Generator<readonly Frame[]>;
}

/** Cuts text into rows. */
function createFrames(): Frames {
  let first: string | undefined;
  let cut: Frame[] = [];
  let rest = '';
  let line = 0;
  let begun: { readonly line: number; text: string; lines: number } | undefined;

  function close(): void {
    if (begun === undefined) return;
    first ??= begun.text;
    cut.push(begun);
    begun = undefined;
  }

  function addLine(ended: string): void {
    line += 1;
    const text = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
    const continues =
      begun !== undefined && !beginsRow.test(text) && begun.lines < mostLines && isOpen(begun.text);
    if (continues && begun !== undefined) {
      begun.text += `\n${text}`;
      begun.lines += 1;
      return;
    }
    close();
    if (text !== '') begun = { line, text, lines: 1 };
  }

  return {
    add(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const each of lines) addLine(each);
    },
    end() {
      if (rest !== '') addLine(rest);
      rest = '';
      close();
    },
    get first() {
      return first;
    },
    *take(least) {
      while (cut.length >= least) {
        const batch = cut.slice(0, batchRows);
        cut = cut.slice(batchRows);
        yield batch;
      }
    },
  };
}

/** Whether a quotation mark is opened and not closed yet. */
function isOpen(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count % 2 === 1;
}

/** Spreadsheets write semicolons or tabs, as the country has it. */
function delimiterOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const numbers = [',', ';', '\t'].map((each) => ({ each, number: header.split(each).length }));
  return numbers.reduce((best, next) => (next.number > best.number ? next : best)).each;
}

function rowsOf(frames: readonly Frame[], delimiter: string): readonly CsvRow[] {
  const all = cellsOf(frames.map(({ text }) => text).join('\n'), delimiter);
  const isOneForOne = all?.length === frames.length;
  return frames.map(({ line, text }, index) => {
    const literally = (): readonly string[] => literalCells(text, delimiter);
    if (isOneForOne) return { line, cells: all[index], literally };
    const alone = cellsOf(text, delimiter);
    return { line, cells: alone?.length === 1 ? alone[0] : undefined, literally };
  });
}

/** A quotation mark after a delimiter opens, and one before a delimiter closes; all others are text. */
function literalCells(text: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const isQuoted = text[at] === '"';
    const found = isQuoted ? text.indexOf(`"${delimiter}`, at + 1) : text.indexOf(delimiter, at);
    const end = found < 0 ? text.length : found;
    cells.push(isQuoted ? text.slice(at + 1, end).replace(found < 0 ? /"$/ : '', '') : text.slice(at, end));
    if (found < 0) break;
    at = end + (isQuoted ? 2 : 1);
  }
  return cells;
}

/** EMA leaves quotation marks inside of quoted texts as they are: the reader takes them for text, and only says so. */
function cellsOf(text: string, delimiter: string): readonly (readonly string[])[] | undefined {
  const { data, errors } = papaparse.parse<string[]>(text, { delimiter, newline: '\n' });
  return errors.some(({ code }) => code === 'MissingQuotes') ? undefined : data;
}
