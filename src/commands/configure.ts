/**
 * `pms-graphql configure`: turns EMA's e-mail with the credentials into a `.env` file. The secret is never printed.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, readConfig } from '../config/config.js';
import { expiryReadings } from '../config/expiry.js';
import { ExitError } from '../errors.js';
import { scopeDoubt, tokenUrlDoubt } from '../oauth/doubtful-settings.js';
import { isGuid, labels, readCredentials, type Mailed } from './credentials.js';
import { NotWritable, withSettings } from './dotenv.js';

/** Thrown if nothing was written. The message names settings, and never their values. */
export class ConfigureError extends ExitError {
  override readonly name = 'ConfigureError';
}

export interface ConfigureOptions {
  /** The file to write the settings to. */
  readonly output: string;
  /** Whether an existing file may be changed. Settings that the e-mail does not contain are not changed. */
  readonly force: boolean;
  /** The environment variables of the process. They take precedence over the file. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
}

/** EMA's public API. Used if the e-mail does not name a base URL. */
const publicBase = 'https://api.pms.ema.europa.eu/public/v1';

const needed = ['PMS_TOKEN_URL', 'PMS_CLIENT_ID', 'PMS_CLIENT_SECRET', 'PMS_SCOPE'] as const;

type Settings = Readonly<Partial<Record<Mailed, string>>>;

/**
 * Reads the e-mail and writes the file. Resolves with the text to print: the settings found, warnings and the next
 * step.
 * @param mail returns the e-mail; not called if the file may not be written
 * @throws ConfigureError
 */
export async function configure(
  mail: () => Promise<Buffer>,
  { output, force, env, now }: ConfigureOptions,
): Promise<string> {
  if (!force && existsSync(output)) throw isThere(output);
  const { found, faults } = readCredentials(textOf(await mail()));
  const before = force ? textAt(output) : undefined;
  const told = withoutWrongDate(found);
  const base = told.PMS_BASE_URL ?? baseIn(before) ?? publicBase;
  const settings: Settings = { ...told, PMS_BASE_URL: base };
  refuseIncomplete(settings, faults);
  const written = textWith(before ?? '', settings);
  write(output, written, force);
  const warnings = [
    ...faults,
    ...(found.PMS_SECRET_EXPIRES === told.PMS_SECRET_EXPIRES
      ? []
      : [
          `${labels.PMS_SECRET_EXPIRES} (PMS_SECRET_EXPIRES): this date does not exist, so the setting was not written.`,
        ]),
    ...doubts(settings),
    ...expiryWarnings(settings.PMS_SECRET_EXPIRES, now),
    ...overruled(settings, env),
  ];
  return [
    'Understood:',
    ...understood(settings, told.PMS_BASE_URL === undefined),
    ...warnings.map((warning) => `Mind: ${warning}`),
    `The settings were written to ${output}, which only you may read. The service reads the file .env in the folder that it is started in.`,
    'Next: pms-graphql doctor',
    '',
  ].join('\n');
}

/** Decodes the e-mail from any encoding in which mail programs save text. */
function textOf(mail: Buffer): string {
  if (mail.subarray(0, 8).equals(Buffer.from('d0cf11e0a1b11ae1', 'hex'))) {
    throw new ConfigureError(
      'data',
      'This is an Outlook file (.msg). Save the e-mail as text or HTML, or copy its table.',
    );
  }
  const text = decoded(mail);
  // In these encodings a value may be encoded or split over lines. Half a secret would look like a complete one.
  if (/^content-transfer-encoding:\s*(?:quoted-printable|base64)/im.test(text)) {
    throw new ConfigureError(
      'data',
      'This is a raw e-mail (.eml). Save it as text or HTML, or copy its table.',
    );
  }
  return text;
}

function decoded(mail: Buffer): string {
  if (mail[0] === 0xff && mail[1] === 0xfe) return new TextDecoder('utf-16le').decode(mail);
  if (mail[0] === 0xfe && mail[1] === 0xff) return new TextDecoder('utf-16be').decode(mail);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(mail);
  } catch {
    return new TextDecoder('windows-1252').decode(mail);
  }
}

function textAt(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cannotWrite(file);
  }
}

/**
 * Returns the base URL in the text of a `.env` file. A base URL that a person has set takes precedence over the
 * default.
 */
function baseIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseEnv(text)['PMS_BASE_URL'] || undefined;
}

function withoutWrongDate({ PMS_SECRET_EXPIRES, ...others }: Settings): Settings {
  const isDate = PMS_SECRET_EXPIRES !== undefined && expiryReadings(PMS_SECRET_EXPIRES).length > 0;
  return isDate ? { ...others, PMS_SECRET_EXPIRES } : others;
}

function refuseIncomplete(settings: Settings, faults: readonly string[]): void {
  const missing = needed.filter((name) => settings[name] === undefined);
  const wrong = missing.length > 0 ? [] : faultsOf(settings);
  if (missing.length === 0 && wrong.length === 0) return;
  const told = faults.filter((fault) => missing.some((name) => fault.includes(name)));
  const untold = missing.filter((name) => !told.some((fault) => fault.includes(name)));
  const known = Object.keys(settings).filter((name) => name !== 'PMS_BASE_URL');
  throw new ConfigureError(
    'data',
    [
      'Nothing was written. Problems in the e-mail:',
      ...untold.map((name) => `  ${labels[name]} (${name}) is missing.`),
      ...told.map((fault) => `  ${fault}`),
      ...wrong.map((fault) => `  ${fault}`),
      known.length > 0
        ? `Found in the e-mail: ${known.join(', ')}.`
        : 'None of the labels in the e-mail’s table was found. Copy the table with its labels, each row on its own line.',
    ].join('\n'),
  );
}

