/**
 * SIGTERM under load. First the readiness probe fails, while requests still get responses. Then the service refuses new requests,
 * and completes running ones, including those queued for an upstream permit. No response is cut off.
 */
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { startSandbox } from '../../../src/sandbox/server.js';
import type { Proof } from '../proof.js';
import { large } from '../large.js';
import { startReplica, type Replica } from '../replicas.js';

const delaySeconds = 3;
const product = '{ product(id: "600000000001") { name packages { nodes { id } } } }';
interface Heard {
  readonly status: number;
  readonly isWhole: boolean;
  /** Milliseconds between the signal and the response. */
  readonly at: number;
}

export const drain: Proof = async ({ seed, isShort }) => {
  const sandbox = await startSandbox({ products: 200, seed: 1, latency: 50 });
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const replica = await startReplica(
    {
      PMS_BASE_URL: baseUrl,
      PMS_TOKEN_URL: tokenUrl,
      PMS_CLIENT_ID: clientId,
      PMS_CLIENT_SECRET: clientSecret,
      PMS_SCOPE: scope,
      PMS_RATE_LIMIT: '120',
      CACHE_TTL: '0',
      SHUTDOWN_DELAY: String(delaySeconds),
      LOG_LEVEL: 'warn',
    },
    seed,
  );
  while (!(await replica.get('/health/ready')).startsWith('200')) await setTimeout(100);
  await replica.ask(large);
  const slowly = Array.from({ length: 10 }, () => readSlowly(replica));
  // More requests at once than the rate limit admits, so that the last are queued for some seconds.
  const waiting = Array.from({ length: isShort ? 10 : 40 }, () => exchange(replica, product, 0));
  await setTimeout(500);
  const signalAt = performance.now();
  const ended = replica.stop();
  const ready: (readonly [at: number, status: string])[] = [];
  const during: Promise<Heard | 'refused'>[] = [];
  while (performance.now() - signalAt < delaySeconds * 1_000 + 1_500) {
    const at = performance.now() - signalAt;
    await replica.get('/health/ready').then(
      (answer) => ready.push([at, answer.slice(0, 3)]),
      () => ready.push([at, 'refused']),
    );
    during.push(exchange(replica, '{ __typename }', signalAt).catch(() => 'refused' as const));
    await setTimeout(100);
  }
  const [whole, answered, heard] = await Promise.all([
    Promise.all(slowly),
    Promise.all(waiting),
    Promise.all(during),
  ]);
  await ended;
  await sandbox.stop();
  const early = ready.filter(([at]) => at > 1_000 && at < delaySeconds * 1_000 - 300);
  const before = heard.filter((each) => each !== 'refused' && each.at < delaySeconds * 1_000 - 300);
  return {
    holds: {
      'readiness goes first': early.length > 0 && early.every(([, status]) => status === '503'),
      'what comes before the delay is over is answered':
        before.length > 5 && before.every((each) => each !== 'refused' && each.status === 200),
      'what comes later is refused': heard.at(-1) === 'refused' || (heard.at(-1) as Heard).status === 503,
      'what waits for its turn is answered': answered.every(
        ({ status, isWhole }) => status === 200 && isWhole,
      ),
      'what is being read is not cut': whole.every((each) => each),
      'the process ends with 0': replica.exitCode === 0,
    },
    figures: {
      seconds: Math.round((performance.now() - signalAt) / 100) / 10,
      readings: whole.length,
      waiting: answered.length,
      during: heard.length,
      refused: heard.filter((each) => each === 'refused').length,
    },
  };
};

function exchange({ origin }: Replica, query: string, since: number): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const socket = open(origin, query);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.once('error', reject);
    socket.once('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
      if (status === 0) return reject(new Error('no answer'));
      resolve({ status, isWhole: isWhole(text), at: performance.now() - since });
    });
  });
}

/** Reads 64 kB at a time, with pauses, for some seconds. @returns whether the response was complete */
function readSlowly({ origin }: Replica): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = open(origin, large);
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      socket.pause();
      globalThis.setTimeout(() => socket.resume(), 60);
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(isWhole(text)));
  });
}

function open(origin: string, query: string): ReturnType<typeof connect> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  const body = JSON.stringify({ query });
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  return socket.setMaxListeners(20).once('connect', () => void socket.write(`${head}\r\n\r\n${body}`));
}

function isWhole(text: string): boolean {
  const [head = ''] = text.split('\r\n\r\n', 1);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
  return text.length - head.length - 4 === length;
}
