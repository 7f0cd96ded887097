/**
 * Reads the rows of a CSV file. A broken row does not affect other rows. The text is first cut into rows. Rows are
 * parsed in batches. If a batch does not give one result for each row, its rows are parsed one by one.
 */
import papaparse from 'papaparse';

export interface CsvRow {
  /** The line number at which the row begins, counted from 1. */
  readonly line: number;
  /** The cells; undefined if a quotation mark is not closed. */
  readonly cells: readonly string[] | undefined;
  /**
   * Returns the cells on the assumption that quotation marks inside texts are not doubled: `"with "marks"",` is `with
   * "marks"`.
   */
  literally(): readonly string[];
}

interface Frame {
  readonly line: number;
  readonly text: string;
}

/** Number of rows that are parsed together. */
const batchRows = 500;
/**
 * Matches the beginning of a row in EMA's exports: two ids. Such a line starts a new row even after an unclosed
 * quotation mark.
 */
const beginsRow = /^"?\d{6,}"?[,;\t]"?\d{6,}"?[,;\t]/;
/** Maximum number of lines of a row. A longer row has an unclosed quotation mark. */
const mostLines = 1_000;

/**
 * Reads the rows of a file in batches.
 * @returns batches of rows. The first row is the header
 */
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
  /** The text of the first row, as soon as it is complete. */
  readonly first: string | undefined;
  /** Yields batches of unread rows as long as at least `least` rows are available. */
  take(least: number): Generator<readonly Frame[]>;
}

/** Returns an object that cuts text into rows. */
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

/** Whether the text ends inside quotation marks. */
function isOpen(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count % 2 === 1;
}

/** Returns the delimiter of a header. Depending on the country, spreadsheets use commas, semicolons or tabs. */
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

/**
 * Splits a row into cells. A quotation mark after a delimiter opens a cell, and one before a delimiter closes it. All
 * other quotation marks are part of the text.
 */
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

/**
 * Parses rows; returns undefined if a quotation mark is not closed. EMA does not double quotation marks inside texts.
 * The parser reports such marks, and reads them as text.
 */
function cellsOf(text: string, delimiter: string): readonly (readonly string[])[] | undefined {
  const { data, errors } = papaparse.parse<string[]>(text, { delimiter, newline: '\n' });
  return errors.some(({ code }) => code === 'MissingQuotes') ? undefined : data;
}
