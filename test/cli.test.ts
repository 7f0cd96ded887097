/** The command line as a user sees it: real processes, their output, their exit codes. */
import {
  execFileSync,
  spawn,
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
} from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startSandbox } from '../src/sandbox/server.js';
import { hasRedisServer, needsRedis, startRedis } from './support/redis.js';
import { testFolder } from './support/folder.js';
import { freePort } from './support/free-port.js';
import { rmsExport } from './support/rms-export.js';
import { isQuick, oneIn } from './support/tier.js';
import { authority, startTls } from './support/tls.js';

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['dist/pms-graphql.js', ...args], {
    // No test needs to hand over to another replica, so the service stops without a delay.
    env: { PATH, PORT: '0', SHUTDOWN_DELAY: '0', ...env },
  });
  running.push(child);
  return child;
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Resolves with the part of a line of output that matches. */
async function told(child: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`it ended without saying ${String(pattern)}`);
}

async function ask(
  url: string,
  query: string,
): Promise<{ data?: unknown; errors?: { message: string; extensions: { code: string } }[] }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Awaited<ReturnType<typeof ask>>;
}

/** Returns the settings that a sandbox prints for a service over it. */
async function settingsFrom(sandbox: ChildProcessWithoutNullStreams): Promise<Record<string, string>> {
  const printed = await told(sandbox, /((?:PMS_\w+=\S+\n){5})/);
  const lines = printed.trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/).slice(0, 2) as [string, string]));
}

const graphqlAt = /GraphQL at (http:\S+)/;

describe('the command `serve`', () => {
  it.skipIf(isQuick)('has the names of all GraphQL types, although the program is bundled', async () => {
    const child = start(['serve']);
    const url = await told(child, /GraphQL at (\S+)/);
    const { data } = await ask(
      url,
      `{ product(id: "600000000003") {
        __typename
        clinicalUses { __typename }
        authorizations { __typename subjects { __typename } }
        packages { nodes { __typename packaging { __typename } } }
      } }`,
    );
    const types = new Set(
      [...JSON.stringify(data).matchAll(/"__typename":"([^"]*)"/g)].map(([, type]) => type),
    );
    const sdl = readFileSync('schema/schema.graphql', 'utf8');
    for (const type of types) expect(sdl).toMatch(new RegExp(`^type ${type} `, 'm'));
    expect([...types]).toEqual(
      expect.arrayContaining(['Product', 'Indication', 'RegulatedAuthorization', 'Package']),
    );
  });

  it.skipIf(isQuick)('loads the Redis client only if Redis is configured', async () => {
    const script = [
      `import { createRequire } from 'node:module';`,
      `import 'reflect-metadata';`,
      `await import('./dist/service.js');`,
      `const { connectRedis } = await import('./dist/store/redis-connection.js');`,
      `const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/ioredis/'));`,
      `const before = isLoaded();`,
      `connectRedis({ url: 'redis://127.0.0.1:1' }).close();`,
      `console.log(before, isLoaded());`,
      `process.exit();`,
    ].join('\n');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    running.push(child);
    expect(await ended(child)).toMatchObject({ stdout: 'false true\n', code: 0 });
  });

  it('answers over its sandbox without any configuration, and ends with 0 on SIGTERM', async () => {
    const child = start([]);
    const url = await told(child, graphqlAt);
    expect(await ask(url, '{ product(id: "600000000001") { pmsId } }')).toMatchObject({
      data: { product: { pmsId: '600000000001' } },
    });
    const end = once(child, 'close');
    child.kill('SIGTERM');
    expect(await end).toEqual([0, null]);
  });

  it('answers over another upstream, with its base URL and credentials', async () => {
    const sandbox = start([
      'sandbox',
      '--port',
      '0',
      '--profile',
      'search',
      '--products',
      '30',
      '--seed',
      '7',
    ]);
    const env = await settingsFrom(sandbox);
    const url = await told(start([], env), graphqlAt);
    const answer = await ask(url, '{ products(first: 30) { nodes { id packages { nodes { id } } } } }');
    expect(answer).toMatchObject({ extensions: { upstream: { profile: 'search' } } });
    expect((answer.data as { products: { nodes: unknown[] } }).products.nodes).toHaveLength(30);
  });

  it('reports every fault in the settings at once, with names and without values, and exits with 78', async () => {
    const env = {
      PMS_BASE_URL: 'http://example.org/hidden-value',
      PMS_CLIENT_SECRET: 'hidden-value',
      PORT: 'hidden-value',
    };
    const { code, stderr, stdout } = await ended(start(['serve'], env));
    expect(code).toBe(78);
    expect(stderr).toMatch(/PMS_BASE_URL/);
    expect(stderr).toMatch(/PORT/);
    expect(stderr).toMatch(/PMS_TOKEN_URL/);
    expect(stderr + stdout).not.toMatch(/hidden-value|\n\s+at /);
  });

  it.skipIf(isQuick)('starts its sandbox with the features of the setting PMS_PROFILE', async () => {
    const url = await told(start([], { PMS_PROFILE: 'include' }), graphqlAt);
    const answer = await ask(url, '{ products(first: 5) { nodes { packages { nodes { id } } } } }');
    expect(answer).toMatchObject({ extensions: { upstream: { profile: 'include', incomplete: [] } } });
  });

  it('prints in one line that a port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const { code, stderr } = await ended(start([], { PORT: String(port) }));
    // The service asks the upstream before it opens the port, so the log may have a line about the upstream.
    const told = stderr.split('\n').filter((line) => !line.startsWith('{'));
    expect([code, told]).toEqual([
      69,
      [`Port ${port} is in use. Set PORT to another one, or to 0 for a free one.`, ''],
    ]);
    holder.close();
  });

  it('starts with a wrong client secret, answers with an error code, and prints the secret nowhere', async () => {
    const { baseUrl, tokenUrl, clientId, scope, stop } = await startSandbox();
    const child = start([], {
      PMS_BASE_URL: baseUrl,
      PMS_TOKEN_URL: tokenUrl,
      PMS_CLIENT_ID: clientId,
      PMS_CLIENT_SECRET: 'not-the-right-one',
      PMS_SCOPE: scope,
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const url = await told(child, graphqlAt);
    const answer = await ask(url, '{ product(id: "600000000001") { name } }');
    expect(answer).toMatchObject({
      data: { product: null },
      errors: [{ extensions: { code: 'TOKEN_UNAVAILABLE' } }],
    });
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(output).toContain('token.failed');
    expect(output + JSON.stringify(answer)).not.toMatch(/not-the-right-one/);
    await stop();
  });

  it('answers with an error code if the upstream is unreachable', async () => {
    const url = await told(start([], { PMS_BASE_URL: 'http://127.0.0.1:9' }), graphqlAt);
    expect(await ask(url, '{ products { nodes { id } } }')).toMatchObject({
      data: { products: null },
      errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }],
    });
  });
});