function faultsOf(settings: Settings): readonly string[] {
  try {
    readConfig(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

function textWith(before: string, settings: Settings): string {
  // An existing `PMS_CLIENT_SECRET_FILE` would contradict the new secret, and an existing expiry date belongs to the
  // old secret. So both are removed.
  const old = parseEnv(before);
  const isOtherSecret = old['PMS_CLIENT_SECRET'] !== settings.PMS_CLIENT_SECRET;
  const dropped = [
    'PMS_CLIENT_SECRET_FILE',
    ...(isOtherSecret && settings.PMS_SECRET_EXPIRES === undefined ? ['PMS_SECRET_EXPIRES'] : []),
  ];
  try {
    return withSettings(before, settings as Readonly<Record<string, string>>, dropped);
  } catch (error) {
    if (!(error instanceof NotWritable)) throw error;
    throw error.setting === undefined
      ? new ConfigureError(
          'cannotCreate',
          'The existing file cannot be changed safely. Move it to another folder and try again.',
        )
      : new ConfigureError('data', `${error.setting} has characters that a .env file cannot contain.`);
  }
}

/** Writes the file in one step, so that it is never incomplete. Only its owner can read it. */
function write(output: string, text: string, force: boolean): void {
  try {
    if (!force) return writeNew(output, text);
    const target = targetOf(output);
    const beside = `${target}.${randomUUID()}`;
    try {
      writeNew(beside, text);
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw isThere(output);
    throw cannotWrite(output, syscall === 'write' ? 'io' : 'cannotCreate');
  }
}

/** Writes a new file. If the disk is full, the incomplete file is deleted. */
function writeNew(file: string, text: string): void {
  const fd = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(fd, text);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

function isThere(output: string): ConfigureError {
  return new ConfigureError(
    'cannotCreate',
    `${output} exists already. --force changes these settings in it and keeps its other settings.`,
  );
}

/** Returns the file to change: for a symbolic link, its target. */
function targetOf(output: string): string {
  try {
    return realpathSync(output);
  } catch {
    return output;
  }
}

function cannotWrite(file: string, why: 'cannotCreate' | 'io' = 'cannotCreate'): ConfigureError {
  return new ConfigureError(why, `${file} cannot be written.`);
}

function understood(settings: Settings, isUsualBase: boolean): readonly string[] {
  const width = Math.max(...Object.keys(labels).map(({ length }) => length));
  return (Object.keys(labels) as Mailed[]).map(
    (name) =>
      `  ${name.padEnd(width)}  ${shown(name, settings[name])}${
        name === 'PMS_BASE_URL' && isUsualBase ? ' (not in the e-mail)' : ''
      }`,
  );
}

/**
 * Returns the value of a setting for display. A client id that is not a GUID is hidden like the secret, because the
 * rows of the e-mail may have been mixed up.
 */
function shown(name: Mailed, value: string | undefined): string {
  if (value === undefined) return 'missing';
  if (name === 'PMS_CLIENT_SECRET') return 'set (hidden)';
  if (name === 'PMS_CLIENT_ID' && !isGuid(value))
    return 'set (hidden, because it does not look like a client id)';
  return value;
}

/**
 * Returns warnings about settings that Entra will probably refuse, for example because the rows of the e-mail were
 * mixed up. These settings are written nevertheless.
 */
function doubts({ PMS_TOKEN_URL, PMS_SCOPE }: Settings): readonly string[] {
  const found = [
    ['PMS_TOKEN_URL', PMS_TOKEN_URL === undefined ? undefined : tokenUrlDoubt(PMS_TOKEN_URL)],
    ['PMS_SCOPE', PMS_SCOPE === undefined ? undefined : scopeDoubt(PMS_SCOPE)],
  ] as const;
  return found.flatMap(([name, doubt]) =>
    doubt === undefined ? [] : [`${labels[name]} (${name}): ${doubt}`],
  );
}

function expiryWarnings(expires: string | undefined, now: Date): readonly string[] {
  if (expires === undefined)
    return [
      'the e-mail does not state when the secret expires. Set PMS_SECRET_EXPIRES when you know the date.',
    ];
  const [earliest, latest] = expiryReadings(expires);
  if (!earliest) return [];
  const isPast = earliest <= now;
  if (!latest) return isPast ? ['the secret expired on that day.'] : [];
  const [one, other] = [earliest, latest].map((date) => date.toISOString().slice(0, 10));
  return [
    `the expiry date can mean ${one} or ${other}. The service uses the earlier day${
      isPast ? ', which has passed' : ''
    }. Write the date as in ISO 8601 to make it clear.`,
  ];
}

/** Warns of settings that have no effect in the file, because the environment of the process overrides them. */
function overruled(settings: Settings, env: ConfigureOptions['env']): readonly string[] {
  const forms = (name: string): readonly string[] =>
    name === 'PMS_CLIENT_SECRET' ? [name, `${name}_FILE`] : [name];
  const names = Object.keys(settings)
    .flatMap(forms)
    .filter((name) => env[name] !== undefined);
  return names.length === 0
    ? []
    : [
        `the environment also sets ${names.join(', ')}. The service uses the values of the environment, not those of the file.`,
      ];
}
