/** The environment as a typed, immutable configuration, or one message with everything that is wrong with it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ValidateBy, validateSync } from 'class-validator';
import { ExitError } from './errors.js';
import { isLoopback, isSafeBase, isSafeTransport } from './fhir/base-url.js';
import { parseSealKeys, type SealKey } from './store/seal.js';
import { defaultIndexFile } from './search-index/store/default-index-file.js';
import { defaultTermsDir } from './terms/imported/default-folder.js';

export type Profile = 'auto' | 'everything' | 'search' | 'include';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface Config {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly upstream: UpstreamConfig;
  readonly profile: Profile;
  /** Where an OpenAPI description of the upstream is: a file or a URL. */
  readonly openApi: string | undefined;
  /** Whether the upstream may be asked for single elements. */
  readonly elements: boolean;
  /** Whether anybody may ask how the upstream was asked; else only who calls from this machine. */
  readonly explain: boolean;
  /** Upstream requests per minute; undefined = as many as it takes. */
  readonly rateLimit: number | undefined;
  /** Processes that share the limit; undefined = as many as are seen. */
  readonly replicas: number | undefined;
  /** Most upstream requests at once, of this process. */
  readonly maxConcurrency: number;
  /** Most upstream requests that wait to be sent, in this process. */
  readonly maxQueue: number;
  /** Most upstream requests of one operation. */
  readonly requestBudget: number;
  /** For one upstream call. */
  readonly timeoutMs: number;
  /** For one operation, upstream calls and all. */
  readonly deadlineMs: number;
  /** From when this replica says that it leaves until it takes nothing new. */
  readonly shutdownDelayMs: number;
  /** That an upstream answer counts as fresh; 0 keeps none. */
  readonly cacheTtlMs: number;
  /** Of what is kept in memory. */
  readonly cacheMaxBytes: number;
  /** The earliest moment that the setting can mean. */
  readonly secretExpires: Date | undefined;
  readonly logLevel: LogLevel;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** Origins of browsers' pages that may call; `*` for any. */
  readonly corsOrigins: readonly string[];
  /** Folder of imported terms, which need not be there; undefined where there is no place for one. */
  readonly termsDir: string | undefined;
  /** Undefined where none is kept. */
  readonly index: IndexConfig | undefined;
}

export interface IndexConfig {
  /** Where it is kept; undefined: in memory. */
  readonly file: string | undefined;
  /** Whether this process fills it. */
  readonly crawl: boolean;
  /** Of the rate, that filling it may take: above 0, and at most 1. */
  readonly share: number;
  /** That what is held answers while the upstream could be asked. */
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

export type UpstreamConfig =
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'fhir'; readonly baseUrl: URL; readonly oauth: OAuthConfig | undefined };

export interface OAuthConfig {
  readonly tokenUrl: URL;
  readonly clientId: string;
  readonly scope: string;
}

/** Kept apart from `Config`, which may be shown. */
export interface Secrets {
  /** Where it came in a file, read anew each time, so that a change is noticed while running. */
  readonly clientSecret: string | undefined;
  /** Likewise. */
  readonly clientSecretNext: string | undefined;
  readonly cursorKey: string | undefined;
  /** A secret, because it may hold a password. */
  readonly redisUrl: string | undefined;
  /** The first encrypts, all decrypt. */
  readonly redisEncryptionKeys: readonly SealKey[] | undefined;
}