describe('the command `doctor`', () => {
  it('reports that every check succeeds, and which profile is used', async () => {
    const { code, stdout } = await ended(start(['doctor', '--json']));
    const diagnosis = JSON.parse(stdout) as { readonly profile: string; readonly capabilities: unknown[] };
    expect([code, diagnosis.profile]).toEqual([0, 'everything']);
    expect(diagnosis.capabilities).toContainEqual({
      feature: 'search Ingredient?for',
      offered: false,
      evidence: 'refuted',
    });
  });

  it('reports a failed check without printing a secret, and exits with 1', async () => {
    const env = { PMS_BASE_URL: 'http://127.0.0.1:9/hidden-path' };
    const { code, stdout, stderr } = await ended(start(['doctor'], env));
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^WRONG upstream: UPSTREAM_UNAVAILABLE: /m);
    expect(stdout).not.toMatch(/hidden-path/);
  });

  it.skipIf(isQuick)('writes a web page of one file, and refuses two output formats', async () => {
    const [{ code, stdout, stderr }, both] = await Promise.all([
      ended(start(['doctor', '--html'])),
      ended(start(['doctor', '--html', '--json'])),
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^<!doctype html>[^]*<h1>What this service can do<\/h1>[^]*<\/html>\n$/);
    expect([both.code, both.stdout]).toEqual([64, '']);
  });

  it.each(
    oneIn(2, [
      ['expired', 'CERT_HAS_EXPIRED at PMS_TOKEN_URL: the certificate has expired.'],
      [
        'elsewhere',
        'ERR_TLS_CERT_ALTNAME_INVALID at PMS_TOKEN_URL: the certificate is for another host name.',
      ],
    ] as const),
  )(
    'trusts the authorities in NODE_EXTRA_CA_CERTS, and reports a wrong certificate with $1',
    async (certificate, told) => {
      const origin = await startTls(certificate);
      const { code, stdout } = await ended(
        start(['doctor'], {
          NODE_EXTRA_CA_CERTS: authority,
          PMS_BASE_URL: `${origin}/v1`,
          PMS_TOKEN_URL: `${origin}/token`,
          PMS_CLIENT_ID: 'id',
          PMS_CLIENT_SECRET: 'hidden-value',
          PMS_SCOPE: 'api://x/.default',
        }),
      );
      expect(code).toBe(1);
      expect(stdout).toContain(told);
      expect(stdout).not.toMatch(/hidden-value|localhost/);
    },
  );
});

