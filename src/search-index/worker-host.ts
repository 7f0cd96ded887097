/** Calls methods in a worker thread, so that long work does not block the calling thread. */
import { parentPort, type MessagePort, type Worker } from 'node:worker_threads';
import { isPmsError, PmsError, type ErrorCode } from '../errors.js';
import { createLines } from './lines.js';
import { IndexError } from './store/index-error.js';
import { withinTime } from './time-limit.js';

export type Method = (...values: never[]) => Promise<unknown>;

interface Call {
  readonly id: number;
  readonly name: string;
  readonly values: readonly unknown[];
}

type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure };

/** An error in a form that can be sent between threads. Class instances cannot be sent. */
type Failure =
  | { readonly is: 'pms'; readonly code: ErrorCode; readonly message: string; readonly stack: Stack }
  | {
      readonly is: 'index';
      readonly kind: IndexError['kind'];
      readonly message: string;
      readonly stack: Stack;
    }
  | { readonly is: 'other'; readonly message: string; readonly stack: Stack };

type Stack = string | undefined;

type Port = Pick<MessagePort, 'on' | 'postMessage'>;

export interface ServeOptions {
  /** The port to the calling thread. @default the thread that has started this one */
  readonly port?: Port | null;
  /** The names of the methods that have the time limit `limitMs`. @default none */
  readonly hurried?: ReadonlySet<string>;
  /** The time limit in milliseconds. @default 1000 */
  readonly limitMs?: number;
}

/**
 * Serves calls of these methods. Each result is sent as soon as it is ready. Buffers in a result are transferred, so
 * a method must not use them after it has returned them.
 */
export function serveFromWorker(
  methods: Readonly<Record<string, Method>>,
  { port = parentPort, hurried = new Set(), limitMs = 1_000 }: ServeOptions = {},
): void {
  if (port === null) throw new Error('This module must run in a worker thread.');
  const limitOf = (name: string): number => (hurried.has(name) ? limitMs : Number.POSITIVE_INFINITY);
  port.on('message', (call: Call) => void answer(port, methods, call, limitOf(call.name)));
}

async function answer(
  port: Port,
  methods: Readonly<Record<string, Method>>,
  { id, name, values }: Call,
  limitMs: number,
): Promise<void> {
  try {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new Error(`The worker has no method ${name}.`);
    const run = (): Promise<unknown> => method(...(values as never[]));
    const value = await (Number.isFinite(limitMs) ? withinTime(limitMs, run) : run());
    port.postMessage({ id, value } satisfies Answer, buffersIn(value));
  } catch (error) {
    port.postMessage({ id, failure: failureOf(error) } satisfies Answer);
  }
}

/**
 * Returns those buffers of a value that can be transferred without a copy. Small Buffers cannot be, because Node
 * creates many of them in one shared piece of memory.
 */
function buffersIn(value: unknown): readonly ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const waiting: unknown[] = [value];
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    if (ArrayBuffer.isView(next)) {
      const { buffer, byteLength } = next;
      if (buffer instanceof ArrayBuffer && byteLength > 0 && buffer.byteLength === byteLength)
        found.add(buffer);
    } else if (next instanceof Map) waiting.push(...next.values());
    else if (Array.isArray(next)) {
      // Most arrays are long lists of numbers or texts. They contain no buffers, and are skipped.
      for (const each of next as readonly unknown[]) if (typeof each === 'object') waiting.push(each);
    } else if (typeof next === 'object' && next !== null) waiting.push(...Object.values(next));
  }
  return [...found];
}

function failureOf(error: unknown): Failure {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  if (isPmsError(error)) return { is: 'pms', code: error.code, message, stack };
  if (error instanceof IndexError) return { is: 'index', kind: error.kind, message, stack };
  return { is: 'other', message, stack };
}

function errorFrom(failure: Failure): Error {
  const { message, stack } = failure;
  const cause = new Error(message);
  // The stack trace is that of the worker, where the error happened.
  if (stack !== undefined) cause.stack = stack;
  if (failure.is === 'pms') return new PmsError(failure.code, message, { cause });
  return failure.is === 'index' ? new IndexError(failure.kind, message, { cause }) : cause;
}