/** Every fault at once, naming variables and never their values. */
export class ConfigError extends ExitError {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super('config', ['The configuration is wrong:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.faults = faults;
  }
}

const secretNames = [
  'PMS_CLIENT_SECRET',
  'PMS_CLIENT_SECRET_NEXT',
  'CURSOR_KEY',
  'REDIS_URL',
  'REDIS_ENCRYPTION_KEY',
] as const;
const profiles: readonly string[] = ['auto', 'everything', 'search', 'include'] satisfies Profile[];
const logLevels: readonly string[] = [
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
  'silent',
] satisfies LogLevel[];

/** The variables as they stand in the environment; what has no value here has no default. */
class Settings {
  @Must('be a host name or an IP address', (text) => /^[\w.:-]+$/.test(text))
  HOST = '127.0.0.1';
  @Must('be a whole number from 0 to 65535', isWhole(0, 65_535))
  PORT = '4000';
  @Must('be an https URL (http on loopback) without credentials, query or fragment', isUrl(isSafeBase))
  PMS_BASE_URL: string | undefined = undefined;
  @Must('be an https URL (http on loopback) without credentials', isUrl(isSafeEndpoint))
  PMS_TOKEN_URL: string | undefined = undefined;
  PMS_CLIENT_ID: string | undefined = undefined;
  PMS_CLIENT_SECRET: string | undefined = undefined;
  PMS_CLIENT_SECRET_NEXT: string | undefined = undefined;
  PMS_SCOPE: string | undefined = undefined;
  @Must(
    'be a date as mailed, 08/15/2027 11:29:14, or as in ISO 8601',
    (text) => parseExpiry(text) !== undefined,
  )
  PMS_SECRET_EXPIRES: string | undefined = undefined;
  @Must(`be one of ${profiles.join(', ')}`, (text) => profiles.includes(text))
  PMS_PROFILE = 'auto';
  @Must('be a file, or an https URL (http on loopback) without credentials', isFileOrUrl)
  PMS_OPENAPI: string | undefined = undefined;
  @Must('be auto or off', (text) => text === 'auto' || text === 'off')
  PMS_ELEMENTS = 'auto';
  @Must('be a whole number from 1 to 1000000', isWhole(1, 1_000_000))
  PMS_RATE_LIMIT: string | undefined = undefined;
  @Must('be a whole number from 1 to 1000', isWhole(1, 1_000))
  PMS_REPLICAS: string | undefined = undefined;
  @Must('be a whole number from 1 to 1000', isWhole(1, 1_000))
  PMS_CONCURRENCY = '32';
  @Must('be a whole number from 1 to 100000', isWhole(1, 100_000))
  PMS_QUEUE = '1000';
  @Must('be a whole number from 1 to 100000', isWhole(1, 100_000))
  PMS_REQUEST_BUDGET = '120';
  @Must('be a number of seconds from 0.1 to 600', isSeconds)
  PMS_TIMEOUT = '10';
  @Must('be a number of seconds from 0.1 to 600', isSeconds)
  OPERATION_TIMEOUT = '30';
  @Must('be a whole number of seconds from 0 to 600', isWhole(0, 600))
  SHUTDOWN_DELAY = '5';
  @Must('be a whole number of seconds from 0 to 86400', isWhole(0, 86_400))
  CACHE_TTL = '300';
  @Must('be a whole number of bytes from 1000000 to 100000000000', isWhole(1_000_000, 100_000_000_000))
  CACHE_MAX_BYTES = String(256 * 1024 * 1024);
  CURSOR_KEY: string | undefined = undefined;
  @Must(
    'be a URL that begins with redis:// or rediss://, or those of several nodes of a cluster, separated by commas',
    isRedisUrls,
  )
  REDIS_URL: string | undefined = undefined;
  @Must(
    'be keyid:base64 of 32 bytes, or several of them, separated by commas, each with an id of its own',
    (text) => parseSealKeys(text) !== undefined,
  )
  REDIS_ENCRYPTION_KEY: string | undefined = undefined;
  @Must('be true or false', isBoolean)
  ALLOW_ANONYMOUS = 'false';
  @Must(`be one of ${logLevels.join(', ')}`, (text) => logLevels.includes(text))
  LOG_LEVEL = 'info';
  @Must('be true or false', isBoolean)
  EXPLAIN = 'false';
  @Must('be true or false', isBoolean)
  INTROSPECTION = 'true';
  @Must('be true or false', isBoolean)
  GRAPHIQL = 'true';
  @Must('be origins such as https://app.example, separated by commas, or *', (text) =>
    listOf(text).every(isOrigin),
  )
  CORS_ORIGINS = '';
  @Must('be a folder, or a path where one can be made', isFolderOrNothing)
  TERMS_DIR: string | undefined = undefined;
  @Must('be auto, on or off', (text) => ['auto', 'on', 'off'].includes(text))
  INDEX = 'auto';
  @Must('be sqlite: and the path of a file', (text) => /^sqlite:\S/.test(text))
  INDEX_URL: string | undefined = undefined;
  @Must('be true or false', isBoolean)
  INDEX_CRAWL = 'false';
  @Must('be a number above 0, and at most 1', isShare)
  INDEX_SHARE = '0.3';
  @Must('be a whole number of seconds from 60 to 31536000', isWhole(60, 31_536_000))
  INDEX_MAX_AGE = '86400';
  @Must('be a whole number of bytes from 1000000 to 100000000000', isWhole(1_000_000, 100_000_000_000))
  INDEX_MAX_BYTES = String(2 ** 31);
  @Must('be true or false', isBoolean)
  INDEX_TERMS_ACCEPTED = 'false';
}

/** Settings that are to come, and what would be believed of them until then. */
const notOffered: Readonly<Record<string, string>> = {
  API_KEYS_FILE: 'nobody is asked for a key',
  JWT_JWKS_URL: 'nobody is asked for a token',
  JWT_ISSUER: 'nobody is asked for a token',
  JWT_AUDIENCE: 'nobody is asked for a token',
  TRUSTED_DOCUMENTS: 'every document is answered',
  TRUSTED_DOCUMENTS_ONLY: 'every document is answered',
  INDEX_READ_URL: 'the index is kept by one machine',
};

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment and the text of a `.env`; the real environment wins, and an empty value counts as none.
 * Every secret may come in a file that `NAME_FILE` names. Throws a ConfigError.
 */
export function readConfig(
  env: Variables,
  dotenv = '',
): { readonly config: Config; readonly secrets: Secrets } {
  const faults: string[] = [];
  const variables = withSecretFiles(merge(env, parseEnv(dotenv)), faults);
  const settings = settingsOf(variables);
  for (const { property, constraints = {} } of validateSync(settings)) {
    faults.push(...Object.values(constraints).map((meaning) => `${property} ${meaning}.`));
  }
  faults.push(
    ...missing(settings),
    ...exposed(settings),
    ...unaccepted(settings),
    ...early(variables),
    ...unknown(variables),
  );
  if (faults.length > 0) throw new ConfigError(faults);
  return { config: toConfig(settings, env), secrets: toSecrets(settings, variables) };
}

function merge(env: Variables, dotenv: Variables): Variables {
  const hidden = new Set([...Object.keys(env), ...Object.keys(env).flatMap(otherForms)]);
  const rest = Object.entries(withoutEmpty(dotenv)).filter(([name]) => !hidden.has(name));
  return { ...Object.fromEntries(rest), ...withoutEmpty(env) };
}

/** A secret in the real environment, in whichever form, hides both of its forms in `.env`. */
function otherForms(name: string): readonly string[] {
  return secretNames.flatMap((secret) =>
    name === secret || name === `${secret}_FILE` ? [secret, `${secret}_FILE`] : [],
  );
}

function withoutEmpty(variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

function withSecretFiles(variables: Variables, faults: string[]): Variables {
  const filed = secretNames.filter((name) => variables[`${name}_FILE`] !== undefined);
  const read = filed.map((name) => [name, secretIn(variables[`${name}_FILE`] ?? '')] as const);
  const twice = filed.filter((name) => variables[name] !== undefined);
  const unread = read.filter(([, secret]) => secret === undefined);
  faults.push(
    ...twice.map((name) => `${name} and ${name}_FILE must not be set both.`),
    ...unread.map(([name]) => `${name}_FILE must name a readable file that holds the secret.`),
  );
  return { ...variables, ...Object.fromEntries(read) };
}

/** Editors and `echo` end a file with a line break that is no part of the secret. */
function secretIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/[\r\n]+$/, '') || undefined;
  } catch {
    return undefined;
  }
}