/** The table of an e-mail with credentials. */
const table = [
  'Token URL\thttps://login.example/tenant/oauth2/v2.0/token',
  'Client ID\t0a1b2c3d-1111-4222-8333-444455556666',
  'Client Secret\thidden-value-1',
  'Scope\tapi://example/.default',
];

describe('the command `configure`', () => {
  async function configured(lines: readonly string[], args: readonly string[] = []): Promise<Ended> {
    const child = start(['configure', ...args]);
    child.stdin.end(lines.join('\n'));
    return ended(child);
  }

  it('writes settings from stdin that `doctor` reads, and prints no secret', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pms-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const output = path.join(folder, '.env');
    const { code, stdout, stderr } = await configured(table, ['--output', output]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Next: pms-graphql doctor$/m);
    expect(stdout).not.toContain('hidden-value');
    expect(readFileSync(output, 'utf8')).toContain('PMS_CLIENT_SECRET=hidden-value-1\n');
    const again = await configured(table, ['--output', output]);
    expect([again.code, again.stdout]).toEqual([73, '']);
  });

  it.skipIf(isQuick)(
    'names missing values and exits with 65, or with 66 if its input file does not exist',
    async () => {
      const output = path.join(tmpdir(), 'pms-nowhere', '.env');
      const { code, stdout, stderr } = await configured(table.slice(0, 3), ['--output', output]);
      expect([code, stdout, stderr]).toEqual([
        65,
        '',
        expect.stringContaining('Scope (PMS_SCOPE) is missing'),
      ]);
      expect(stderr).not.toContain('hidden-value');
      expect((await configured([], ['--output', output, '--file', output])).code).toBe(66);
      expect((await configured(table, ['--output', output])).code).toBe(73);
    },
  );
});

