/** The environment as a typed, immutable configuration, or one message with everything that is wrong with it. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { parseExpiry } from './expiry.js';
import { isTrue, listOf } from './kinds.js';
import {
  notOffered,
  secretNames,
  settingNames,
  settingOf,
  type LogLevel,
  type Profile,
  type Settings,
} from './settings.js';
import { ExitError } from '../errors.js';
import { isLoopback } from '../fhir/base-url.js';
import { parseSealKeys, type SealKey } from '../store/seal.js';
import { defaultIndexFile } from '../search-index/store/default-index-file.js';
import { defaultTermsDir } from '../terms/imported/default-folder.js';

export type { LogLevel, Profile } from './settings.js';

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
  faults.push(
    ...wrong(settings),
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
  const entries = settingNames.map((name) => [name, variables[name] ?? settingOf(name).default]);
  return Object.fromEntries(entries) as Settings;
}

/** One that is not set is right. */
function wrong(settings: Settings): readonly string[] {
  return settingNames.flatMap((name) => {
    const { kind } = settingOf(name);
    const value = settings[name];
    return value === undefined || kind.isRight(value) ? [] : [`${name} must be ${kind.is}.`];
  });
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
    'INDEX_TERMS_ACCEPTED must be true where INDEX is on: the index keeps a copy of the upstream’s data, so the terms of use of their owner apply. Read them first.',
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

/** A misspelt setting would otherwise be silently ignored. Names that resemble no setting belong to other programs. */
function unknown(variables: Variables): readonly string[] {
  const known = [...settingNames, ...secretNames.map((name) => `${name}_FILE`)];
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
