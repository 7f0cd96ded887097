/**
 * Clients that read nothing, that send one byte a second, or that send nothing. Memory must stay bounded, their connections must be
 * closed, and other clients must get responses meanwhile.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Proof } from '../proof.js';
import { large } from '../large.js';
import { startReplica, type Replica } from '../replicas.js';
import { gauge } from '../scrape.js';

const atOnce = 200;
/**
 * Seconds in which a slow connection must be closed: 10 to read, or to send the headers, and more to detect it on a busy machine.
 */
const patienceSeconds = 20;
/** Seconds that a busy machine may take to respond to all clients. Only then are they slow readers. */
const mostSeconds = 60;

export const slow: Proof = async ({ seed, isShort }) => {
  const readers = 100;
  const silent = isShort ? 1_000 : 10_000;
  const senders = 100;
  const replica = await startReplica({ LOG_LEVEL: 'warn' }, seed);
  await replica.ask(large);
  const before = await scraped(replica);
  const crowd = [
    ...Array.from({ length: readers }, () => reading(replica)),
    ...Array.from({ length: senders }, () => sending(replica)),
  ];
  // Opened in groups: if more connect at once than its queue holds, the operating system drops connections that the client takes
  // for open.
  for (let opened = 0; opened < silent; opened += atOnce) {
    const some = Array.from({ length: atOnce }, () => open(replica).resume());
    await Promise.all(some.map(connected));
    crowd.push(...some);
  }
  const others = { asked: 0, answered: 0, slowestMs: 0 };
  let mostMb = 0;
  let mostWaitingMb = 0;
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  for (let isCut = false; seconds() < patienceSeconds || (!isCut && seconds() < mostSeconds);) {
    const { residentMb, waitingMb, cut } = await scraped(replica);
    isCut = cut >= readers;
    mostMb = Math.max(mostMb, residentMb);
    mostWaitingMb = Math.max(mostWaitingMb, waitingMb);
    const askedAt = performance.now();
    others.asked += 1;
    const answer = await replica.ask('{ product(id: "600000000001") { name packages { nodes { id } } } }');
    if (answer.startsWith('200') && answer.includes('"name"')) others.answered += 1;
    others.slowestMs = Math.max(others.slowestMs, Math.round(performance.now() - askedAt));
    await setTimeout(200);
  }
  // A paused socket does not notice that it was closed, so it reads now.
  for (const socket of crowd) socket.on('data', () => undefined).resume();
  for (let waits = 0; waits < 100 && crowd.some(({ closed }) => !closed); waits += 1) await setTimeout(100);
  const gone = Math.round(seconds());
  const left = crowd.filter(({ closed }) => !closed).length;
  const after = await scraped(replica);
  for (const socket of crowd) socket.destroy();
  await replica.stop();
  return {
    holds: {
      'whoever reads and sends is answered meanwhile': others.answered === others.asked && others.asked > 10,
      'no more than 64 MiB wait to be read': mostWaitingMb <= 64,
      'memory is within bounds': mostMb < 640,
      'readers are cut': after.cut > 0,
      'each of them is cut': left === 0,
      'nothing waits any longer': after.waitingMb === 0,
    },
    figures: {
      readers,
      silent,
      senders,
      left,
      secondsUntilGone: gone,
      others,
      residentMb: { before: before.residentMb, most: mostMb, after: after.residentMb },
      mostWaitingMb,
      cut: after.cut,
    },
  };
};

async function scraped(
  replica: Replica,
): Promise<{ readonly residentMb: number; readonly waitingMb: number; readonly cut: number }> {
  const metrics = await replica.get('/metrics');
  const megabytes = (series: string): number => Math.round(gauge(metrics, series) / 2 ** 20);
  return {
    residentMb: megabytes('process_resident_memory_bytes'),
    waitingMb: megabytes('pms_graphql_answers_waiting_bytes'),
    cut: gauge(metrics, 'pms_graphql_slow_readers_cut_total'),
  };
}

function open({ origin }: Replica): Socket {
  return connect(Number(new URL(origin).port), '127.0.0.1').on('error', () => undefined);
}

function reading(replica: Replica): Socket {
  const socket = open(replica);
  const body = JSON.stringify({ query: large });
  // Sends the request twice, because the operating system buffers some megabytes of the response.
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`.repeat(
      2,
    ),
  );
  return socket;
}

/** Sends headers that never end. */
function sending(replica: Replica): Socket {
  const socket = open(replica).resume();
  socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\nx-dribble: ');
  const timer = setInterval(() => socket.write('x'), 1_000);
  socket.once('close', () => clearInterval(timer));
  return socket;
}

async function connected(socket: Socket): Promise<void> {
  if (socket.connecting) await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
}