describe('the command `warm`', () => {
  const upstream = { PMS_BASE_URL: 'http://127.0.0.1:9/v1' };
  const shared = { REDIS_URL: 'redis://user:hidden-value@127.0.0.1:1' };

  it.skipIf(isQuick)('names every setting with which it has no effect, and exits with 64', async () => {
    const { code, stdout, stderr } = await ended(start(['warm']));
    expect([code, stdout]).toEqual([64, '']);
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['Give', 'REDIS_URL', 'PMS_BASE_URL']);
    const inVain = await ended(start(['warm', '--name', 'x'], { ...upstream, ...shared, CACHE_TTL: '0' }));
    expect([inVain.code, inVain.stderr]).toEqual([64, expect.stringMatching(/^CACHE_TTL .*\n$/)]);
  });

  it.skipIf(isQuick)(
    'names the invalid lines of its file and exits with 65, or with 66 if the file does not exist',
    async () => {
      const child = start(['warm', '--file', '-'], { ...upstream, ...shared });
      child.stdin.end('600000000001\r\nhidden value\r\n');
      const { code, stdout, stderr } = await ended(child);
      expect([code, stdout, stderr]).toEqual([65, '', expect.stringMatching(/^Line 2 is not valid/)]);
      expect(stderr).not.toContain('hidden');
      expect((await ended(start(['warm', '--file', 'nowhere.txt'], { ...upstream, ...shared }))).code).toBe(
        66,
      );
    },
  );

  it.skipIf(isQuick)('sends nothing if Redis is unreachable, and exits with 69', async () => {
    const { code, stderr } = await ended(
      start(['warm', '--name', 'x'], { ...upstream, ...shared, LOG_LEVEL: 'silent' }),
    );
    expect([code, stderr]).toEqual([69, 'Redis cannot be reached. Nothing was sent.\n']);
  });

  it.skipIf(isQuick || !hasRedisServer)(
    `continues at the point where its last run was interrupted or killed (${needsRedis})`,
    async () => {
      const redis = await startRedis();
      const sandbox = await startSandbox({ products: 60, seed: 7, latency: 150, profile: 'everything' });
      onTestFinished(async () => {
        await sandbox.stop();
        await redis.stop();
      });
      const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
      const env = {
        PMS_BASE_URL: baseUrl,
        PMS_TOKEN_URL: tokenUrl,
        PMS_CLIENT_ID: clientId,
        PMS_CLIENT_SECRET: clientSecret,
        PMS_SCOPE: scope,
        PMS_PROFILE: 'everything',
        REDIS_URL: redis.url,
        PMS_RATE_LIMIT: '100000',
        LOG_LEVEL: 'silent',
      };
      const bundles = (): readonly string[] =>
        sandbox.requests.map(({ path }) => path).filter((path) => path.endsWith('$everything'));
      const until = async (count: number): Promise<void> => {
        while (bundles().length < count) await setTimeout(10);
      };
      const args = ['warm', '--name', 'a', '--share', '1'];
      const killed = start(args, env);
      await until(20);
      const end = once(killed, 'close');
      killed.kill('SIGKILL');
      await end;
      const killedAt = bundles().length;
      const interrupted = start(args, env);
      const outcome = ended(interrupted);
      await until(killedAt + 12);
      interrupted.kill('SIGINT');
      const { code, stdout } = await outcome;
      expect([code, stdout]).toEqual([
        130,
        expect.stringContaining('Run the same command again to continue from here.'),
      ]);
      const last = await ended(start(args, env));
      expect([last.code, last.stderr]).toEqual([0, expect.any(String)]);
      const [, warmed = '', all = '', before = ''] =
        /^(\d+) of (\d+) products warmed in .*; an earlier run warmed (\d+)/.exec(last.stdout) ?? [];
      expect(Number(before)).toBeGreaterThanOrEqual(12);
      expect(Number(warmed) + Number(before)).toBe(Number(all));
      expect(new Set(bundles()).size).toBe(Number(all));
      // Products that were in progress at the interruption are requested again: at most eight, each time.
      expect(bundles().length).toBeLessThanOrEqual(Number(all) + 16);
      expect(last.stdout + last.stderr + stdout).not.toContain(clientSecret);
    },
  );
});

describe('files that change while the service runs', () => {
  const manifest = (text: string): string => JSON.stringify({ name: text });

  it('are all read again at SIGHUP, and a wrong one changes nothing', async () => {
    const folder = testFolder();
    const file = folder.write('documents.json', manifest('{ __typename }'));
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.stop());
    const child = start([], {
      PMS_BASE_URL: sandbox.baseUrl,
      PMS_TOKEN_URL: sandbox.tokenUrl,
      PMS_CLIENT_ID: sandbox.clientId,
      PMS_CLIENT_SECRET_FILE: folder.write('secret', sandbox.clientSecret),
      PMS_SCOPE: sandbox.scope,
      TRUSTED_DOCUMENTS: file,
      TRUSTED_DOCUMENTS_ONLY: 'true',
      TERMS_DIR: folder.path,
      LOG_LEVEL: 'info',
    });
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const linesOf = (event: string) =>
      log
        .split('\n')
        .filter((line) => line.includes(`"${event}"`))
        .map((line) => JSON.parse(line) as { reloaded: string; error?: { message: string } });
    const url = await told(child, /GraphQL at (\S+)/);
    await vi.waitUntil(() => log.includes('service.started'), { timeout: 20_000 });
    child.kill('SIGHUP');
    await vi.waitUntil(() => linesOf('reload.done').length === 3, { timeout: 20_000 });
    expect(linesOf('reload.done').map(({ reloaded }) => reloaded)).toEqual(['documents', 'terms', 'secrets']);
    folder.write('documents.json', '{"name": }');
    const failed = () => linesOf('reload.failed').at(-1);
    await vi.waitUntil(() => failed() !== undefined, { timeout: 20_000 });
    expect(failed()).toMatchObject({
      reloaded: 'documents',
      error: {
        message: `TRUSTED_DOCUMENTS: ${file} is not valid JSON. The fault is in line 1.`,
      },
    });
    folder.write('secret', '');
    await vi.waitUntil(() => failed()?.reloaded === 'secrets', { timeout: 20_000 });
    expect(failed()).toMatchObject({
      error: { message: 'PMS_CLIENT_SECRET_FILE must name a readable file that contains the secret.' },
    });
    expect(await ask(url, '{ __typename }')).toMatchObject({ data: { __typename: 'Query' } });
    expect(child.exitCode).toBeNull();
  });

  it('must be right at the start: trusted documents that are not end the program with 78 and one line', async () => {
    const file = testFolder().write('documents.json', manifest('{ unknown }'));
    const { code, stderr } = await ended(start([], { TRUSTED_DOCUMENTS: file }));
    expect([code, stderr.trim().split('\n')]).toEqual([
      78,
      [
        `TRUSTED_DOCUMENTS: ${file} has the document "name", which is not valid: Cannot query field "unknown" on type "Query".`,
      ],
    ]);
  });
});

