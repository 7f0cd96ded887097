/** A real PostgreSQL for tests: a new cluster if `initdb` and `pg_ctl` are on the PATH. */
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.js';

export interface PostgresServer {
  readonly port: number;
  /** The folder of the cluster. */
  readonly cluster: string;
  /**
   * Creates an empty database, and returns its URL.
   * @param options options of `create database` @default none
   */
  createDatabase(options?: string): Promise<string>;
  /** Ends all connections at once, as when the host fails. What was confirmed stays. */
  stop(): void;
  /** Starts the server again, at the same address. */
  start(): void;
  /** Stops the server, and deletes its data. */
  remove(): void;
}

/** The programs refuse to run as root. Then they run as the user `postgres`, which Debian's package creates. */
const user: Partial<User> | undefined = process.getuid?.() === 0 ? postgresUser() : {};

interface User {
  readonly uid: number;
  readonly gid: number;
}

function postgresUser(): User | undefined {
  const idOf = (flag: string): number =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  return uid && gid ? { uid, gid } : undefined;
}

export const hasPostgres =
  user !== undefined && ['initdb', 'pg_ctl'].every((name) => spawnSync(name, ['--version']).status === 0);

/** Part of the titles of tests that are skipped without PostgreSQL. */
export const needsPostgres = 'skipped where no initdb and pg_ctl are on the PATH';

/** The superuser of the cluster. */
const name = 'pms';

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  if (user?.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const run = (program: string, ...values: readonly string[]): void => {
    const { status, stdout } = spawnSync(program, values, { ...user, cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} has failed: ${stdout}`);
  };
  const cluster = join(folder, 'data');
  run(
    'initdb',
    ...`--auth trust --no-sync --encoding UTF8 --username ${name} --pgdata ${cluster}`.split(' '),
    // In this language, the order of characters differs from that of their codes.
    ...'--locale C.UTF-8 --locale-provider icu --icu-locale en-US'.split(' '),
  );
  const port = await freePort();
  const options = `-p ${port} -k '' -c listen_addresses=127.0.0.1 -c fsync=off`;
  const log = join(folder, 'log');
  const start = (): void => run('pg_ctl', 'start', '-w', '-s', '-D', cluster, '-l', log, '-o', options);
  const stop = (): void => run('pg_ctl', 'stop', '-w', '-s', '-D', cluster, '-m', 'immediate');
  start();
  let databases = 0;
  return {
    port,
    cluster,
    async createDatabase(more = '') {
      const database = `test_${++databases}`;
      await query(`postgres://${name}@127.0.0.1:${port}/postgres`, `create database ${database} ${more}`);
      return `postgres://${name}@127.0.0.1:${port}/${database}`;
    },
    stop,
    start,
    remove() {
      spawnSync('pg_ctl', ['stop', '-w', '-s', '-D', cluster, '-m', 'immediate'], { ...user, cwd: folder });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs one statement, and returns its rows. */
export async function query(
  url: string,
  statement: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
