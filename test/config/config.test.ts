/** Settings: defaults, precedence, all faults in one message, and no value in any message. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config/config.js';
import { parseExpiry } from '../../src/config/expiry.js';
import { settingNames } from '../../src/config/settings.js';
import { defaultTermsDir } from '../../src/terms/imported/default-folder.js';
import { testFolder } from '../support/folder.js';
import { titled } from '../support/titles.js';

const oauth = {
  PMS_BASE_URL: 'https://api.pms.ema.europa.eu/public/v1',
  PMS_TOKEN_URL: 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token',
  PMS_CLIENT_ID: 'client',
  PMS_CLIENT_SECRET: 'secret',
  PMS_SCOPE: 'api://euema/.default',
};

function faultsOf(env: Record<string, string>, dotenv = ''): readonly string[] {
  try {
    readConfig(env, dotenv);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

function fileWith(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pms-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'secret'), text);
  return path.join(folder, 'secret');
}

describe('the settings', () => {
  test('without any value make the service use its sandbox and listen on loopback', () => {
    expect(readConfig({ HOME: '/home/somebody' })).toEqual({
      config: {
        host: '127.0.0.1',
        port: 4000,
        upstream: { kind: 'sandbox' },
        profile: 'auto',
        openApi: undefined,
        elements: true,
        explain: false,
        receipt: 'full',
        rateLimit: undefined,
        replicas: undefined,
        maxConcurrency: 32,
        maxQueue: 1_000,
        requestBudget: 120,
        timeoutMs: 10_000,
        deadlineMs: 30_000,
        shutdownDelayMs: 5_000,
        cacheTtlMs: 300_000,
        cacheMaxBytes: 268_435_456,
        secretExpires: undefined,
        logLevel: 'info',
        introspection: true,
        graphiql: true,
        corsOrigins: [],
        changesStreams: 100,
        changesStreamsPerClient: 10,
        termsDir: defaultTermsDir({ HOME: '/home/somebody' }),
        index: { file: undefined, crawl: true, share: 0.3, maxAgeMs: 86_400_000, maxBytes: 2_147_483_648 },
      },
      secrets: {
        clientSecret: undefined,
        clientSecretNext: undefined,
        cursorKey: undefined,
        redisUrl: undefined,
        redisEncryptionKeys: undefined,
      },
    });
  });

  test('with all values are read, and secrets are apart from other values', () => {
    const { config, secrets } = readConfig({
      ...oauth,
      HOST: '0.0.0.0',
      PORT: '0',
      ALLOW_ANONYMOUS: 'true',
      PMS_CLIENT_SECRET_NEXT: 'next-one',
      PMS_SECRET_EXPIRES: '08/15/2027 11:29:14',
      PMS_PROFILE: 'search',
      PMS_RATE_LIMIT: '60',
      PMS_REPLICAS: '3',
      PMS_CONCURRENCY: '8',
      PMS_QUEUE: '50',
      PMS_REQUEST_BUDGET: '7',
      PMS_TIMEOUT: '2.5',
      OPERATION_TIMEOUT: '12',
      SHUTDOWN_DELAY: '0',
      CACHE_TTL: '0',
      CACHE_MAX_BYTES: '4000000000',
      CURSOR_KEY: 'cursors',
      REDIS_URL: 'rediss://user:redis-password@redis.example:6380/2',
      REDIS_ENCRYPTION_KEY: `2027:${'a'.repeat(43)}=,2026:${'b'.repeat(43)}=`,
      LOG_LEVEL: 'debug',
      INTROSPECTION: 'FALSE',
      GRAPHIQL: 'false',
      PMS_OPENAPI: 'README.md',
      PMS_ELEMENTS: 'off',
      EXPLAIN: 'true',
      RECEIPT: 'gaps',
      CORS_ORIGINS: 'https://a.example, http://localhost:3000',
      CHANGES_STREAMS: '50',
      CHANGES_STREAMS_PER_CLIENT: '5',
      TERMS_DIR: '/no/such/folder/yet',
      INDEX: 'on',
      INDEX_URL: 'sqlite:/no/such/file.sqlite',
      INDEX_CRAWL: 'true',
      INDEX_SHARE: '0.5',
      INDEX_MAX_AGE: '3600',
      INDEX_MAX_BYTES: '1000000000',
      INDEX_TERMS_ACCEPTED: 'true',
    });
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 0,
      upstream: {
        kind: 'fhir',
        baseUrl: new URL(oauth.PMS_BASE_URL),
        oauth: { tokenUrl: new URL(oauth.PMS_TOKEN_URL), clientId: 'client', scope: 'api://euema/.default' },
      },
      profile: 'search',
      openApi: 'README.md',
      elements: false,
      explain: true,
      receipt: 'gaps',
      rateLimit: 60,
      replicas: 3,
      maxConcurrency: 8,
      maxQueue: 50,
      requestBudget: 7,
      timeoutMs: 2_500,
      deadlineMs: 12_000,
      shutdownDelayMs: 0,
      cacheTtlMs: 0,
      cacheMaxBytes: 4_000_000_000,
      secretExpires: new Date('2027-08-15T11:29:14Z'),
      logLevel: 'debug',
      introspection: false,
      graphiql: false,
      corsOrigins: ['https://a.example', 'http://localhost:3000'],
      changesStreams: 50,
      changesStreamsPerClient: 5,
      index: {
        file: '/no/such/file.sqlite',
        crawl: true,
        share: 0.5,
        maxAgeMs: 3_600_000,
        maxBytes: 1_000_000_000,
      },
      termsDir: '/no/such/folder/yet',
    });
    expect(secrets).toEqual({
      clientSecret: 'secret',
      clientSecretNext: 'next-one',
      cursorKey: 'cursors',
      redisUrl: 'rediss://user:redis-password@redis.example:6380/2',
      redisEncryptionKeys: [
        { id: '2027', key: Buffer.from('a'.repeat(43), 'base64') },
        { id: '2026', key: Buffer.from('b'.repeat(43), 'base64') },
      ],
    });
    expect(JSON.stringify(config)).not.toMatch(/secret"|next-one|cursors|redis/);
  });

  test('without a token URL mean an upstream without authentication', () => {
    const { config } = readConfig({ PMS_BASE_URL: 'http://localhost:8080/fhir' });
    expect(config).toMatchObject({ upstream: { kind: 'fhir', oauth: undefined }, rateLimit: 500 });
  });

  test('are read from .env if the environment lacks them', () => {
    expect(readConfig({ PORT: '5000' }, 'PORT=6000\nHOST=localhost\n# a comment\n').config).toMatchObject({
      port: 5000,
      host: 'localhost',
    });
  });

  test('count as missing if they are empty, and an empty value in the environment hides the value in .env', () => {
    expect(
      readConfig({ PMS_BASE_URL: '', PORT: ' ' }, `PMS_BASE_URL=https://x.example`).config,
    ).toMatchObject({
      upstream: { kind: 'sandbox' },
      port: 4000,
    });
  });
});

test('each setting in the table of settings is read by the configuration', () => {
  const source = readFileSync('src/config/config.ts', 'utf8');
  const isRead = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(source);
  expect(settingNames.filter((name) => !isRead(name))).toEqual([]);
});

describe('a secret setting', () => {
  test('may be in a file, whose last line break is ignored', () => {
    const { secrets } = readConfig({
      ...oauth,
      PMS_CLIENT_SECRET: '',
      PMS_CLIENT_SECRET_FILE: fileWith('from a file\r\n'),
    });
    expect(secrets.clientSecret).toBe('from a file');
  });

  test('in a file that the environment names takes precedence over one in .env', () => {
    expect(readConfig({ CURSOR_KEY_FILE: fileWith('filed') }, 'CURSOR_KEY=plain').secrets.cursorKey).toBe(
      'filed',
    );
    expect(readConfig({ CURSOR_KEY: 'plain' }, 'CURSOR_KEY_FILE=/nowhere').secrets.cursorKey).toBe('plain');
  });

  test('in a missing or empty file is a fault', () => {
    const fault = 'CURSOR_KEY_FILE must name a readable file that contains the secret.';
    expect(faultsOf({ CURSOR_KEY_FILE: '/no/such/file' })).toEqual([fault]);
    expect(faultsOf({ CURSOR_KEY_FILE: fileWith('\n') })).toEqual([fault]);
  });

  test('that is the client secret is read again from its file while the service runs, unless the file is empty', async () => {
    const file = fileWith('first\n');
    const { secrets } = readConfig({
      ...oauth,
      PMS_CLIENT_SECRET: '',
      PMS_CLIENT_SECRET_FILE: file,
      PMS_CLIENT_SECRET_NEXT_FILE: fileWith('next'),
    });
    const files = secrets.files!;
    const stamp = files.stamp();
    writeFileSync(file, 'second\n');
    expect(secrets.clientSecret).toBe('first');
    expect(files.stamp()).not.toBe(stamp);
    await files.load();
    expect([secrets.clientSecret, secrets.clientSecretNext]).toEqual(['second', 'next']);
    const fault = 'PMS_CLIENT_SECRET_FILE must name a readable file that contains the secret.';
    writeFileSync(file, '');
    expect(() => files.load()).toThrow(fault);
    rmSync(file);
    expect(() => files.load()).toThrow(fault);
    expect([secrets.clientSecret, secrets.clientSecretNext]).toEqual(['second', 'next']);
  });

  test('that is set both as a value and as a file is reported as a fault', () => {
    expect(faultsOf({ CURSOR_KEY: 'a', CURSOR_KEY_FILE: fileWith('b') })).toEqual([
      'CURSOR_KEY and CURSOR_KEY_FILE must not be set both.',
    ]);
  });
});

describe('a fault in the settings', () => {
  test.each<[string, string]>([
    ['HOST', 'not a host!'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '4e3'],
    ['PMS_BASE_URL', 'http://api.pms.ema.europa.eu/public/v1'],
    ['PMS_BASE_URL', 'https://user:hunter2@api.example/v1'],
    ['PMS_BASE_URL', 'https://api.example/v1?key=hunter2'],
    ['PMS_BASE_URL', 'api.example'],
    ['PMS_BASE_URL', 'ftp://127.0.0.1/'],
    ['PMS_TOKEN_URL', 'http://login.example/token'],
    ['PMS_TOKEN_URL', 'https://me:hunter2@login.example/token'],
    ['PMS_SECRET_EXPIRES', '13/13/2027'],
    ['PMS_PROFILE', 'everythin'],
    ['PMS_RATE_LIMIT', '0'],
    ['PMS_REPLICAS', '0'],
    ['PMS_CONCURRENCY', '1001'],
    ['PMS_QUEUE', '-1'],
    ['PMS_REQUEST_BUDGET', 'many'],
    ['PMS_TIMEOUT', '0'],
    ['PMS_TIMEOUT', '601'],
    ['PMS_TIMEOUT', '10s'],
    ['OPERATION_TIMEOUT', '0.01'],
    ['SHUTDOWN_DELAY', '601'],
    ['CACHE_TTL', '-1'],
    ['CACHE_MAX_BYTES', '256M'],
    ['INDEX', 'yes'],
    ['INDEX_URL', 'mysql://me:hunter2@db.example/pms'],
    ['INDEX_URL', 'postgres://me:hunter2@db.example'],
    ['INDEX_SHARE', '0'],
    ['INDEX_SHARE', '1.1'],
    ['INDEX_MAX_AGE', '1'],
    ['INDEX_MAX_BYTES', '2G'],
    ['ALLOW_ANONYMOUS', 'yes'],
    ['LOG_LEVEL', 'loud'],
    ['INTROSPECTION', '1'],
    ['GRAPHIQL', 'off'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['CHANGES_STREAMS', '-1'],
    ['REDIS_URL', 'http://:hunter2@redis.example'],
    ['REDIS_URL', 'redis.example:6379'],
    ['REDIS_ENCRYPTION_KEY', 'hunter2'],
    ['REDIS_ENCRYPTION_KEY', 'id:aHVudGVyMg=='],
  ])('in %s, set to %j, is reported with the allowed values and without the given value', (name, value) => {
    const own = faultsOf({ [name]: value }).filter(
      (fault) => fault.startsWith(`${name} must be `) && !fault.includes('must be set'),
    );
    expect(own).toHaveLength(1);
    expect(own[0]).not.toContain('hunter2');
  });

  test('has the URL of a database among the secrets, and none over the sandbox', () => {
    const url = 'postgres://me:hunter2@db.example/pms?sslmode=verify-full';
    const others = { INDEX: 'on', INDEX_TERMS_ACCEPTED: 'true' };
    const on = { ...others, INDEX_URL: url };
    const { config, secrets } = readConfig({ ...oauth, ...on });
    expect(config.index).toMatchObject({ file: undefined, inDatabase: true });
    expect(secrets.indexUrl).toBe(url);
    expect(JSON.stringify(config)).not.toContain('hunter2');
    expect(readConfig(on).secrets.indexUrl).toBeUndefined();
    const file = path.join(testFolder().path, 'index-url');
    writeFileSync(file, `${url}\n`);
    expect(readConfig({ ...oauth, ...others, INDEX_URL_FILE: file }).secrets.indexUrl).toBe(url);
  });

  test('is reported if the index is on and the terms of use of the upstream are not accepted', () => {
    expect(faultsOf({ ...oauth, INDEX: 'on' })).toEqual([
      expect.stringContaining('INDEX_TERMS_ACCEPTED must be true'),
    ]);
    expect(faultsOf({ INDEX: 'on' })).toEqual([]);
    const { config } = readConfig({ ...oauth, INDEX: 'on', INDEX_TERMS_ACCEPTED: 'true', HOME: '/home/me' });
    expect(config.index).toMatchObject({ crawl: false, maxAgeMs: 86_400_000 });
    expect(config.index?.file).toMatch(/^\/home\/me\/.*\.sqlite$/);
    expect(readConfig(oauth).config.index).toBeUndefined();
    expect(readConfig({ INDEX: 'off' }).config.index).toBeUndefined();
  });

  test('is reported together with all other faults', () => {
    const error = ((): unknown => {
      try {
        return readConfig({
          PORT: 'x',
          HOST: '0.0.0.0',
          PMS_TIMOUT: '5',
          PMS_CLIENT_ID: 'hunter2',
          LOG_LEVEL: 'hunter2',
        });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ name: 'ConfigError', exitCode: 78 });
    expect((error as ConfigError).message.split('\n')).toEqual([
      'The configuration is wrong:',
      '  PORT must be a whole number from 0 to 65535.',
      '  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
      '  PMS_TOKEN_URL must be set, because PMS_CLIENT_ID is.',
      '  PMS_BASE_URL must be set, because PMS_CLIENT_ID is.',
      '  PMS_CLIENT_SECRET must be set, because PMS_CLIENT_ID is.',
      '  PMS_SCOPE must be set, because PMS_CLIENT_ID is.',
      '  ALLOW_ANONYMOUS must be true if HOST is not a loopback address, because anybody who can reach the service may send queries.',
      '  PMS_TIMOUT is not a setting; the most similar setting is PMS_TIMEOUT.',
    ]);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('hunter2');
  });

  test.each(['PMS_CLIENT_SECRET', 'PMS_SCOPE', 'PMS_CLIENT_ID', 'PMS_BASE_URL', 'PMS_TOKEN_URL'])(
    'is reported if the credentials lack %s',
    (name) => {
      const faults = faultsOf({ ...oauth, [name]: '' });
      expect(faults).toEqual([expect.stringContaining(`${name} must be set`)]);
    },
  );

  test.each([
    ['PMS_BASEURL', 'PMS_BASE_URL'],
    ['PMS_SECRET', 'PMS_SCOPE'],
    ['PMS_CLIENT_SECRET_FIEL', 'PMS_CLIENT_SECRET_FILE'],
  ])('is reported for %s, which is not a setting and may have meant %s', (name, meant) => {
    expect(faultsOf({}, `${name}=x`)).toEqual([
      `${name} is not a setting; the most similar setting is ${meant}.`,
    ]);
  });

  test('is reported if only trusted documents are answered, but none are trusted', () => {
    expect(faultsOf({ TRUSTED_DOCUMENTS_ONLY: 'true' })).toEqual([
      'TRUSTED_DOCUMENTS must be set if TRUSTED_DOCUMENTS_ONLY is true.',
    ]);
    expect(faultsOf({ TRUSTED_DOCUMENTS: '/no/such/folder' })).toEqual([
      'TRUSTED_DOCUMENTS must be a file or a folder that exists.',
    ]);
    const path = fileWith('{}');
    expect(readConfig({ TRUSTED_DOCUMENTS: path }).config.trusted).toEqual({ path, only: false });
  });

  test.each(['API_KEYS_FILE', 'JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'])(
    'is reported for %s, which this version does not offer',
    (name) => {
      const fault = expect.stringMatching(
        new RegExp(`^${name} is not supported yet. Remove it. Until then: .+\\.$`),
      ) as string;
      expect(faultsOf({ [name]: 'hunter2' })).toEqual([fault]);
      expect(faultsOf({}, `${name}=hunter2`)).toEqual([fault]);
      expect(faultsOf({ [name]: '' }, `${name}=hunter2`)).toEqual([]);
    },
  );

  test('is not reported for an unknown variable whose name resembles no setting', () => {
    expect(faultsOf({ PMS_TEST_HAPI_URL: 'x', PMS_SOMEBODY_ELSES: 'x' })).toEqual([]);
  });

  test.each(['0.0.0.0', '::', '192.168.1.5', 'host.example'])(
    'is reported for a service without access control that listens on %s',
    (HOST) => {
      expect(faultsOf({ HOST })).toHaveLength(1);
      expect(faultsOf({ HOST, ALLOW_ANONYMOUS: 'true' })).toEqual([]);
    },
  );

  test.each(['127.0.0.1', 'localhost', '::1'])(
    'is not reported for a service without access control that listens on %s',
    (HOST) => {
      expect(faultsOf({ HOST })).toEqual([]);
    },
  );
});

describe('the setting TERMS_DIR', () => {
  test('must be a folder', () => {
    expect(faultsOf({ TERMS_DIR: 'README.md' })).toEqual([
      'TERMS_DIR must be a folder, or a path where a folder can be created.',
    ]);
    expect(faultsOf({ TERMS_DIR: 'src' })).toEqual([]);
  });
});

describe('the setting PMS_SECRET_EXPIRES', () => {
  test.each(
    titled<[string, string | undefined]>(
      [
        ['08/15/2027 11:29:14', '2027-08-15T11:29:14.000Z'],
        ['15/08/2027 11:29:14', '2027-08-15T11:29:14.000Z'],
        ['03/04/2027 11:29:14', '2027-03-04T11:29:14.000Z'],
        ['04/03/2027', '2027-03-04T00:00:00.000Z'],
        ['1/2/2027 9:05', '2027-01-02T09:05:00.000Z'],
        ['2027-08-15', '2027-08-15T00:00:00.000Z'],
        ['2027-08-15T11:29:14', '2027-08-15T11:29:14.000Z'],
        ['2027-08-15T11:29:14Z', '2027-08-15T11:29:14.000Z'],
        ['2027-08-15T11:29:14+02:00', '2027-08-15T09:29:14.000Z'],
        ['2028-02-29', '2028-02-29T00:00:00.000Z'],
        ['2027-02-30', undefined],
        ['02/30/2027', undefined],
        ['13/13/2027', undefined],
        ['08/15/2027 25:00:00', undefined],
        ['2027', undefined],
        ['soon', undefined],
      ],
      (text, iso) =>
        iso === undefined
          ? `with the value "${text}" is invalid`
          : `with the value "${text}" is read as ${iso}, the earliest possible time`,
    ),
  )('%s', (_title, text, iso) => {
    expect(parseExpiry(text)?.toISOString()).toBe(iso);
  });
});