describe('the commands `terms import` and `terms status`', () => {
  const oral = { list: '100000073345', term: '100000073619' };
  const routes = rmsExport([
    { ...oral, name: 'Oral use' },
    { ...oral, language: 'de', name: 'zum Einnehmen' },
  ]);

  it('import terms that a running service uses at once, and list them', async () => {
    const folder = testFolder();
    const env = { TERMS_DIR: path.join(folder.path, 'terms') };
    const file = folder.write('routes.csv', routes);
    const url = await told(start([], env), graphqlAt);
    const query = `{ product(id: "600000000001") { routes { code text(language: "de") } } }`;
    const before = JSON.stringify(await ask(url, query));
    expect(before).toContain(`"code":"${oral.term}","text":"Oral use"`);

    expect(await ended(start(['terms', 'import', file], env))).toEqual({
      code: 0,
      stdout: `${oral.list} Routes and Methods of Administration: 1 term, 2 languages, 2 rows\n1 list with 1 term imported into ${env.TERMS_DIR}\n`,
      stderr: '',
    });
    await vi.waitFor(async () => expect(JSON.stringify(await ask(url, query))).toContain('zum Einnehmen'), {
      timeout: 20_000,
    });

    const { code, stdout } = await ended(start(['terms', 'status', '--json'], env));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      lists: [{ list: oral.list, rows: 2, languages: { de: 1, en: 1 } }],
    });
  });

  it.skipIf(isQuick)(
    'refuse a wrong file in one line, with the exit codes of the other commands',
    async () => {
      const folder = testFolder();
      const env = { TERMS_DIR: path.join(folder.path, 'terms') };
      const run = (...args: readonly string[]) => ended(start(['terms', 'import', ...args], env));
      const ends = [
        await run(),
        await run(folder.write('a.csv', 'a,b\n')),
        await run(path.join(folder.path, 'none.csv')),
        await run(folder.write('b.csv', `${routes}1,2\n`)),
      ];
      expect(ends.map(({ code }) => code)).toEqual([64, 65, 66, 1]);
      for (const { stderr } of ends.slice(1, 3)) expect(stderr).toMatch(/^[^\n]+\.\n$/);
      expect(ends[3]?.stdout).toMatch(
        /^1 row left out:\n {2}.*b\.csv, line 4 has only 2 columns, and 38 are needed$/m,
      );
    },
  );
});

describe('the commands for the index', () => {
  const upstream = { PMS_BASE_URL: 'http://127.0.0.1:9/v1' };
  const accepted = { INDEX: 'on', INDEX_TERMS_ACCEPTED: 'true' };

  it('name missing settings, and exit with 78', async () => {
    const ends = await Promise.all([
      ended(start(['index', 'crawl'])),
      ended(start(['index', 'crawl'], upstream)),
      ended(start(['index', 'crawl'], { ...upstream, INDEX: 'on' })),
      ended(start(['index', 'purge'])),
    ]);
    expect(ends.map(({ code }) => code)).toEqual([78, 78, 78, 78]);
    expect(ends.map(({ stderr }) => /^ {2}(\w+)/m.exec(stderr)?.[1])).toEqual([
      'PMS_BASE_URL',
      'INDEX',
      'INDEX_TERMS_ACCEPTED',
      'PMS_BASE_URL',
    ]);
  });

  it.skipIf(isQuick)('list and delete an index that the service no longer uses', async () => {
    const env = { ...upstream, INDEX: 'off', INDEX_URL: `sqlite:${testFolder().path}/index.sqlite` };
    const { code, stdout } = await ended(start(['index', 'status', '--json'], env));
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ readable: true, access: null, products: 0, complete: false }),
    ]);
    expect(await ended(start(['index', 'purge'], env))).toMatchObject({ code: 0, stderr: '' });
  });

  it.skipIf(isQuick)(
    'do not fill an index while a service writes to it, and say so in one line',
    async () => {
      const sandbox = await startSandbox({ products: 5, seed: 1 });
      onTestFinished(() => sandbox.stop());
      const env = {
        PMS_BASE_URL: sandbox.baseUrl,
        PMS_TOKEN_URL: sandbox.tokenUrl,
        PMS_CLIENT_ID: sandbox.clientId,
        PMS_CLIENT_SECRET: sandbox.clientSecret,
        PMS_SCOPE: sandbox.scope,
        ...accepted,
        INDEX_URL: `sqlite:${testFolder().path}/index.sqlite`,
        INDEX_CRAWL: 'true',
        LOG_LEVEL: 'silent',
      };
      await told(start([], env), graphqlAt);
      const { code, stdout, stderr } = await ended(start(['index', 'crawl'], env));
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^[^\n]*Another process is writing to the index\.[^\n]*\n$/);
      const status = await ended(start(['index', 'status'], env));
      expect(status).toMatchObject({ code: 0, stderr: '' });
      expect(status.stdout).toContain('Another process is writing to the index.');
    },
  );
});