function settingsOf(variables: Variables): Settings {
  const settings = new Settings();
  const given = Object.entries(variables).filter(([name]) => Object.hasOwn(settings, name));
  return Object.assign(settings, Object.fromEntries(given));
}

/** Half a set of credentials is a mistake, and credentials without a base would be answered by invented data. */
function missing(settings: Settings): readonly string[] {
  const needed = [
    'PMS_TOKEN_URL',
    'PMS_BASE_URL',
    'PMS_CLIENT_ID',
    'PMS_CLIENT_SECRET',
    'PMS_SCOPE',
  ] as const;
  const present = needed.find((name) => name !== 'PMS_BASE_URL' && settings[name] !== undefined);
  if (present === undefined) return [];
  return needed
    .filter((name) => settings[name] === undefined)
    .map((name) => `${name} must be set, because ${present} is.`);
}

function exposed({ HOST, ALLOW_ANONYMOUS }: Settings): readonly string[] {
  if (isLoopback(HOST) || isTrue(ALLOW_ANONYMOUS)) return [];
  return ['ALLOW_ANONYMOUS must be true where HOST is no loopback address: anybody who reaches it may ask.'];
}

/** EMA's terms are for whoever runs the service to accept. */
function unaccepted({ INDEX, INDEX_TERMS_ACCEPTED, PMS_BASE_URL }: Settings): readonly string[] {
  if (INDEX !== 'on' || PMS_BASE_URL === undefined || isTrue(INDEX_TERMS_ACCEPTED)) return [];
  return [
    'INDEX_TERMS_ACCEPTED must be true where INDEX is on: an index keeps a copy of the data of the upstream, for which the terms of use of its owner hold. Read them first.',
  ];
}

