/** The package as npm builds it, installed without a network into an empty folder. */
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const largestPacked = 3_500_000;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
let packed: Packed;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pms-package-'));
  packed = await pack();
  await npm(['install', path.join(folder, packed.filename)], folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the npm package', () => {
  it('is at most 3.5 MB', () => {
    expect(packed.size).toBeLessThan(largestPacked);
  });

  it('contains the bundled program, and neither single modules nor source maps', () => {
    const shipped = packed.files.map((file) => file.path);
    expect(shipped).toEqual(
      expect.arrayContaining([
        'dist/pms-graphql.js',
        'dist/pms-graphql-index-worker.js',
        'dist/licenses.md',
        'dist/graphiql/licenses.md',
        'schema/schema.graphql',
        'docs/queries.md',
        '.env.example',
      ]),
    );
    expect(shipped.filter((file) => /^dist\/(?!pms-graphql|licenses|graphiql)|\.map$/.test(file))).toEqual(
      [],
    );
  });

  it('installs no other package except the optional SQLite', () => {
    const brought = readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(brought.filter((name) => name !== '@photostructure' && name !== 'node-gyp-build')).toEqual([
      'pms-graphql',
    ]);
  });

  it('starts a service that answers from the upstream, and from its index when this is filled', async () => {
    provideSqlite();
    const program = startInstalled();
    const filled = said(program.stderr, /("event":"index.crawled")/);
    const url = await said(program.stdout, /GraphQL at (\S+)/);
    expect(await ask(url, '{ product(id: "600000000001") { __typename name } }')).toEqual({
      product: { __typename: 'Product', name: 'Avelanta 5 mg film-coated tablets' },
    });
    await filled;
    expect(await ask(url, '{ suggest(text: "avel", first: 1) { text } }')).toEqual({
      suggest: [{ text: 'Avelanta' }],
    });
  });
});

async function pack(): Promise<Packed> {
  const json = await npm(['pack', '--json', '--pack-destination', folder], process.cwd());
  // Older releases of npm print a list, newer ones an object.
  const [first] = Object.values(JSON.parse(json) as Readonly<Record<string, Packed>>);
  if (!first) throw new Error(`npm packed nothing: ${json}`);
  return first;
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const offline = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const cache = ['--cache', path.join(folder, 'cache')];
  const { stdout } = await promisify(execFile)('npm', [...args, ...offline, ...cache], { cwd });
  return stdout;
}

/** Links the SQLite package of this tree, which an older Node needs and which npm would download. */
function provideSqlite(): void {
  const ours = path.resolve('node_modules/@photostructure/sqlite');
  const theirs = path.join(folder, 'node_modules/@photostructure/sqlite');
  if (!existsSync(ours) || existsSync(theirs)) return;
  mkdirSync(path.dirname(theirs), { recursive: true });
  symlinkSync(ours, theirs);
}

/** Starts the program by its name in `node_modules/.bin`. */
function startInstalled(): ChildProcessWithoutNullStreams {
  const { PATH = '' } = process.env;
  const program = spawn(path.join(folder, 'node_modules/.bin/pms-graphql'), ['serve'], {
    cwd: folder,
    env: { PATH, PORT: '0', SHUTDOWN_DELAY: '0' },
  });
  onTestFinished(() => void program.kill('SIGKILL'));
  return program;
}

/** Resolves with the part of the output that the pattern's group matches. */
async function said(output: Readable, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`The program ended before ${String(pattern)} was found in: ${text}`);
}

async function ask(url: string, query: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { readonly data: Readonly<Record<string, unknown>> };
  return data;
}
