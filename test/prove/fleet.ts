/** Starts processes that share a Redis, and makes all of them send requests at once. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Command, Report, WorkerSettings } from './worker.js';

export interface Member {
  run(command: Command): Promise<Report>;
  /** Kills the process with SIGKILL. */
  kill(): Promise<void>;
}

export interface Fleet {
  readonly members: readonly Member[];
  /** Runs the command in all processes at once, and adds up their reports. */
  run(command: Command): Promise<Report>;
  stop(): Promise<void>;
}

export type FleetOptions = Pick<
  WorkerSettings,
  'baseUrl' | 'tokenUrl' | 'redisUrl' | 'seed' | 'rate' | 'deadlineMs'
> & {
  readonly size: number;
  /** Error of each process's clock, in milliseconds. @default 0 */
  readonly skews?: readonly number[];
  /** Milliseconds for one HTTP request. @default 10000 */
  readonly timeoutMs?: number;
};

export async function startFleet({
  size,
  skews = [],
  timeoutMs = 10_000,
  ...shared
}: FleetOptions): Promise<Fleet> {
  const members = await Promise.all(
    Array.from({ length: size }, (_, at) =>
      startMember({ ...shared, timeoutMs, seed: shared.seed * 100 + at, skewMs: skews[at] ?? 0 }),
    ),
  );
  return {
    members,
    run: async (command) => sum(await Promise.all(members.map((member) => member.run(command)))),
    async stop() {
      await Promise.all(members.map((member) => member.kill()));
    },
  };
}

async function startMember(settings: WorkerSettings): Promise<Member> {
  const child = fork(fileURLToPath(new URL('worker.js', import.meta.url)), [JSON.stringify(settings)]);
  const waiting = new Map<number, (report: Report) => void>();
  let sent = 0;
  await once(child, 'message');
  child.on('message', ({ id, report }: { readonly id: number; readonly report: Report }) => {
    waiting.get(id)?.(report);
    waiting.delete(id);
  });
  return {
    run: (command) =>
      new Promise((resolve) => {
        waiting.set(++sent, resolve);
        child.send({ id: sent, command });
      }),
    kill: () => kill(child),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

export function sum(reports: readonly Report[]): Report {
  const outcomes: Record<string, number> = {};
  for (const report of reports) {
    for (const [outcome, count] of Object.entries(report.outcomes)) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    }
  }
  const total = (of: (report: Report) => number): number =>
    reports.reduce((so, report) => so + of(report), 0);
  return {
    outcomes,
    calls: total(({ calls }) => calls),
    tokenRequests: total(({ tokenRequests }) => tokenRequests),
    tokenWaits: total(({ tokenWaits }) => tokenWaits),
    sent: total(({ sent }) => sent),
    retries: total(({ retries }) => retries),
    slowestMs: Math.max(0, ...reports.map(({ slowestMs }) => slowestMs)),
  };
}

/** Whether every call got a response with status 200. */
export function allAnswered({ calls, outcomes }: Report): boolean {
  return calls > 0 && outcomes['200'] === calls;
}