/** A guard that is believed to be there, and is not, is worse than none. */
function early(variables: Variables): readonly string[] {
  return Object.entries(notOffered).flatMap(([name, meanwhile]) =>
    [name, `${name}_FILE`]
      .filter((form) => variables[form] !== undefined)
      .map((form) => `${form} is not offered yet: ${meanwhile}. Leave it out.`),
  );
}

/** A misspelt setting would otherwise do nothing, quietly; names that resemble none of ours are somebody else's. */
function unknown(variables: Variables): readonly string[] {
  const known = [...Object.keys(new Settings()), ...secretNames.map((name) => `${name}_FILE`)];
  return Object.keys(variables)
    .filter((name) => name.startsWith('PMS_') && !known.includes(name))
    .flatMap((name) => {
      const { candidate, distance } = nearest(name, known);
      return distance > misspelt ? [] : [`${name} is not a setting; the nearest one is ${candidate}.`];
    });
}

const misspelt = 4;

function nearest(
  name: string,
  known: readonly string[],
): { readonly candidate: string; readonly distance: number } {
  const ranked = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  return ranked.reduce((best, next) => (next.distance < best.distance ? next : best));
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function toConfig(settings: Settings, env: Variables): Config {
  return {
    host: settings.HOST,
    port: Number(settings.PORT),
    upstream: toUpstream(settings),
    profile: settings.PMS_PROFILE as Profile,
    openApi: settings.PMS_OPENAPI,
    elements: settings.PMS_ELEMENTS === 'auto',
    explain: isTrue(settings.EXPLAIN),
    rateLimit: toRateLimit(settings),
    replicas: settings.PMS_REPLICAS === undefined ? undefined : Number(settings.PMS_REPLICAS),
    maxConcurrency: Number(settings.PMS_CONCURRENCY),
    maxQueue: Number(settings.PMS_QUEUE),
    requestBudget: Number(settings.PMS_REQUEST_BUDGET),
    timeoutMs: Number(settings.PMS_TIMEOUT) * 1_000,
    deadlineMs: Number(settings.OPERATION_TIMEOUT) * 1_000,
    shutdownDelayMs: Number(settings.SHUTDOWN_DELAY) * 1_000,
    cacheTtlMs: Number(settings.CACHE_TTL) * 1_000,
    cacheMaxBytes: Number(settings.CACHE_MAX_BYTES),
    secretExpires:
      settings.PMS_SECRET_EXPIRES === undefined ? undefined : parseExpiry(settings.PMS_SECRET_EXPIRES),
    logLevel: settings.LOG_LEVEL as LogLevel,
    introspection: isTrue(settings.INTROSPECTION),
    graphiql: isTrue(settings.GRAPHIQL),
    corsOrigins: listOf(settings.CORS_ORIGINS),
    termsDir: settings.TERMS_DIR ?? defaultTermsDir(env),
    index: toIndex(settings, env),
  };
}

/** Over the embedded sandbox it ends with this process, and is filled at its start. */
function toIndex(
  { INDEX, INDEX_URL, INDEX_CRAWL, INDEX_SHARE, INDEX_MAX_AGE, INDEX_MAX_BYTES, PMS_BASE_URL }: Settings,
  env: Variables,
): IndexConfig | undefined {
  const isSandbox = PMS_BASE_URL === undefined;
  if (INDEX === 'off' || (INDEX === 'auto' && !isSandbox)) return undefined;
  return {
    file: isSandbox
      ? undefined
      : (INDEX_URL?.slice('sqlite:'.length) ?? defaultIndexFile(PMS_BASE_URL.replace(/\/+$/, ''), env)),
    crawl: isSandbox || isTrue(INDEX_CRAWL),
    share: Number(INDEX_SHARE),
    maxAgeMs: Number(INDEX_MAX_AGE) * 1_000,
    maxBytes: Number(INDEX_MAX_BYTES),
  };
}

function toUpstream({
  PMS_BASE_URL,
  PMS_TOKEN_URL,
  PMS_CLIENT_ID = '',
  PMS_SCOPE = '',
}: Settings): UpstreamConfig {
  if (PMS_BASE_URL === undefined) return { kind: 'sandbox' };
  const oauth = PMS_TOKEN_URL && {
    tokenUrl: new URL(PMS_TOKEN_URL),
    clientId: PMS_CLIENT_ID,
    scope: PMS_SCOPE,
  };
  return { kind: 'fhir', baseUrl: new URL(PMS_BASE_URL), oauth: oauth || undefined };
}

/** EMA's limit is the default for every upstream but our own. */
function toRateLimit({ PMS_BASE_URL, PMS_RATE_LIMIT }: Settings): number | undefined {
  if (PMS_RATE_LIMIT !== undefined) return Number(PMS_RATE_LIMIT);
  return PMS_BASE_URL === undefined ? undefined : 500;
}

function toSecrets(settings: Settings, variables: Variables): Secrets {
  const current = (name: 'PMS_CLIENT_SECRET' | 'PMS_CLIENT_SECRET_NEXT') =>
    secretReader(settings[name], variables[`${name}_FILE`]);
  const [clientSecret, clientSecretNext] = [current('PMS_CLIENT_SECRET'), current('PMS_CLIENT_SECRET_NEXT')];
  const { REDIS_ENCRYPTION_KEY } = settings;
  return {
    get clientSecret() {
      return clientSecret();
    },
    get clientSecretNext() {
      return clientSecretNext();
    },
    cursorKey: settings.CURSOR_KEY,
    redisUrl: settings.REDIS_URL,
    redisEncryptionKeys: REDIS_ENCRYPTION_KEY === undefined ? undefined : parseSealKeys(REDIS_ENCRYPTION_KEY),
  };
}

/** Reads its file at most once a second; while that is not readable, or empty, what it held before still counts. */
function secretReader(first: string | undefined, file: string | undefined): () => string | undefined {
  if (file === undefined) return () => first;
  let known = first;
  let readAt = performance.now();
  return () => {
    if (performance.now() - readAt < 1_000) return known;
    readAt = performance.now();
    known = secretIn(file) ?? known;
    return known;
  };
}

/** The earliest moment that the text can mean, so that no warning comes late. Undefined where it is no date. */
export function parseExpiry(text: string): Date | undefined {
  return expiryReadings(text)[0];
}

/**
 * All that a date can mean, the earliest first: one moment in ISO 8601; as mailed the order of day and month is open.
 * A time without a zone is taken as UTC.
 */
export function expiryReadings(text: string): readonly Date[] {
  const mailed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}:\d{2}(?::\d{2})?))?$/.exec(text.trim());
  if (mailed === null) return [parseIsoDate(text.trim())].filter((date) => date !== undefined);
  const [, first = '', second = '', year = '', time = '0:00'] = mailed;
  const orders = new Set([`${first}-${second}`, `${second}-${first}`]);
  return [...orders]
    .flatMap((monthDay) => parseIsoDate(padded(`${year}-${monthDay} ${time}`)) ?? [])
    .sort((one, other) => one.getTime() - other.getTime());
}

