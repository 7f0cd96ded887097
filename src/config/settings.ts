/**
 * The table of settings: the name, the valid values, the default and the meaning of each. docs/settings.md is generated
 * from this table.
 */
import * as kinds from './kinds.js';

export type Profile = 'auto' | 'everything' | 'search' | 'include';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface Setting {
  readonly group: SettingGroup;
  readonly kind: kinds.Kind;
  /** The value that is used if the setting is unset. */
  readonly default?: string;
  /** What the service does if the setting is unset and has no default, in words for operators. */
  readonly unset?: string;
  /** What the setting does, in Markdown sentences for operators. */
  readonly meaning: string;
  /** Whether the setting is a secret. A secret may be in a file that `NAME_FILE` names, and is never displayed. */
  readonly isSecret?: true;
}

/** The headings of docs/settings.md, in their order. */
export const settingGroups = {
  upstream: 'The upstream and its credentials',
  load: 'Limits of requests to the upstream',
  kept: 'Caches, and what replicas share',
  http: 'Where the service listens, and what clients may see',
  terms: 'Terms',
  index: 'The index',
} as const;
export type SettingGroup = keyof typeof settingGroups;

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

/** All settings, in the order in which error messages list them. */
export const settings = {
  HOST: {
    group: 'http',
    kind: kinds.host,
    default: '127.0.0.1',
    meaning: 'The address to listen on. An address that is not loopback needs `ALLOW_ANONYMOUS=true`.',
  },
  PORT: {
    group: 'http',
    kind: kinds.whole(0, 65_535),
    default: '4000',
    meaning: 'The port to listen on. `0` picks a free port and prints it.',
  },
  PMS_BASE_URL: {
    group: 'upstream',
    kind: kinds.baseUrl,
    unset: 'the embedded sandbox',
    meaning: 'The FHIR R5 base of the upstream, such as `https://api.pms.ema.europa.eu/public/v1`.',
  },
  PMS_TOKEN_URL: {
    group: 'upstream',
    kind: kinds.endpointUrl,
    unset: 'requests to the upstream have no token',
    meaning: 'The token endpoint of OAuth2 client credentials, from EMA’s e-mail.',
  },
  PMS_CLIENT_ID: {
    group: 'upstream',
    kind: kinds.anyText,
    meaning: 'The client id, from EMA’s e-mail. It must be set if `PMS_TOKEN_URL` is set.',
  },
  PMS_CLIENT_SECRET: {
    group: 'upstream',
    kind: kinds.anyText,
    isSecret: true,
    meaning:
      'The client secret, from EMA’s e-mail. It must be set if `PMS_TOKEN_URL` is set. If it comes from a file, changes are noticed while the service runs.',
  },
  PMS_CLIENT_SECRET_NEXT: {
    group: 'upstream',
    kind: kinds.anyText,
    isSecret: true,
    meaning:
      'The next client secret. The service tries it when the token endpoint refuses the first one, and uses it from then on if it is accepted. If it comes from a file, changes are noticed while the service runs.',
  },
  PMS_SCOPE: {
    group: 'upstream',
    kind: kinds.anyText,
    meaning: 'The scope, from EMA’s e-mail. It must be set if `PMS_TOKEN_URL` is set.',
  },
  PMS_SECRET_EXPIRES: {
    group: 'upstream',
    kind: kinds.expiryDate,
    unset: 'no warning',
    meaning:
      'When the client secret expires. If day and month can be swapped, the service uses the earlier date. The log, `/health/ready` and `/metrics` warn from 90 days before.',
  },
  PMS_PROFILE: {
    group: 'upstream',
    kind: kinds.oneOf(profiles),
    default: 'auto',
    meaning:
      'Which FHIR interactions the service uses. `auto` finds out what the upstream supports and uses what needs the fewest requests. Each other value states what the upstream supports, and the service does not test it.',
  },
  PMS_OPENAPI: {
    group: 'upstream',
    kind: kinds.fileOrUrl,
    unset: '`/swagger` below the base, if the upstream has no CapabilityStatement',
    meaning:
      'An OpenAPI description of the upstream, JSON or YAML. It also tells the service what the upstream supports.',
  },
  PMS_ELEMENTS: {
    group: 'upstream',
    kind: kinds.autoOrOff,
    default: 'auto',
    meaning:
      '`auto` asks for the selected elements only (`_elements`), if the upstream supports that and it saves bytes.',
  },
  PMS_RATE_LIMIT: {
    group: 'load',
    kind: kinds.whole(1, 1_000_000),
    unset: '500; no limit over the embedded sandbox',
    meaning:
      'The maximum number of upstream requests in any minute, of all replicas together. Token requests do not count.',
  },
  PMS_REPLICAS: {
    group: 'load',
    kind: kinds.whole(1, 1_000),
    unset: 'the number of processes seen through Redis, or 4 before any was seen',
    meaning:
      'The number of processes that share the rate limit. While Redis cannot be reached, each process uses an equal part of the limit.',
  },
  PMS_CONCURRENCY: {
    group: 'load',
    kind: kinds.whole(1, 1_000),
    default: '32',
    meaning:
      'The maximum number of upstream requests that one process has open at the same time. It opens fewer while the upstream is slow or refuses.',
  },
  PMS_QUEUE: {
    group: 'load',
    kind: kinds.whole(1, 100_000),
    default: '1000',
    meaning: 'The maximum number of upstream requests that wait to be sent in one process.',
  },
  PMS_REQUEST_BUDGET: {
    group: 'load',
    kind: kinds.whole(1, 100_000),
    default: '120',
    meaning: 'The maximum number of upstream requests of one operation.',
  },
  PMS_TIMEOUT: {
    group: 'load',
    kind: kinds.seconds,
    default: '10',
    meaning: 'Seconds until an upstream request times out.',
  },
  OPERATION_TIMEOUT: {
    group: 'load',
    kind: kinds.seconds,
    default: '30',
    meaning:
      'Seconds until an operation times out. Data that were not read by then are missing, and the response says so.',
  },
  SHUTDOWN_DELAY: {
    group: 'http',
    kind: kinds.whole(0, 600, 'seconds'),
    default: '5',
    meaning:
      'Seconds from SIGTERM until the service refuses new requests. `/health/ready` answers 503 from SIGTERM on.',
  },
  CACHE_TTL: {
    group: 'kept',
    kind: kinds.whole(0, 86_400, 'seconds'),
    default: '300',
    meaning:
      'Seconds for which an upstream answer counts as fresh. With `0`, nothing is cached between operations.',
  },
  CACHE_MAX_BYTES: {
    group: 'kept',
    kind: kinds.whole(1_000_000, 100_000_000_000, 'bytes'),
    default: String(256 * 1024 * 1024),
    meaning:
      'The maximum number of bytes of the cache in memory. The least recently used responses are removed first. Redis has its own limit, `maxmemory`.',
  },
  CURSOR_KEY: {
    group: 'kept',
    kind: kinds.anyText,
    isSecret: true,
    unset: 'random, so cursors are invalid after a restart',
    meaning: 'The secret that seals cursors, the same on all replicas.',
  },
  REDIS_URL: {
    group: 'kept',
    kind: kinds.redisUrls,
    isSecret: true,
    unset: 'each process has its own cache, token and rate in memory',
    meaning:
      'The Redis or Valkey in which all replicas share the token, the rate and the upstream’s responses. The URL is a secret, because it may contain a password.',
  },
  REDIS_ENCRYPTION_KEY: {
    group: 'kept',
    kind: kinds.sealKeys,
    isSecret: true,
    unset: 'derived from the client secret',
    meaning: 'The keys that encrypt secrets in Redis. The first one encrypts, all of them decrypt.',
  },
  ALLOW_ANONYMOUS: {
    group: 'http',
    kind: kinds.trueOrFalse,
    default: 'false',
    meaning:
      'Whether clients may send queries without a key. It must be `true` unless `HOST` is loopback, because this version checks no keys.',
  },
  LOG_LEVEL: {
    group: 'http',
    kind: kinds.oneOf(logLevels),
    default: 'info',
    meaning: 'The lowest level of the lines in the log. `debug` also has one line for each answer.',
  },
  EXPLAIN: {
    group: 'http',
    kind: kinds.trueOrFalse,
    default: 'false',
    meaning:
      'Whether every client that sends the header `pms-explain: 1` gets the query plan. If `false`, only clients on this machine get it.',
  },
  RECEIPT: {
    group: 'http',
    kind: kinds.oneOf(['full', 'gaps']),
    default: 'full',
    meaning:
      'What `extensions.upstream` of an answer contains: the cost of the operation too, or only what is missing (`incomplete`) and what is old (`stale`), which makes answers smaller.',
  },
  INTROSPECTION: {
    group: 'http',
    kind: kinds.trueOrFalse,
    default: 'true',
    meaning: 'Whether clients may read the schema by introspection.',
  },
  GRAPHIQL: {
    group: 'http',
    kind: kinds.trueOrFalse,
    default: 'true',
    meaning: 'Whether `/graphql` shows GraphiQL in a browser.',
  },
  CORS_ORIGINS: {
    group: 'http',
    kind: kinds.origins,
    default: '',
    unset: 'pages of this machine if `HOST` is loopback, else no other origin',
    meaning: 'Origins whose pages may call this service from a browser. `*` lets pages of any origin call.',
  },
  CHANGES_STREAMS: {
    group: 'http',
    kind: kinds.whole(0, 10_000),
    default: '100',
    meaning:
      'The maximum number of streams that may be open at `/changes` at the same time. Further streams are refused with 503.',
  },
  CHANGES_STREAMS_PER_CLIENT: {
    group: 'http',
    kind: kinds.whole(0, 10_000),
    default: '10',
    meaning:
      'The maximum number of these streams of one client, which is known by its address. Further streams are refused with 429. Clients behind one proxy count as one client.',
  },
  TRUSTED_DOCUMENTS: {
    group: 'http',
    kind: kinds.fileOrFolder,
    unset: 'clients can register documents by automatic persisted queries only',
    meaning:
      'The documents that clients may request by an id: a manifest that Apollo, Relay or GraphQL Code Generator wrote, or a folder of such manifests, one for each version of an app. The service checks all documents at its start, and reads changed manifests while it runs.',
  },
  TRUSTED_DOCUMENTS_ONLY: {
    group: 'http',
    kind: kinds.trueOrFalse,
    default: 'false',
    meaning:
      'Whether the service answers only the documents in `TRUSTED_DOCUMENTS`. Then it stores no automatic persisted queries, and GraphiQL and introspection get no answers.',
  },
  TERMS_DIR: {
    group: 'terms',
    kind: kinds.folder,
    unset: 'a folder for program data, `~/.local/share/pms-graphql/terms` on Linux',
    meaning: 'The folder of imported terms (`terms import`). The service notices new imports while it runs.',
  },
  INDEX: {
    group: 'index',
    kind: kinds.autoOnOrOff,
    default: 'auto',
    meaning:
      'Whether the service has an index of products. The index supports searches that the upstream does not support. `auto` means `on` over the embedded sandbox, and `off` otherwise.',
  },
  INDEX_URL: {
    group: 'index',
    kind: kinds.indexUrl,
    isSecret: true,
    unset: 'one file for each upstream, in the folder for program data',
    meaning:
      'The file of the index, or the PostgreSQL database in which all replicas share it, such as `postgres://user:password@host/database?sslmode=verify-full`. A file belongs to one upstream. In a database each upstream has a schema of its own. The URL is a secret, because it may contain a password. Over the sandbox the index is in memory.',
  },
  INDEX_CRAWL: {
    group: 'index',
    kind: kinds.trueOrFalse,
    default: 'false',
    meaning:
      'Whether this process fills the index with all products of the upstream and keeps them up to date. If `false`, the index contains only the products that clients have requested. Of several replicas with one database, one fills the index, and another takes over when it stops. Over the sandbox the index is always filled.',
  },
  INDEX_SHARE: {
    group: 'index',
    kind: kinds.share,
    default: '0.3',
    meaning: 'The part of `PMS_RATE_LIMIT` that filling the index may take.',
  },
  INDEX_MAX_AGE: {
    group: 'index',
    kind: kinds.whole(60, 31_536_000, 'seconds'),
    default: '86400',
    meaning:
      'Seconds for which a product is served from the index after it was read from the upstream. With `CACHE_TTL=0` the index serves only searches that the upstream does not support; all other data come from the upstream.',
  },
  INDEX_MAX_BYTES: {
    group: 'index',
    kind: kinds.whole(1_000_000, 100_000_000_000, 'bytes'),
    default: String(2 ** 31),
    meaning:
      'The maximum number of bytes of the index. In a file, this includes the journal, which takes a sixteenth of them, 32 MB at most. When the index is full, the details of the products that were read earliest are deleted first.',
  },
  INDEX_TERMS_ACCEPTED: {
    group: 'index',
    kind: kinds.trueOrFalse,
    default: 'false',
    meaning:
      'Must be `true` if `INDEX` is `on` and `PMS_BASE_URL` is set. The index stores a copy of the upstream’s data, so the terms of use of the data’s owner apply.',
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as readonly SettingName[];

/** Returns an entry of `settings`, typed without literals. */
export function settingOf(name: SettingName): Setting {
  return settings[name];
}

/** The values of settings as texts; undefined for a setting with neither a value nor a default. */
export type Settings = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends { readonly default: string }
    ? string
    : string | undefined;
};

export type SecretName = {
  [Name in SettingName]: (typeof settings)[Name] extends { readonly isSecret: true } ? Name : never;
}[SettingName];
export const secretNames = settingNames.filter(
  (name): name is SecretName => settingOf(name).isSecret === true,
);

/** Settings of later versions, and what the service does without them. */
export const notOffered: Readonly<Record<string, string>> = {
  API_KEYS_FILE: 'the service requires no key',
  JWT_JWKS_URL: 'the service requires no token',
  JWT_ISSUER: 'the service requires no token',
  JWT_AUDIENCE: 'the service requires no token',
  INDEX_READ_URL: 'the index belongs to one machine',
};
