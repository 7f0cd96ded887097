/** Reads the environment into a typed, immutable configuration. If settings are wrong, one error lists all faults. */
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
  type SecretName,
  type Settings,
} from './settings.js';
import { isPostgresUrl } from './kinds.js';
import { ExitError } from '../errors.js';
import { isLoopback } from '../fhir/base-url.js';
import { fileStamp } from '../reload/file-stamp.js';
import type { Reloadable } from '../reload/reloadable.js';
import { parseSealKeys, type SealKey } from '../store/seal.js';
import { defaultIndexFile } from '../search-index/store/default-index-file.js';
import { defaultTermsDir } from '../terms/imported/default-folder.js';

export type { LogLevel, Profile } from './settings.js';

export interface Config {
  readonly host: string;
  /** The port to listen on. 0 picks a free port. */
  readonly port: number;
  readonly upstream: UpstreamConfig;
  readonly profile: Profile;
  /** The location of an OpenAPI description of the upstream: a file, or a URL. */
  readonly openApi: string | undefined;
  /** Whether requests to the upstream may name single elements (`_elements`). */
  readonly elements: boolean;
  /**
   * Whether any client may see the query plan and the upstream requests. If false, only clients on this machine may.
   */
  readonly explain: boolean;
  /** Whether `extensions.upstream` has the cost of an operation, or only its gaps and its stale parts. */
  readonly receipt: 'full' | 'gaps';
  /** Upstream requests per minute. Undefined for no limit. */
  readonly rateLimit: number | undefined;
  /**
   * The number of processes that share the rate limit. If undefined, the processes seen through Redis are counted.
   */
  readonly replicas: number | undefined;
  /** Maximum number of concurrent upstream requests of this process. */
  readonly maxConcurrency: number;
  /** Maximum number of upstream requests that may wait in the queue of this process. */
  readonly maxQueue: number;
  /** Maximum number of upstream requests of one operation. */
  readonly requestBudget: number;
  /** Timeout of one upstream request, in milliseconds. */
  readonly timeoutMs: number;
  /** Timeout of one operation including its upstream requests, in milliseconds. */
  readonly deadlineMs: number;
  /**
   * Milliseconds from the time when `/health/ready` reports that this replica shuts down, until it refuses requests.
   */
  readonly shutdownDelayMs: number;
  /** Milliseconds for which an upstream response is fresh. With 0, nothing is cached between operations. */
  readonly cacheTtlMs: number;
  /** Maximum size of the caches in memory, in bytes. */
  readonly cacheMaxBytes: number;
  /** When the client secret expires. If the date is ambiguous, this is the earliest date that it can mean. */
  readonly secretExpires: Date | undefined;
  readonly logLevel: LogLevel;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** Origins of web pages that may send requests. `*` for any origin. */
  readonly corsOrigins: readonly string[];
  /** Maximum number of open streams at `/changes`, in total and of one client. */
  readonly changesStreams: number;
  readonly changesStreamsPerClient: number;
  /**
   * The folder of imported terms. It need not exist. Undefined if the settings name no folder and the user has no
   * home folder.
   */
  readonly termsDir: string | undefined;
  /** The settings of the index. Undefined if the service has no index. */
  readonly index: IndexConfig | undefined;
  /** The documents that clients may request by an id. Undefined if there are none. */
  readonly trusted: TrustedConfig | undefined;
}

export interface TrustedConfig {
  /** A manifest, or a folder of manifests. */
  readonly path: string;
  /** Whether other documents are refused. */
  readonly only: boolean;
}