describe('an unreachable Redis and an expired client secret', () => {
  const shared = { REDIS_URL: 'redis://user:hidden-value@127.0.0.1:1' };
  const expired = { PMS_SECRET_EXPIRES: '01/02/2020 11:29:14' };

  it.skipIf(isQuick)(
    'are logged by the command `serve` with what to do, and without secret values',
    async () => {
      const child = start([], { ...shared, ...expired });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const url = await told(child, graphqlAt);
      expect(await ask(url, '{ product(id: "600000000001") { pmsId } }')).not.toHaveProperty('errors');
      const end = once(child, 'close');
      child.kill('SIGTERM');
      expect(await end).toEqual([0, null]);
      const lines = stderr.trim().split('\n');
      const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(events).toContainEqual(
        expect.objectContaining({ level: 'warn', event: 'store.down' }) as Record<string, unknown>,
      );
      expect(events).toContainEqual(
        expect.objectContaining({
          event: 'cursor.key.random',
          advice: expect.any(String) as unknown,
        }) as Record<string, unknown>,
      );
      expect(events).toContainEqual(
        expect.objectContaining({
          level: 'error',
          event: 'secret.expires',
          day: '2020-01-02',
          advice: expect.stringContaining('EMA Service Desk') as unknown,
        }) as Record<string, unknown>,
      );
      expect(stderr).not.toContain('hidden-value');
    },
  );

  it.skipIf(isQuick)('are reported by the command `doctor`', async () => {
    const { code, stdout } = await ended(start(['doctor'], { ...shared, ...expired }));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^WRONG store: Redis cannot be reached$/m);
    expect(stdout).toMatch(/^WRONG secret: it has expired, on 2020-01-02\. Ask EMA /m);
    expect(stdout).toMatch(/^ok +token: /m);
  });
});

