/** Writes RMS exports as EMA does: a header with many columns, shorter rows, and values that are not escaped. */

/** The filled cells of a row. All other cells are empty. */
export interface RmsRow {
  readonly list?: string;
  readonly term: string;
  readonly language?: string;
  readonly name: string;
  readonly nameStatus?: string;
  readonly shortName?: string;
  readonly otherName?: string;
  readonly description?: string;
  readonly symbol?: string;
  readonly parent?: string;
  readonly status?: string;
  readonly current?: string;
  readonly comments?: string;
}

const parts = ['Modified On', 'Modified By', 'Translation Status', 'Comments', 'Rowid'];
const attributes = Array.from({ length: 10 }, (_, at) => [
  `Attribute ${at + 1}`,
  `Attribute Value ${at + 1}`,
  `Term Attribute ${at + 1} Rowid`,
]);
const columns: readonly string[] = [
  'List ID',
  'Term ID',
  'Term Rowid',
  'Language',
  ...['Term Name', 'Short Name', 'Other Name', 'Term Description', 'Term Symbol'].flatMap((name) => [
    name,
    ...parts.map((part) => `${name} ${part}`),
  ]),
  'Domain ID',
  'Parent ID',
  'Term Status',
  'Current Term ID',
  'Term Comments',
  'Term Visibility',
  ...attributes.flat(),
];
const width = columns.length - attributes.flat().length + 1;

export const rmsList = '100000073345';

export function rmsRow(row: RmsRow): string {
  const values: Readonly<Record<string, string | undefined>> = {
    'List ID': row.list ?? rmsList,
    'Term ID': row.term,
    Language: row.language ?? 'en',
    'Term Name': `"${row.name}"`,
    'Term Name Modified On': '16/06/2017 10:13:16',
    'Term Name Translation Status': row.nameStatus ?? 'CURRENT',
    'Short Name': row.shortName,
    'Other Name': row.otherName,
    'Term Description': row.description && `"${row.description}"`,
    'Term Symbol': row.symbol,
    'Parent ID': row.parent,
    'Term Status': row.status ?? 'CURRENT',
    'Current Term ID': row.current,
    'Term Comments': row.comments && `"${row.comments}"`,
    'Term Visibility': 'PUBLIC',
  };
  return columns
    .slice(0, width)
    .map((column) => values[column] ?? '')
    .join(',');
}

/** Returns an export that begins with a byte order mark, as EMA's do. */
export function rmsExport(rows: readonly (RmsRow | string)[], lineEnd = '\n'): string {
  const lines = [columns.join(','), ...rows.map((row) => (typeof row === 'string' ? row : rmsRow(row)))];
  return `\uFEFF${[...lines, ''].join(lineEnd)}`;
}
