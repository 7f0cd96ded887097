/** The processes that are measured, each of its own, and what the system says that they have used. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export function createProcesses() {
  const children = new Set();

  /** Resolves when a line of its output says where it is: `{ url, pid, stop }`. */
  async function start(args, pattern, env = {}, onLine = () => undefined) {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, ...env },
    });
    children.add(child);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const stop = async () => {
      children.delete(child);
      child.kill();
      await ended;
    };
    const url = await new Promise((resolve, reject) => {
      ended.then((code) => reject(new Error(`${basename(args.at(-1))} ended with ${code}`)));
      createInterface(child.stdout).on('line', (line) => {
        const [, at] = pattern.exec(line) ?? [];
        if (at !== undefined) resolve(at);
        onLine(line);
      });
    });
    return { url, pid: child.pid, stop };
  }

  return {
    upstream: () => start([here('upstream.mjs')], /^upstream at (\S+)$/),

    floor: (base, client, copies) => start([here('floor.mjs'), base, client, copies], /^floor at (\S+)$/),

    /** @param env settings beside those that all benches have */
    service: (base, env = {}, { nodeArgs = [], script = here('../dist/pms-graphql.js'), onLine } = {}) =>
      start(
        [...nodeArgs, script, 'serve'],
        /^GraphQL at (\S+)$/,
        {
          PORT: '0',
          PMS_BASE_URL: base,
          PMS_RATE_LIMIT: '1000000',
          CACHE_TTL: '0',
          LOG_LEVEL: 'warn',
          NODE_ENV: 'production',
          ...env,
        },
        onLine,
      ),

    async stopAll() {
      for (const child of children) child.kill();
      children.clear();
    },
  };
}

/** Ticks of the clock that the kernel counts by, in a second. */
const ticks = 100;

/** Milliseconds of processor time, all threads, its own and the kernel's for it. */
export function cpuMsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before it may hold anything but a closing bracket that is the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticks;
}

/** Bytes that the process has in memory. */
export function memoryOf(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}
