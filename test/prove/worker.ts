/** A process of a fleet: the service's HTTP client for the upstream with token and store, controlled by messages. */
import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { isPmsError } from '../../src/errors.js';
import { createLog } from '../../src/log.js';
import { openAccess, type Access } from '../../src/service.js';
import { seededRandom } from './proof.js';

export interface WorkerSettings {
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly redisUrl: string | undefined;
  readonly seed: number;
  /** Milliseconds by which the clock of this process is wrong. */
  readonly skewMs: number;
  readonly timeoutMs: number;
  /** Most upstream requests of all processes in a window, and the length of the window in milliseconds. */
  readonly rate?: { readonly limit: number; readonly windowMs: number };
  /** Milliseconds for a call, including its waits. */
  readonly deadlineMs?: number;
}

export type Command =
  | { readonly kind: 'open'; readonly scope: string }
  | { readonly kind: 'burst'; readonly calls: number }
  | { readonly kind: 'rate'; readonly perSecond: number; readonly ms: number }
  | { readonly kind: 'stats' };

export interface Report {
  readonly calls: number;
  /** Number of calls by status or error code. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** Token requests of this process since it was opened. */
  readonly tokenRequests: number;
  readonly tokenWaits: number;
  /** Number of calls that were sent, and number of retries. */
  readonly sent: number;
  readonly retries: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
Math.random = seededRandom(settings.seed);
skewClock(settings.skewMs);

let access: Access | undefined;

process.on('message', ({ id, command }: { readonly id: number; readonly command: Command }) => {
  void run(command).then((report) => process.send?.({ id, report }));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function run(command: Command): Promise<Report> {
  const tally = createTally();
  [sent, retries] = [0, 0];
  if (command.kind === 'open') {
    await access?.close();
    access = open(command.scope);
  }
  if (command.kind === 'burst') {
    await Promise.all(Array.from({ length: command.calls }, () => tally.count(call)));
  }
  if (command.kind === 'rate') {
    const pause = 1_000 / command.perSecond;
    const began = performance.now();
    const calls: Promise<void>[] = [];
    while (performance.now() - began < command.ms) {
      calls.push(tally.count(call));
      // Sends by the clock instead of by fixed pauses, so that a delayed process catches up.
      await setTimeout(Math.max(0, began + calls.length * pause - performance.now()));
    }
    await Promise.all(calls);
  }
  return {
    ...tally.result(),
    sent,
    retries,
    tokenRequests: access?.tokens?.requests ?? 0,
    tokenWaits: access?.tokens?.waits ?? 0,
  };
}

function open(scope: string): Access {
  return openAccess({
    config: {
      timeoutMs: settings.timeoutMs,
      // No cache, so that each call is sent with a token.
      cacheTtlMs: 0,
      cacheMaxBytes: 1_000_000,
      ...(settings.rate && { rateLimit: settings.rate.limit, rateWindowMs: settings.rate.windowMs }),
    },
    secrets: {
      clientSecret: 'proof-secret',
      clientSecretNext: undefined,
      cursorKey: 'proof',
      redisUrl: settings.redisUrl,
      redisEncryptionKeys: undefined,
    },
    upstream: {
      kind: 'fhir',
      baseUrl: new URL(settings.baseUrl),
      oauth: { tokenUrl: new URL(settings.tokenUrl), clientId: 'proof', scope },
    },
    log: createLog('silent'),
  });
}

let sent = 0;
let retries = 0;

async function call(): Promise<string> {
  let sends = 0;
  const take = (): void => {
    sends += 1;
    if (sends === 1) sent += 1;
    else retries += 1;
  };
  const { deadlineMs } = settings;
  const deadline = deadlineMs === undefined ? {} : { deadline: performance.now() + deadlineMs };
  const url = new URL(`${settings.baseUrl}/MedicinalProductDefinition/1`);
  try {
    return String((await access?.send({ method: 'GET', url, headers: {}, take, ...deadline }))?.status);
  } catch (error) {
    return isPmsError(error) ? error.code : String(error);
  }
}

function createTally() {
  const outcomes: Record<string, number> = {};
  let calls = 0;
  let slowestMs = 0;
  return {
    async count(act: () => Promise<string>): Promise<void> {
      calls++;
      const began = performance.now();
      const outcome = await act();
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      slowestMs = Math.max(slowestMs, performance.now() - began);
    },
    result: () => ({ calls, outcomes, slowestMs: Math.round(slowestMs) }),
  };
}

/** Shifts the date of this process, like a wrong clock. Time passes as usual. */
function skewClock(ms: number): void {
  if (ms === 0) return;
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args: readonly unknown[]) {
      super(...((args.length === 0 ? [RealDate.now() + ms] : args) as [number]));
    }
    static override now(): number {
      return RealDate.now() + ms;
    }
  } as DateConstructor;
}