export interface IndexConfig {
  /** The file of the index. If undefined, the index is in a database or in memory. */
  readonly file: string | undefined;
  /** Whether the index is in the database that the secret `indexUrl` names. @default false */
  readonly inDatabase?: boolean;
  /** Whether this process crawls the upstream to fill the index. */
  readonly crawl: boolean;
  /** The part of the rate limit that a crawl may use: above 0, and at most 1. */
  readonly share: number;
  /**
   * Milliseconds for which a product from the index is used after it was read, although the upstream is available.
   */
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

/** The secrets of the configuration. They are not in `Config`, which may be displayed. */
export interface Secrets {
  /** The client secret. */
  readonly clientSecret: string | undefined;
  /** The next client secret. */
  readonly clientSecretNext: string | undefined;
  /** The files of the client secrets, so that changes take effect. Undefined if no client secret is in a file. */
  readonly files?: Reloadable | undefined;
  readonly cursorKey: string | undefined;
  /** The URL of Redis. A secret, because it may contain a password. */
  readonly redisUrl: string | undefined;
  /** The URL of the database of the index. A secret, because it may contain a password. */
  readonly indexUrl?: string | undefined;
  /** The first key encrypts. All keys decrypt. */
  readonly redisEncryptionKeys: readonly SealKey[] | undefined;
}

/** An error with all faults of the configuration at once. It names variables, but never their values. */
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
 * Reads the environment and the text of a `.env` file. The environment takes precedence over `.env`, and an empty value
 * counts as unset. Every secret may be in a file that `NAME_FILE` names.
 * @throws ConfigError
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
    ...untrusting(settings),
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

/**
 * Returns both variable names of a secret, `NAME` and `NAME_FILE`. If either is in the environment, both are ignored
 * in `.env`. Returns an empty list for other settings.
 */
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
    ...unread.map(([name]) => unreadFile(name)),
  );
  return { ...variables, ...Object.fromEntries(read) };
}

/** Reads a secret from a file. Removes the line break that editors and `echo` add at the end. */
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

/** Returns a fault for each setting with an invalid value. */
function wrong(settings: Settings): readonly string[] {
  return settingNames.flatMap((name) => {
    const { kind } = settingOf(name);
    const value = settings[name];
    return value === undefined || kind.isRight(value) ? [] : [`${name} must be ${kind.is}.`];
  });
}

/**
 * Returns faults for missing settings. If only some of the credentials are set, that is a mistake. If credentials are
 * set but no base URL, the service would return the fictitious data of the sandbox.
 */
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

/** Returns a fault if only trusted documents are answered, but no documents are trusted. */
function untrusting({ TRUSTED_DOCUMENTS, TRUSTED_DOCUMENTS_ONLY }: Settings): readonly string[] {
  if (TRUSTED_DOCUMENTS !== undefined || !isTrue(TRUSTED_DOCUMENTS_ONLY)) return [];
  return ['TRUSTED_DOCUMENTS must be set if TRUSTED_DOCUMENTS_ONLY is true.'];
}

function exposed({ HOST, ALLOW_ANONYMOUS }: Settings): readonly string[] {
  if (isLoopback(HOST) || isTrue(ALLOW_ANONYMOUS)) return [];
  return [
    'ALLOW_ANONYMOUS must be true if HOST is not a loopback address, because anybody who can reach the service may send queries.',
  ];
}

/** Returns a fault if the index is on, but the operator has not accepted the terms of use of the upstream's data. */
function unaccepted({ INDEX, INDEX_TERMS_ACCEPTED, PMS_BASE_URL }: Settings): readonly string[] {
  if (INDEX !== 'on' || PMS_BASE_URL === undefined || isTrue(INDEX_TERMS_ACCEPTED)) return [];
  return [
    'INDEX_TERMS_ACCEPTED must be true if INDEX is on. The index stores a copy of the upstream’s data, so the terms of use of the data’s owner apply. Read them first.',
  ];
}

/**
 * Returns faults for settings that are not supported yet. Otherwise an operator might rely on a protection that does
 * not exist.
 */
function early(variables: Variables): readonly string[] {
  return Object.entries(notOffered).flatMap(([name, meanwhile]) =>
    [name, `${name}_FILE`]
      .filter((form) => variables[form] !== undefined)
      .map((form) => `${form} is not supported yet. Remove it. Until then: ${meanwhile}.`),
  );
}

/**
 * Returns faults for misspelt settings, which would otherwise be ignored silently. Variables whose names do not
 * resemble any setting belong to other programs.
 */
