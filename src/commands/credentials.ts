/**
 * Reads the table of EMA's e-mail with the credentials, copied as text, tabs, Markdown or HTML. This module reads no
 * files.
 */

/** The settings that the e-mail contains. */
export const mailed = [
  'PMS_BASE_URL',
  'PMS_TOKEN_URL',
  'PMS_CLIENT_ID',
  'PMS_CLIENT_SECRET',
  'PMS_SCOPE',
  'PMS_SECRET_EXPIRES',
] as const;

export type Mailed = (typeof mailed)[number];

export interface Credentials {
  readonly found: Readonly<Partial<Record<Mailed, string>>>;
  /**
   * Problems of values next to recognized labels: invalid values, or two different values. The texts never quote a
   * value.
   */
  readonly faults: readonly string[];
}

/** The label of each setting in the e-mail, used in messages. */
export const labels: Readonly<Record<Mailed, string>> = {
  PMS_BASE_URL: 'Base URL',
  PMS_TOKEN_URL: 'Token URL',
  PMS_CLIENT_ID: 'Client ID',
  PMS_CLIENT_SECRET: 'Client Secret',
  PMS_SCOPE: 'Scope',
  PMS_SECRET_EXPIRES: 'Secret expiry date',
};

/** Words that occur in labels but do not distinguish one label from another. They are ignored. */
const dressing =
  /\b(?:your|the|new|ema|emas|public|pms|fhir|rest|azure|microsoft|entra|ad|oauth ?2?|production|prod|beta|value|string)\b/g;

/**
 * Patterns of labels, because the wording differs between e-mails. A pattern must match the whole label, because the
 * same words in a sentence mean nothing. The first match is used, so the expiry of the secret comes before the
 * secret.
 */
const wordings: readonly (readonly [Mailed, RegExp])[] = [
  [
    'PMS_SECRET_EXPIRES',
    /^(?:(?:client|app|application|secret|credentials?|key) )*(?:expir\w*|valid (?:until|till|to|through)|end date)(?: (?:date|time|at|on|of|secret|client|utc|cet))*$/,
  ],
  ['PMS_CLIENT_SECRET', /^(?:(?:client|app|application|api) )*(?:secret|secret key|clientsecret|password)$/],
  [
    'PMS_CLIENT_ID',
    /^(?:(?:api|app|application) )*(?:client id|clientid|client identifier)$|^(?:app|application)(?: client)? id$/,
  ],
  [
    'PMS_TOKEN_URL',
    /^(?:(?:access|authori[sz]ation|authentication|auth|api|server) )*token(?: (?:url|uri|endpoint|address|service|server|generation|request))*$|^(?:authori[sz]ation|authentication|auth|login)(?: server)? (?:url|uri|endpoint|address)$/,
  ],
  ['PMS_SCOPE', /^(?:(?:api|client|app|application|access|token) )*scopes?$/],
  [
    'PMS_BASE_URL',
    /^(?:(?:api|service|server|base|root|r5) )*(?:url|uri|endpoint|baseurl)$|^(?:(?:api|service|server|root|r5) )*base(?: (?:url|uri|address|path))?$|^(?:api|server) address$/,
  ],
];

/**
 * Reads the settings.
 * @param text the e-mail, or the table in it
 */
export function readCredentials(text: string): Credentials {
  const rows = rowsOf(withoutTraces(isHtml(text) ? textOf(text) : text));
  const told = [...inColumns(rows), ...inLines(rows)].map(asShaped);
  const faults = new Set<string>();
  const found: Partial<Record<Mailed, string>> = {};
  for (const name of mailed) {
    const given = told.filter((each) => each.name === name);
    const labelled = new Set(given.flatMap(({ lines }) => valueOf(name, lines) ?? []));
    const values = labelled.size > 0 ? labelled : byShape(name, rows);
    const [value] = values;
    if (values.size > 1) faults.add(`${labels[name]} (${name}) has several different values.`);
    else if (value !== undefined) found[name] = value;
    else if (given.length > 0) faults.add(`${labels[name]} (${name}): ${requirements[name]}.`);
  }
  return { found, faults: [...faults] };
}

const requirements: Readonly<Record<Mailed, string>> = {
  PMS_BASE_URL: 'its value is not an https URL',
  PMS_TOKEN_URL: 'its value is not an https URL',
  PMS_CLIENT_ID: 'its value is not a single word',
  PMS_CLIENT_SECRET: 'its value is not a single word',
  PMS_SCOPE: 'its value is not a scope such as api://…/.default',
  PMS_SECRET_EXPIRES: 'its value is not a date such as 08/15/2027 11:29:14',
};

