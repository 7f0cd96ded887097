/** The processes that are measured, each of its own, and what the system says that they have used. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { scripts } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));
const [, flags] = / node ((?:--\S+ )*)dist\//.exec(scripts.start);
/** What `npm start` gives Node. */
export const startFlags = flags.split(' ').filter(Boolean);
/** The line that says where a server is. */
const ready = /^(?:ready|GraphQL at) (\S+)$/;

/** How a heading names settings of the service. */
export function settingsIn(env) {
  const named = Object.entries(env).map(([name, value]) => `\`${name}=${value}\``);
  return named.length === 0 ? 'default settings' : named.join(', ');
}

export function createProcesses() {
  const children = new Set();

  /**
   * Resolves when a line of its output says where it is: `{ url, pid, stop }`.
   * @param where finds out where it is, if its output does not say
   * @param options of `spawn`
   */
  async function start(
    args,
    { command = process.execPath, env, onLine = () => undefined, where, ...options } = {},
  ) {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...options,
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    });
    children.add(child);
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    ended.then((how) => {
      if (children.delete(child)) process.stderr.write(`${args.join(' ')} ended with ${how}\n`);
    });
    const stop = async () => {
      children.delete(child);
      child.kill();
      await ended;
    };
    const url = await new Promise((resolve, reject) => {
      ended.then((how) => reject(new Error(`it ended with ${how}`)));
      createInterface(child.stdout).on('line', (line) => {
        const [, at] = ready.exec(line) ?? [];
        if (at !== undefined) resolve(at);
        onLine(line);
      });
      where?.().then(resolve, reject);
    });
    return { url, pid: child.pid, stop };
  }

  return {
    start,

    /** @returns beside: `calls`, those since it was last asked, and `set`, which alters what holds for all bases */
    async upstream() {
      const started = await start([here('upstream.mjs')]);
      const told = async (what) => (await fetch(`${started.url}/${what}`)).json();
      const set = (settings) => told(`set?${new URLSearchParams(settings)}`);
      return { ...started, calls: () => told('calls'), set };
    },

    floor: (base, client, copies) => start([here('floor.mjs'), base, client, copies]),

    /**
     * With the settings that it comes with, but for its rate: 500 calls a minute, EMA's limit, would be all that is
     * measured.
     * @param env other settings, which whoever tells the figures has to name
     */
    async service(base, env = {}, { nodeArgs = [], script = here('../dist/pms-graphql.js'), onLine } = {}) {
      const started = await start([...startFlags, ...nodeArgs, script, 'serve'], {
        // It waits for no load balancer when it stops.
        env: { PORT: '0', PMS_BASE_URL: base, PMS_RATE_LIMIT: '1000000', SHUTDOWN_DELAY: '0', ...env },
        onLine,
      });
      // Has all of the upstream found out: operations ask nothing of their own then.
      const body = JSON.stringify({ query: '{ service { profile } }' });
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      await (await fetch(started.url, { method: 'POST', headers, body })).text();
      return started;
    },

    stopAll() {
      // Some take their time over a gentler signal.
      for (const child of children) child.kill('SIGKILL');
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

/** Bytes that the process has in memory, and had at most; NaN where the system does not tell. */
export function memoryOf(pid) {
  const file = `/proc/${pid}/status`;
  const status = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const bytesOf = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
  return { now: bytesOf('VmRSS'), peak: bytesOf('VmHWM') };
}