describe.skipIf(process.platform !== 'linux')(
  'a log or an output that cannot be written (Linux only)',
  () => {
    function pipe(): { readonly reader: number; readonly writer: number } {
      const folder = mkdtempSync(path.join(tmpdir(), 'pms-pipe-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const file = path.join(folder, 'pipe');
      execFileSync('mkfifo', [file]);
      return {
        reader: openSync(file, constants.O_RDONLY | constants.O_NONBLOCK),
        writer: openSync(file, 'w'),
      };
    }

    /** Returns a pipe with a reader that does not read. */
    function unread(): number {
      const { reader, writer } = pipe();
      onTestFinished(() => closeSync(reader));
      return writer;
    }

    /** Returns a pipe without a reader. */
    function abandoned(): number {
      const { reader, writer } = pipe();
      closeSync(reader);
      return writer;
    }

    /** The number of simultaneous requests, and of log lines that may wait for a moment. */
    const atOnce = 200;

    const full = (): number => openSync('/dev/full', 'w');

    function launch(
      args: readonly string[],
      {
        out = 'ignore',
        error = 'pipe',
      }: { readonly out?: number | 'ignore'; readonly error?: number | 'pipe' },
      env: Readonly<Record<string, string>> = {},
    ): ChildProcess {
      const { PATH = '' } = process.env;
      const child = spawn(process.execPath, ['dist/pms-graphql.js', ...args], {
        env: { PATH, PORT: '0', ...env },
        stdio: ['ignore', out, error],
      });
      running.push(child);
      for (const fd of [out, error]) if (typeof fd === 'number') closeSync(fd);
      return child;
    }

    const statusOf = (url: string): Promise<number | undefined> =>
      fetch(url).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => undefined,
      );

    async function untilAnswered(url: string): Promise<void> {
      await vi.waitUntil(async () => (await statusOf(url)) !== undefined, { timeout: 30_000, interval: 100 });
    }

    async function metricsOf(origin: string): Promise<{ readonly waiting: number; readonly lost: number }> {
      const text = await (await fetch(`${origin}/metrics`)).text();
      const valueOf = (name: string): number =>
        Number(new RegExp(`^pms_graphql_log_lines_${name} (\\d+)$`, 'm').exec(text)?.[1]);
      return { waiting: valueOf('waiting'), lost: valueOf('lost_total') };
    }

    async function stopped(child: ChildProcess): Promise<number | null> {
      const end = once(child, 'exit') as Promise<[number | null]>;
      child.kill('SIGTERM');
      return (await end)[0];
    }

    type Row = readonly [
      title: string,
      over: () => Parameters<typeof launch>[1],
      isCounted: (metrics: { waiting: number; lost: number }) => boolean,
    ];
    const rows: readonly Row[] = [
      ['a log that nobody reads', () => ({ error: unread() }), ({ waiting }) => waiting > atOnce * 2],
      ['a socket that nobody reads', () => ({}), ({ waiting }) => waiting > atOnce * 2],
      ['a full disk', () => ({ out: full(), error: full() }), ({ waiting }) => waiting > atOnce * 2],
      ['no reader at all', () => ({ out: abandoned(), error: abandoned() }), ({ lost }) => lost > 0],
    ];
    // The quick tier tests the line writer by itself.
    it.skipIf(isQuick).each(rows)(
      'does not stop `serve`: over %s it counts the lines that it could not write, and ends with 0',
      async (_title, over, isCounted) => {
        const port = await freePort();
        const origin = `http://127.0.0.1:${port}`;
        const child = launch(['serve'], over(), { PORT: String(port), LOG_LEVEL: 'debug' });
        await untilAnswered(`${origin}/health/live`);
        await vi.waitUntil(
          async () => {
            const statuses = Array.from({ length: atOnce }, () => statusOf(`${origin}/health/live`));
            expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
            return isCounted(await metricsOf(origin));
          },
          { timeout: 30_000 },
        );
        expect(await stopped(child)).toBe(0);
      },
    );

    it.skipIf(isQuick).each<[string, () => number]>([
      ['nobody reads', abandoned],
      ['a full disk has no room for', full],
    ])('does not stop the command `sandbox`, whose output %s', async (_title, out) => {
      const port = await freePort();
      const child = launch(['sandbox', '--port', String(port)], { out: out() });
      await untilAnswered(`http://127.0.0.1:${port}/`);
      expect(await stopped(child)).toBe(0);
    });

    async function endedOver(args: readonly string[], out: number): Promise<readonly unknown[]> {
      const child = launch(args, { out });
      let stderr = '';
      child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      return [code, stderr];
    }

    it.skipIf(isQuick).each([[['schema']], [['doctor', '--json']], [['--help']]])(
      'ends the command %j without a message if there is no reader, and with one line on a full disk',
      async (args) => {
        expect(await endedOver(args, abandoned())).toEqual([141, '']);
        expect(await endedOver(args, full())).toEqual([74, 'The output cannot be written (ENOSPC).\n']);
      },
    );

    it('ends the command `schema` with one line and 74 on a full disk', async () => {
      const { code, stderr } = await ended(start(['schema', '--output', '/dev/full']));
      expect([code, stderr]).toEqual([74, '/dev/full cannot be written.\n']);
    });

    it.skipIf(isQuick)(
      'ends the command `configure` with 74 on a full disk, and leaves no file',
      async () => {
        const folder = mkdtempSync(path.join(tmpdir(), 'pms-full-'));
        onTestFinished(() => rmSync(folder, { recursive: true }));
        const mail = path.join(folder, 'mail.txt');
        const output = path.join(folder, '.env');
        writeFileSync(mail, table.join('\n'));
        const command = `ulimit -f 0; exec "$0" dist/pms-graphql.js configure --file "$1" --output "$2"`;
        const child = spawn('sh', ['-c', command, process.execPath, mail, output]);
        running.push(child);
        expect(await ended(child)).toEqual({
          code: 74,
          stdout: '',
          stderr: `${output} cannot be written.\n`,
        });
        expect(existsSync(output)).toBe(false);
      },
    );

    it.each<[string, readonly string[], number]>([
      ['a setting', ['serve'], 78],
      ['an option', ['serve', '--unknown'], 64],
    ])('does not change the exit code for a fault in %s', async (_title, args, code) => {
      const codes = [full(), abandoned()].map(async (error) => {
        const [code] = (await once(launch(args, { error }, { PORT: 'x' }), 'exit')) as [number | null];
        return code;
      });
      expect(await Promise.all(codes)).toEqual([code, code]);
    });
  },
);

describe('the last lines of the log', () => {
  const lastWords = (count: number): string =>
    [
      `const { createLog } = await import('./dist/log.js');`,
      `const log = createLog('info');`,
      `for (let port = 1; port <= ${count}; port += 1) log.error('request.failed', { port });`,
      `process.exit(70);`,
    ].join('\n');

  const portsIn = (text: string): number[] =>
    text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly port: number }).port);

  const all = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

  it('are all in the log file when the process has ended', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pms-log-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'log');
    const fd = openSync(file, 'a');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', lastWords(500)], {
      stdio: ['ignore', 'ignore', fd],
    });
    running.push(child);
    closeSync(fd);
    expect(await once(child, 'exit')).toEqual([70, null]);
    // A thread writes the first batch, and the main thread writes the others at the exit.
    expect(portsIn(readFileSync(file, 'utf8')).sort((a, b) => a - b)).toEqual(all(500));
  });

  it('all arrive in a pipe if its reader is slow', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', lastWords(5_000)]);
    running.push(child);
    const { code, stderr } = await ended(child);
    expect([code, portsIn(stderr)]).toEqual([70, all(5_000)]);
  });
});

