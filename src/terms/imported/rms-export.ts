/**
 * Reads EMA's RMS exports: CSV files of one list or several, with one row for each term and language. Rows are often
 * shorter than the header, because its last columns are for attributes that few terms have.
 */
import { readRows, type CsvRow } from './csv-rows.js';
import { isLanguage } from '../languages.js';
import { rankOf, type TermData } from './draft.js';
import { quoted, type Gathering } from './gathering.js';
import { TermsError } from './terms-error.js';

const needed = ['List ID', 'Term ID', 'Language', 'Term Name'] as const;
const further = [
  'Term Name Modified On',
  'Term Name Translation Status',
  'Short Name',
  'Short Name Translation Status',
  'Other Name',
  'Other Name Translation Status',
  'Term Description',
  'Term Symbol',
  'Parent ID',
  'Term Status',
  'Current Term ID',
] as const;

type Column = (typeof needed)[number] | (typeof further)[number];

interface Layout {
  /** Number of columns in the header. */
  readonly width: number;
  /** Minimum number of columns of a row. It reaches to the last column that is read. */
  readonly least: number;
  readonly at: ReadonlyMap<Column, number>;
}

/** Separates several values in one cell. */
const separator = '¦';
const nullified = rankOf('NULLIFIED');

/**
 * Reads an RMS export into `gathering`.
 * @throws TermsError if the file is not an RMS export
 */
export async function readRmsExport(
  file: string,
  pieces: AsyncIterable<string>,
  gathering: Gathering,
): Promise<void> {
  let layout: Layout | undefined;
  let good = 0;
  let first: string | undefined;
  for await (const batch of readRows(pieces)) {
    let rows = batch;
    if (layout === undefined) {
      layout = layoutOf(file, batch[0]);
      rows = batch.slice(1);
    }
    for (const row of rows) {
      const why = addRow(row, layout, gathering);
      if (why === undefined) good += 1;
      else {
        first ??= `line ${row.line} ${why}`;
        gathering.leaveOut({ file, where: `line ${row.line}`, why });
      }
    }
  }
  if (layout === undefined) throw new TermsError('data', `${file} is empty.`);
  if (good > 0) return;
  throw new TermsError('data', `${file} has no row that can be read${first ? `: ${first}` : ''}.`);
}

function layoutOf(file: string, header: CsvRow | undefined): Layout {
  const names = (header?.cells ?? []).map((name) => name.trim().toLowerCase());
  const at = new Map<Column, number>();
  for (const column of [...needed, ...further]) {
    const index = names.indexOf(column.toLowerCase());
    if (index >= 0) at.set(column, index);
  }
  const missing = needed.filter((column) => !at.has(column));
  if (missing.length > 0) {
    const columns = missing.map((column) => `"${column}"`).join(', ');
    throw new TermsError(
      'data',
      `${file} is neither an RMS export nor a FHIR CodeSystem: it has no column ${columns}.`,
    );
  }
  return { width: names.length, least: Math.max(...at.values()) + 1, at };
}

/**
 * Adds a row to `gathering`.
 * @returns why the row was skipped; undefined if it was added
 */
function addRow(row: CsvRow, layout: Layout, gathering: Gathering): string | undefined {
  const why = addCells(row.cells, layout, gathering);
  // EMA does not double quotation marks inside texts, so the parser may have read two marks as one.
  if (why === undefined || addCells(row.literally(), layout, gathering) === undefined) return undefined;
  return why;
}

function addCells(
  cells: readonly string[] | undefined,
  layout: Layout,
  gathering: Gathering,
): string | undefined {
  if (cells === undefined) return 'has a quotation mark that is not closed';
  if (cells.length > layout.width) return `has ${cells.length} columns, and the header ${layout.width}`;
  if (cells.length < layout.least) return `has only ${cells.length} columns, and ${layout.least} are needed`;
  const cell = (column: Column): string => cells[layout.at.get(column) ?? -1]?.trim() ?? '';
  const why = faultOf(cell);
  if (why !== undefined) return why;
  const gathered = gathering.listOf({ list: cell('List ID'), origin: 'rms', title: undefined });
  gathered.draft.add(saidBy(cell));
  gathered.rows += 1;
  return undefined;
}

function faultOf(cell: (column: Column) => string): string | undefined {
  for (const column of ['List ID', 'Term ID'] as const)
    if (!/^\d{6,18}$/.test(cell(column))) return `has no number as "${column}": ${quoted(cell(column))}`;
  if (!isLanguage(cell('Language'))) return `has an unknown language: ${quoted(cell('Language'))}`;
  // A quotation mark and a comma inside a text move all later values into the next columns.
  const isShifted =
    !/^(\d|$)/.test(cell('Term Name Modified On')) ||
    !/^[A-Za-z_ -]*$/.test(cell('Term Name Translation Status') + cell('Term Status')) ||
    !/^(\d{6,18}|$)/.test(cell('Current Term ID'));
  if (isShifted)
    return 'has its values in the wrong columns, perhaps because of a quotation mark within a text';
  return cell('Term Name') === '' ? 'has no "Term Name"' : undefined;
}

function saidBy(cell: (column: Column) => string): TermData {
  const isUsed = (column: Column): boolean => rankOf(cell(column)) < nullified;
  const shortNames = isUsed('Short Name Translation Status') ? listed(cell('Short Name')) : [];
  const otherNames = isUsed('Other Name Translation Status') ? listed(cell('Other Name')) : [];
  return {
    code: cell('Term ID'),
    rank: rankOf(cell('Term Status')),
    texts: [
      {
        language: cell('Language'),
        text: cell('Term Name'),
        rank: rankOf(cell('Term Name Translation Status')),
      },
    ],
    otherNames: [...shortNames, ...otherNames],
    successor: listed(cell('Current Term ID'))[0],
    parent: listed(cell('Parent ID'))[0],
    symbols: [cell('Term Symbol'), ...shortNames, cell('Term Description')],
  };
}

function listed(cell: string): readonly string[] {
  return cell === '' ? [] : cell.split(separator).flatMap((each) => each.trim() || []);
}