/** Patterns of values that identify a setting, whatever its label says. */
const shapes: Readonly<Partial<Record<Mailed, RegExp>>> = {
  PMS_TOKEN_URL: /https:\/\/[^\s<>"'`)\]]+\/oauth2\/(?:v2\.0\/)?token(?![\w/])/g,
  PMS_SCOPE: /\bapi:\/\/[^\s<>"'`)\]]+\/\.default(?![\w/])/g,
};

function byShape(name: Mailed, rows: readonly Row[]): ReadonlySet<string> {
  const shape = shapes[name];
  const text = rows.map((row) => row.join('\n')).join('\n');
  return new Set(shape ? [...text.matchAll(shape)].map(([value]) => value) : []);
}

/** Corrects a label by its value: "URL" or "Endpoint" alone may mean the token endpoint. */
function asShaped(told: Told): Told {
  const isOfTokens = told.name === 'PMS_BASE_URL' && /\/oauth2\/\S*token/.test(told.lines.join(''));
  return isOfTokens ? { ...told, name: 'PMS_TOKEN_URL' } : told;
}

interface Told {
  readonly name: Mailed;
  /**
   * The text next to the label, and the lines below it up to the next label. A mail program may split a value over
   * several lines.
   */
  readonly lines: readonly string[];
}

/** A line of the e-mail, split into cells. An empty row ends the value above it. */
type Row = readonly string[];

/** Removes what copying leaves in a text: line ends of all kinds, zero-width spaces, no-break spaces. */
function withoutTraces(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, '')
    .replaceAll(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ');
}

function isHtml(text: string): boolean {
  return /<(?:html|body|table|tr|td|div|p|br)\b[^>]*>/i.test(text);
}

/** Converts HTML to text. Cells are separated by tabs, and rows by line breaks. */
function textOf(html: string): string {
  const body = html.replaceAll(/<!--[^]*?-->|<(head|style|script|title)\b[^]*?<\/\1\s*>/gi, '');
  const flowing = body.replaceAll(lineInCell, '').replaceAll(/\s+/g, ' ');
  // Matches the innermost cells only, because Outlook lays out whole messages by nested tables.
  const inCells = flowing.replaceAll(
    /<t([dh])\b[^>]*>((?:(?!<t[dh]\b)[^])*?)<\/t\1\s*>/gi,
    (_cell, _kind, content: string) =>
      `${content.replaceAll(/<\/?(?:p|div|br|li|h\d)\b[^>]*>/gi, lineInCell)}\t`,
  );
  return decoded(
    inCells
      .replaceAll(/<wbr\b[^>]*>/gi, '')
      .replaceAll(/<\/?(?:tr|p|div|br|li|h\d|table|blockquote|pre)\b[^>]*>/gi, '\n')
      .replaceAll(/<\/?[a-z][^>]*>/gi, '')
      .split('\n')
      .map((row) => row.trim())
      // In a row with several cells, line ends become spaces, because a mail program may split a value. If a row has a
      // single cell, the cell contains a whole page, so its line ends are kept.
      .map((row) => row.replaceAll(lineInCell, row.includes('\t') ? ' ' : '\n'))
      .join('\n'),
  );
}

/** Replaces a line end within a cell until the whole row is read. No text contains this character. */
const lineInCell = '\u0001';

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function decoded(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi,
    (entity, decimal, hex, name) => {
      if (name !== undefined) return entities[String(name).toLowerCase()] ?? entity;
      const point = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
      return point <= 0x10_ff_ff ? String.fromCodePoint(point) : entity;
    },
  );
}

function rowsOf(text: string): readonly Row[] {
  return (
    text
      .split('\n')
      // Removes the marks of quoted replies, and the bullets of lists.
      .map((line) => line.replace(/^\s*(?:>\s*)+/, '').replace(/^\s*[*•·-]\s+(?=\S)/, ''))
      // Removes the line of hyphens below the header row of a Markdown table.
      .filter((line) => !/^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-*:?\s*)*$/.test(line))
      .map(cellsOf)
  );
}

function cellsOf(line: string): Row {
  const cells = /^\s*\|/.test(line)
    ? line
        .trim()
        .replace(/^\||(?<!\\)\|$/g, '')
        .split(/(?<!\\)\|/)
        .map((cell) => cell.replaceAll('\\|', '|'))
    : line.split(/\t+/);
  const trimmed = cells.map((cell) => undressed(cell.trim()));
  return trimmed.some((cell) => cell !== '') ? trimmed.filter((cell) => cell !== '') : [];
}