describe('the commands `sandbox` and `schema`, and the options of all commands', () => {
  it.skipIf(isQuick)('start the sandbox with the options `--guise` of the command line', async () => {
    const args = ['--profile', 'include', '--guise', 'total=absent', '--guise', 'next=base'];
    const settings = await settingsFrom(start(['sandbox', '--port', '0', '--page', '1', ...args]));
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: settings['PMS_CLIENT_ID'] ?? '',
      client_secret: settings['PMS_CLIENT_SECRET'] ?? '',
      scope: settings['PMS_SCOPE'] ?? '',
    });
    const granted = await fetch(settings['PMS_TOKEN_URL'] ?? '', { method: 'POST', body: form });
    const { access_token } = (await granted.json()) as { access_token: string };
    const path = '/PackagedProductDefinition?_include=PackagedProductDefinition:package-for';
    const headers = { authorization: `Bearer ${access_token}` };
    const bundle: unknown = await (await fetch(`${settings['PMS_BASE_URL']}${path}`, { headers })).json();
    expect(bundle).not.toHaveProperty('total');
    expect(bundle).toMatchObject({
      link: [
        { relation: 'self', url: expect.stringContaining('_include=') as unknown },
        { relation: 'next', url: expect.stringContaining('/v1?_getpages=') as unknown },
      ],
      entry: [{ search: { mode: 'match' } }, { search: { mode: 'include' } }],
    });
  });

  it('print the GraphQL schema', async () => {
    const { code, stdout } = await ended(start(['schema']));
    expect([code, stdout]).toEqual([0, expect.stringContaining('type Product implements Node')]);
  });

  it.each(
    oneIn(3, [
      [['unknown-command']],
      [['sandbox', '--port', 'x']],
      [['sandbox', '--fault', 'nonsense']],
      [['sandbox', '--guise', 'nonsense=1']],
      [['serve', '--unknown']],
      [['warm', '--share', '0', '--name', 'x']],
      [['warm', '--share', 'half', '--name', 'x']],
    ]),
  )('refuse the arguments %j with a short message', async (args) => {
    const { code, stderr } = await ended(start(args));
    expect(code).toBe(64);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each(oneIn(6, [['serve'], ['sandbox'], ['doctor'], ['configure'], ['schema'], ['warm']]))(
    'print a help text for %s',
    async (command) => {
      const { code, stdout } = await ended(start([command, '--help']));
      expect([code, stdout]).toEqual([0, expect.stringContaining(`Usage: pms-graphql ${command}`)]);
    },
  );
});
