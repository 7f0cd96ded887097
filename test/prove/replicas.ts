/** Starts replicas of the service as they are deployed, by `pms-graphql serve`, and sends HTTP requests to them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { seededRandom } from './proof.js';

export interface Replica {
  /** Origin of the replica: `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** The output so far, of stdout and stderr. */
  readonly output: string;
  /** Null until the process has ended. */
  readonly exitCode: number | null;
  ask(query: string): Promise<string>;
  get(path: string): Promise<string>;
  stop(): Promise<void>;
}

const cli = fileURLToPath(new URL('../../../pms-graphql.js', import.meta.url));

export async function startReplica(env: Readonly<Record<string, string>>, seed: number): Promise<Replica> {
  const { PATH = '' } = process.env;
  const chances = `data:text/javascript,${encodeURIComponent(`Math.random = (${seededRandom.toString()})(${seed})`)}`;
  const child = spawn(process.execPath, ['--import', chances, cli, 'serve'], {
    // A folder without a `.env` file, which would change the settings.
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { PATH, PORT: '0', SHUTDOWN_DELAY: '0', ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /GraphQL at (http:\S+)\/graphql/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`A replica ended:\n${output}`)));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });
  return {
    origin,
    get output() {
      return output;
    },
    get exitCode() {
      return child.exitCode;
    },
    ask: (query) => exchange(agent, `${origin}/graphql`, JSON.stringify({ query })),
    get: (path) => exchange(agent, origin + path),
    async stop() {
      agent.destroy();
      await ended(child);
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** Returns status, headers and body of the response as text. */
function exchange(agent: Agent, url: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      let text = `${response.statusCode} ${JSON.stringify(response.headers)}\n`;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text)).on('error', reject);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // An idle connection may be closed just when it is used again. Then the request is repeated on another one.
      const isIdle = sent.reusedSocket && error.code === 'ECONNRESET';
      if (isIdle) exchange(agent, url, body).then(resolve, reject);
      else reject(error);
    });
    sent.end(body);
  });
}