function unknown(variables: Variables): readonly string[] {
  const known = [...settingNames, ...secretNames.map((name) => `${name}_FILE`)];
  return Object.keys(variables)
    .filter((name) => name.startsWith('PMS_') && !known.includes(name))
    .flatMap((name) => {
      const { candidate, distance } = nearest(name, known);
      return distance > misspelt
        ? []
        : [`${name} is not a setting; the most similar setting is ${candidate}.`];
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
    receipt: settings.RECEIPT as Config['receipt'],
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
    changesStreams: Number(settings.CHANGES_STREAMS),
    changesStreamsPerClient: Number(settings.CHANGES_STREAMS_PER_CLIENT),
    termsDir: settings.TERMS_DIR ?? defaultTermsDir(env),
    index: toIndex(settings, env),
    trusted:
      settings.TRUSTED_DOCUMENTS === undefined
        ? undefined
        : { path: settings.TRUSTED_DOCUMENTS, only: isTrue(settings.TRUSTED_DOCUMENTS_ONLY) },
  };
}

/**
 * Returns the settings of the index. With the embedded sandbox, the index is filled at the start and deleted with the
 * process.
 */
function toIndex(
  { INDEX, INDEX_URL, INDEX_CRAWL, INDEX_SHARE, INDEX_MAX_AGE, INDEX_MAX_BYTES, PMS_BASE_URL }: Settings,
  env: Variables,
): IndexConfig | undefined {
  const isSandbox = PMS_BASE_URL === undefined;
  if (INDEX === 'off' || (INDEX === 'auto' && !isSandbox)) return undefined;
  const inDatabase = databaseOf({ INDEX_URL, PMS_BASE_URL }) !== undefined;
  return {
    file:
      isSandbox || inDatabase
        ? undefined
        : (INDEX_URL?.slice('sqlite:'.length) ?? defaultIndexFile(PMS_BASE_URL.replace(/\/+$/, ''), env)),
    ...(inDatabase && { inDatabase }),
    crawl: isSandbox || isTrue(INDEX_CRAWL),
    share: Number(INDEX_SHARE),
    maxAgeMs: Number(INDEX_MAX_AGE) * 1_000,
    maxBytes: Number(INDEX_MAX_BYTES),
  };
}

/** Returns the URL of the database of the index. Over the sandbox, the index is in memory. */
function databaseOf({
  INDEX_URL,
  PMS_BASE_URL,
}: Pick<Settings, 'INDEX_URL' | 'PMS_BASE_URL'>): string | undefined {
  if (PMS_BASE_URL === undefined || INDEX_URL === undefined) return undefined;
  return isPostgresUrl(INDEX_URL) ? INDEX_URL : undefined;
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

/** Returns the rate limit. The default is EMA's limit, except for the embedded sandbox. */
function toRateLimit({ PMS_BASE_URL, PMS_RATE_LIMIT }: Settings): number | undefined {
  if (PMS_RATE_LIMIT !== undefined) return Number(PMS_RATE_LIMIT);
  return PMS_BASE_URL === undefined ? undefined : 500;
}

function toSecrets(settings: Settings, variables: Variables): Secrets {
  const { PMS_CLIENT_SECRET, PMS_CLIENT_SECRET_NEXT, REDIS_ENCRYPTION_KEY } = settings;
  const files = secretFiles(variables);
  return {
    get clientSecret() {
      return files.texts.get('PMS_CLIENT_SECRET') ?? PMS_CLIENT_SECRET;
    },
    get clientSecretNext() {
      return files.texts.get('PMS_CLIENT_SECRET_NEXT') ?? PMS_CLIENT_SECRET_NEXT;
    },
    files: files.names.length > 0 ? files : undefined,
    cursorKey: settings.CURSOR_KEY,
    redisUrl: settings.REDIS_URL,
    indexUrl: databaseOf(settings),
    redisEncryptionKeys: REDIS_ENCRYPTION_KEY === undefined ? undefined : parseSealKeys(REDIS_ENCRYPTION_KEY),
  };
}

interface SecretFiles extends Reloadable {
  readonly names: readonly SecretName[];
  /** The secrets that were read again. */
  readonly texts: ReadonlyMap<SecretName, string>;
}

/** Returns the files of the client secrets. A secret whose file is unreadable or empty does not change. */
function secretFiles(variables: Variables): SecretFiles {
  const all = (['PMS_CLIENT_SECRET', 'PMS_CLIENT_SECRET_NEXT'] as const).flatMap((name) => {
    const file = variables[`${name}_FILE`];
    return file === undefined ? [] : [{ name, file }];
  });
  const texts = new Map<SecretName, string>();
  return {
    name: 'secrets',
    names: all.map(({ name }) => name),
    texts,
    stamp: () => all.map(({ file }) => fileStamp(file)).join('\n'),
    load() {
      const read = all.map(({ name, file }) => [name, secretIn(file)] as const);
      for (const [name, secret] of read) if (secret !== undefined) texts.set(name, secret);
      const unread = read.filter(([, secret]) => secret === undefined);
      if (unread.length > 0)
        throw new ExitError('config', unread.map(([name]) => unreadFile(name)).join(' '));
    },
  };
}

function unreadFile(name: SecretName): string {
  return `${name}_FILE must name a readable file that contains the secret.`;
}