function padded(text: string): string {
  return text.replaceAll(/\b\d\b/g, '0$&');
}

function parseIsoDate(text: string): Date | undefined {
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (parts === null) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = parts;
  // JavaScript turns 30 February into 2 March.
  const isDay = new Date(`${day}T00:00Z`).getUTCDate() === Number(day.slice(-2));
  const date = new Date(`${day}T${time}${zone}`);
  return isDay && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** What a variable must be, said in its fault; one that is not set is right. */
function Must(meaning: string, isRight: (text: string) => boolean): PropertyDecorator {
  return ValidateBy({
    name: meaning,
    validator: {
      validate: (text: unknown) => text === undefined || (typeof text === 'string' && isRight(text)),
      defaultMessage: () => `must ${meaning}`,
    },
  });
}

function isWhole(least: number, most: number): (text: string) => boolean {
  return (text) => /^\d{1,12}$/.test(text) && isBetween(Number(text), least, most);
}

function isSeconds(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text) && isBetween(Number(text), 0.1, 600);
}

function isShare(text: string): boolean {
  return /^\d*\.?\d+$/.test(text) && Number(text) > 0 && Number(text) <= 1;
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function isUrl(isSafe: (url: URL) => boolean): (text: string) => boolean {
  return (text) => URL.canParse(text) && isSafe(new URL(text));
}

function isSafeEndpoint(url: URL): boolean {
  return isSafeTransport(url) && url.username === '' && url.password === '';
}

function isRedisUrls(text: string): boolean {
  return text
    .split(',')
    .every((url) => URL.canParse(url) && ['redis:', 'rediss:'].includes(new URL(url).protocol));
}

function isFileOrUrl(text: string): boolean {
  return /^[a-z][a-z+.-]+:\/\//i.test(text) ? isUrl(isSafeEndpoint)(text) : existsSync(text);
}

function isFolderOrNothing(text: string): boolean {
  try {
    return statSync(text, { throwIfNoEntry: false })?.isDirectory() ?? true;
  } catch {
    return false;
  }
}

function isBoolean(text: string): boolean {
  return /^(true|false)$/i.test(text);
}

function isTrue(text: string): boolean {
  return text.toLowerCase() === 'true';
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}
