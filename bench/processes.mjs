/** Starts the servers to measure, each as a process, and reads their processor time and memory. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { scripts } = JSON.parse(readFileSync(here('../package.json'), 'utf8'));
const [, flags] = / node ((?:--\S+ )*)dist\//.exec(scripts.start);
/** The Node flags of `npm start`. */
export const startFlags = flags.split(' ').filter(Boolean);
/** The line of output in which a server gives its URL. */
const ready = /^(?:ready|GraphQL at) (\S+)$/;

/** Words settings of the service for a heading. */
export function settingsIn(env) {
  const named = Object.entries(env).map(([name, value]) => `\`${name}=${value}\``);
  return named.length === 0 ? 'default settings' : named.join(', ');
}

export function createProcesses() {
  const children = new Set();

  /**
   * Starts a process. Resolves with `{ url, pid, stop }` when a line of its output gives the URL.
   * @param where finds the URL if the output does not give it
   * @param options options of `spawn`
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

    /**
     * @returns also `calls`, which returns the requests since its last call, and `set`, which changes the settings of the upstream
     */
    async upstream() {
      const started = await start([here('upstream.mjs')]);
      const told = async (what) => (await fetch(`${started.url}/${what}`)).json();
      const set = (settings) => told(`set?${new URLSearchParams(settings)}`);
      return { ...started, calls: () => told('calls'), set };
    },

    floor: (base, client, copies) => start([here('floor.mjs'), base, client, copies]),

    /**
     * Starts the service with default settings except the rate limit: at EMA's limit of 500 requests a minute, the measurement
     * would show only that limit.
     * @param env other settings, which the report must name
     */
    async service(base, env = {}, { nodeArgs = [], script = here('../dist/pms-graphql.js'), onLine } = {}) {
      const started = await start([...startFlags, ...nodeArgs, script, 'serve'], {
        // SHUTDOWN_DELAY=0: the process need not wait for a load balancer when it stops.
        env: { PORT: '0', PMS_BASE_URL: base, PMS_RATE_LIMIT: '1000000', SHUTDOWN_DELAY: '0', ...env },
        onLine,
      });
      // Makes the service learn all features of the upstream now, so that operations send no requests for that.
      const body = JSON.stringify({ query: '{ service { profile } }' });
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      await (await fetch(started.url, { method: 'POST', headers, body })).text();
      return started;
    },

    stopAll() {
      // SIGKILL, because some servers take long to end after SIGTERM.
      for (const child of children) child.kill('SIGKILL');
      children.clear();
    },
  };
}

/** Clock ticks a second in which the kernel counts processor time. */
const ticks = 100;

/** Returns the processor time of all threads of a process in milliseconds, user and system. */
export function cpuMsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in brackets, which may contain brackets and blanks. The fields after its last bracket are numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticks;
}

/** Returns the current and the highest resident memory of a process in bytes; NaN if the system does not report it. */
export function memoryOf(pid) {
  const file = `/proc/${pid}/status`;
  const status = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const bytesOf = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
  return { now: bytesOf('VmRSS'), peak: bytesOf('VmHWM') };
}