/** Removes Markdown and quotation marks around a cell's text. */
function undressed(cell: string): string {
  const [, inner] =
    /^(?:\*\*(.+)\*\*|__(.+)__|`(.+)`|"(.+)"|“(.+)”)$/.exec(cell)?.filter((part) => part !== undefined) ?? [];
  return inner === undefined ? cell : undressed(inner.trim());
}

function nameOf(label: string): Mailed | undefined {
  const setting = mailed.find((name) => name === label.trim());
  if (setting) return setting;
  if (label.length > 80) return undefined;
  const words = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .replaceAll(dressing, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return wordings.find(([, wording]) => wording.test(words))?.[0];
}

/** Reads a table with the labels in the first row and the values in the next row. */
function* inColumns(rows: readonly Row[]): Generator<Told> {
  for (const [index, row] of rows.entries()) {
    const names = row.map(nameOf);
    if (row.length < 2 || names.some((name) => name === undefined)) continue;
    const below = rows.slice(index + 1).find(({ length }) => length > 0) ?? [];
    for (const [column, name] of names.entries()) {
      const value = below[column];
      if (name && value !== undefined) yield { name, lines: [value] };
    }
  }
}

/** Reads lines that begin with a label. The value is next to the label or below it. */
function* inLines(rows: readonly Row[]): Generator<Told> {
  for (const [index, row] of rows.entries()) {
    if (row.length > 1 && row.every((cell) => nameOf(cell))) continue;
    const labelled = labelOf(row, rows[index + 1]);
    if (!labelled) continue;
    const { name, beside, rowsUsed } = labelled;
    const below: string[] = [];
    for (const next of rows.slice(index + rowsUsed)) {
      const isBlank = next.length === 0;
      // An empty line may separate a label from the value below it.
      if (isBlank && beside === '' && below.length === 0) continue;
      if (isBlank || labelOf(next, undefined)) break;
      below.push(next.join(' '));
    }
    yield { name, lines: [beside, ...below].filter((line) => line !== '') };
  }
}

interface Labelled {
  readonly name: Mailed;
  readonly beside: string;
  /** The number of rows that the label occupies: 1 or 2. */
  readonly rowsUsed: number;
}

function labelOf(row: Row, next: Row | undefined): Labelled | undefined {
  const [first = '', ...others] = row;
  if (others.length > 0) {
    const name = nameOf(first);
    // The first cell may be a row number.
    if (!name && /^\d+\.?$/.test(first)) return labelOf(others, undefined);
    return name && { name, beside: others.join(' '), rowsUsed: 1 };
  }
  const alone = nameOf(first);
  if (alone) return { name: alone, beside: '', rowsUsed: 1 };
  const cut = cutAtSign(first) ?? cutAtBlank(first);
  if (cut) return { ...cut, rowsUsed: 1 };
  // A label may be split over two lines: "Client", then "Secret: …".
  if (next?.length !== 1 || first === '' || /[:=]/.test(first)) return undefined;
  const joined = `${first} ${next[0]}`;
  const name = nameOf(joined);
  if (name) return { name, beside: '', rowsUsed: 2 };
  const broken = cutAtSign(joined);
  return broken && { ...broken, rowsUsed: 2 };
}

function cutAtSign(line: string): Omit<Labelled, 'rowsUsed'> | undefined {
  for (const { 0: sign, index } of line.matchAll(/[:=]|\s[-–—]\s/g)) {
    const name = nameOf(line.slice(0, index));
    // In "**Client ID:** …" the bold text includes the colon.
    const beside = line.slice(index + sign.length).replace(/^\s*\*\*(?!\S*\*\*$)/, '');
    if (name) return { name, beside: undressed(beside.trim()) };
  }
  return undefined;
}

/**
 * Splits a line whose cells are separated only by spaces. The line is split after the longest label at its beginning.
 */
function cutAtBlank(line: string): Omit<Labelled, 'rowsUsed'> | undefined {
  const blanks = [...line.matchAll(/\s+/g)].slice(0, 6).toReversed();
  for (const { index } of blanks) {
    const name = nameOf(line.slice(0, index));
    const beside = line.slice(index).trim();
    if (name && isPlausible(name, beside)) return { name, beside };
  }
  return undefined;
}

/**
 * Whether the text can be the value of the setting. Without this check, a sentence that begins with a label would be
 * read as a label with its value.
 */
function isPlausible(name: Mailed, beside: string): boolean {
  if (name === 'PMS_CLIENT_ID' || name === 'PMS_CLIENT_SECRET') return /^\S*[\d~_.-]\S*$/.test(beside);
  return valueOf(name, [beside]) !== undefined;
}

/** Returns the value in the text next to a label; undefined if the text contains none. */
function valueOf(name: Mailed, lines: readonly string[]): string | undefined {
  const [first = '', ...rest] = lines;
  switch (name) {
    case 'PMS_BASE_URL': {
      const url = urlIn(joinedWhile(first, rest, (value) => /^https?:\/\/\S*\/$/.test(value)));
      // The URL of the API's documentation is not the base URL.
      return url === undefined || /\/swagger\b|\.(?:html?|pdf)$/.test(url) ? undefined : url;
    }
    case 'PMS_TOKEN_URL':
      return urlIn(
        joinedWhile(first, rest, (value) => /^https?:\/\/\S+$/.test(value) && !/\/token\/?$/.test(value)),
      );
    case 'PMS_SCOPE':
      return scopeIn(
        joinedWhile(first, rest, (value) => /^[a-z]+:\/\/\S+$/.test(value) && !value.endsWith('/.default')),
      );
    case 'PMS_SECRET_EXPIRES':
      return dateIn(first) ?? dateIn(lines.slice(0, 2).join(' '));
    case 'PMS_CLIENT_ID':
      return wordIn(broken(first, rest, isGuid));
    case 'PMS_CLIENT_SECRET':
      return wordIn(broken(first, rest, isEntraSecret));
  }
}

/** Joins lines to a value that a mail program may have split, until the value is complete. */
function joinedWhile(first: string, rest: readonly string[], isCut: (value: string) => boolean): string {
  let value = first;
  for (const line of rest) {
    if (!isCut(value) || /\s/.test(line)) break;
    value += line;
  }
  return value;
}

/**
 * Joins two lines of a value whose end cannot be recognized. They are joined only if together they are exactly one
 * value.
 */
function broken(first: string, rest: readonly string[], isWhole: (value: string) => boolean): string {
  const [second] = rest;
  return second !== undefined && !isWhole(first) && isWhole(first + second) ? first + second : first;
}

export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Whether the text has the form of a client secret of Microsoft Entra. */
function isEntraSecret(text: string): boolean {
  return /^[\w~.-]{40}$/.test(text);
}

function wordIn(text: string): string | undefined {
  const word = linkless(text);
  return word !== '' && !/[\s\p{Cc}]/u.test(word) ? word : undefined;
}

/** Removes the address that Outlook appends to the text of a link: `https://a.example<https://a.example>`. */
function linkless(text: string): string {
  return text.replace(/(?<=\S)\s*<(?:https?|api|mailto):[^>]*>$/, '');
}

function urlIn(text: string): string | undefined {
  const [, written] = /(https?:\/\/[^\s<>"'`)\]]+)/.exec(text) ?? [];
  if (written === undefined || !URL.canParse(written)) return undefined;
  const { hostname, searchParams } = new URL(written);
  // Microsoft Defender rewrites the links in e-mails to safelinks, which contain the original link.
  const meant = hostname.endsWith('.safelinks.protection.outlook.com') ? searchParams.get('url') : written;
  return meant?.replace(/[.,;]+$/, '');
}

function scopeIn(text: string): string | undefined {
  const scopes = linkless(text)
    .split(/[\s,]+/)
    .filter((word) => /^[a-z][a-z+.-]*:\/\/[^\s<>]+$|^[^\s<>]+\/\.default$/i.test(word));
  return scopes.length > 0 ? scopes.join(' ') : undefined;
}

const dateForms = [
  /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?/,
  /\b\d{1,2}\/\d{1,2}\/\d{4}(?:,?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AP]M\b)?)?/i,
];

/** Returns a date in the format of PMS_SECRET_EXPIRES: without a comma, with 24 hours. */
function dateIn(text: string): string | undefined {
  const [date] = dateForms.flatMap((form) => form.exec(text) ?? []);
  return date
    ?.replace(',', '')
    .replace(/(\d{1,2})(:\S+?)\s*([AP])M$/i, (_time, hour: string, rest: string, half: string) => {
      const hours = (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
      return `${String(hours).padStart(2, '0')}${rest}`;
    });
}