/** Figures about the load of a worker, for monitoring. */
export interface Load {
  /** The number of calls that have no result yet. */
  waiting: number;
  /** The number of all calls so far. `refused` counts calls that were rejected because too many calls waited. */
  calls: number;
  refused: number;
  /** The sum of the times from call to result of all calls, in seconds. */
  seconds: number;
}

export function noLoad(): Load {
  return { waiting: 0, calls: 0, refused: 0, seconds: 0 };
}

export interface CallOptions {
  /** Updated with each call. */
  readonly load?: Load;
  /** Maximum number of waiting calls. Further calls are rejected. @default 100 */
  readonly mostWaiting?: number;
}

interface Waiting {
  readonly call: Call;
  readonly client: string | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly since: number;
}

/**
 * Returns the methods of a worker for one client.
 * @param client undefined for the service itself
 */
export type CallFor<Methods> = (client: string | undefined) => Methods;

/**
 * Returns the worker's methods for each client. The worker alternates between the calls of several clients. The
 * arguments of a call are copied only when the call starts, so they must not be changed before it has ended.
 *
 * A call rejects with the error of its method; with `OVERLOADED` if too many calls wait and its client has the most
 * of them; and with `INDEX_UNAVAILABLE` after the worker has ended.
 */
export function callWorker<Methods extends object>(
  worker: Pick<Worker, 'on' | 'postMessage'>,
  { mostWaiting = 100, load = noLoad() }: CallOptions = {},
): CallFor<Methods> {
  const waiting = new Map<number, Waiting>();
  const lines = createLines<Waiting>(mostWaiting, begin);
  let lastId = 0;
  let end: PmsError | undefined;

  function fail(cause: unknown): void {
    end ??= new PmsError('INDEX_UNAVAILABLE', 'The index has been shut down.', { cause });
    for (const { reject } of waiting.values()) reject(end);
    waiting.clear();
    lines.clear();
    load.waiting = 0;
  }

  function begin({ call }: Waiting): void {
    try {
      worker.postMessage(call, []);
    } catch (error) {
      // An argument could not be copied to the worker.
      finish(call.id)?.reject(error as Error);
    }
  }

  function finish(id: number): Waiting | undefined {
    const done = waiting.get(id);
    if (!done) return undefined;
    waiting.delete(id);
    load.seconds += (performance.now() - done.since) / 1_000;
    lines.end(done.client);
    load.waiting = waiting.size;
    return done;
  }

  worker.on('message', (message: Answer) => {
    const done = finish(message.id);
    if ('failure' in message) done?.reject(errorFrom(message.failure));
    else done?.resolve(message.value);
  });
  worker.on('error', fail);
  worker.on('messageerror', fail);
  worker.on('exit', (code) => fail(new Error(`The thread of the index ended with code ${code}.`)));

  async function call(
    client: string | undefined,
    name: string,
    values: readonly unknown[],
  ): Promise<unknown> {
    if (end) throw end;
    load.calls += 1;
    return new Promise((resolve, reject) => {
      const entry = {
        call: { id: ++lastId, name, values },
        client,
        resolve,
        reject,
        since: performance.now(),
      };
      waiting.set(entry.call.id, entry);
      const dispensable = lines.add(client, entry);
      if (dispensable) refuse(dispensable);
      load.waiting = waiting.size;
    });
  }

  function refuse({ call: { id }, reject }: Waiting): void {
    waiting.delete(id);
    load.refused += 1;
    reject(new PmsError('OVERLOADED', 'Too many queries wait for the index. Try again in a moment.'));
  }

  return (client) =>
    new Proxy({} as Methods, {
      get(_, name) {
        // If there were a `then` method, `await` would treat the object as a promise.
        if (typeof name !== 'string' || name === 'then') return undefined;
        return (...values: readonly unknown[]) => call(client, name, values);
      },
    });
}
