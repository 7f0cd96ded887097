/** The service connects only to its upstream, whatever the environment variables say. */
import { spawnSync } from 'node:child_process';
import dns from 'node:dns';
import { existsSync } from 'node:fs';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestService } from '../support/service.js';
import { isQuick } from '../support/tier.js';

/** With these variables Apollo's library would send documents to Apollo. */
const reporting = {
  APOLLO_KEY: 'service:pms:not-a-key',
  APOLLO_GRAPH_REF: 'pms@current',
  APOLLO_SCHEMA_REPORTING: 'true',
  APOLLO_SERVER_USER_VERSION: '1',
  APOLLO_SERVER_PLATFORM: 'test',
  APOLLO_SERVER_ID: 'test',
};
/** With these variables Apollo's library would refuse to start. */
const contradictory = { APOLLO_GRAPH_ID: 'pms', APOLLO_GRAPH_VARIANT: 'current' };
const others = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel.example:4318',
  OTEL_TRACES_EXPORTER: 'otlp',
  NO_UPDATE_NOTIFIER: '',
};

const environments: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['switch reporting on', { ...reporting, ...others }],
  ['contradict each other', { ...reporting, ...contradictory, ...others }],
  ['contain no key', { APOLLO_SCHEMA_REPORTING: 'true' }],
  ['contain a key that no HTTP header can hold', { APOLLO_KEY: 'schlüssel\n☃' }],
];

describe('with APOLLO_* variables in the environment', () => {
  const undo: (() => void)[] = [];
  afterEach(() => {
    for (const one of undo.splice(0)) one();
  });

  function set(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) {
      const before = process.env[name];
      process.env[name] = value;
      undo.push(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
  }

  /** Records every address to which this process connects, and every name that it looks up. */
  function watch(): Set<string> {
    const dialled = new Set<string>();
    const { connect } = net.Socket.prototype;
    const { lookup } = dns;
    net.Socket.prototype.connect = function dial(this: net.Socket, ...args: unknown[]): net.Socket {
      const [options] = (Array.isArray(args[0]) ? args[0] : args) as [net.TcpNetConnectOpts];
      dialled.add(options.host ?? 'localhost');
      return (connect as (...all: unknown[]) => net.Socket).apply(this, args);
    } as typeof connect;
    dns.lookup = ((name: string, ...rest: unknown[]) => {
      dialled.add(name);
      return (lookup as (...all: unknown[]) => void)(name, ...rest);
    }) as typeof lookup;
    undo.push(() => {
      net.Socket.prototype.connect = connect;
      dns.lookup = lookup;
    });
    return dialled;
  }

  it.each(environments)(
    'that %s, the service starts, answers and stops without connecting to another host',
    async (_title, variables) => {
      set(variables);
      const dialled = watch();
      const service = await startTestService();
      const { data, errors } = await service.query('{ products(first: 1) { nodes { name } } }');
      // Apollo's reporter would send its collected data when the service stops.
      await service.stop();
      expect({ data, errors }).toMatchObject({ data: { products: { nodes: [{}] } }, errors: undefined });
      expect([...dialled]).toEqual(['127.0.0.1']);
    },
  );
});

const isBuilt = existsSync('dist/pms-graphql.js');
const hasNamespaces = spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up']).status === 0;

describe.skipIf(!hasNamespaces || !isBuilt)(
  'without a network, with APOLLO_* variables (skipped if no network namespace can be made, or nothing is built)',
  () => {
    it.skipIf(isQuick).each(environments.slice(0, 3))(
      'that %s, the service answers a query and exits with 0',
      (_title, variables) => {
        const inside = 'ip link set lo up && exec "$0" test/http/alone.mjs "$1"';
        const { stdout, stderr } = spawnSync(
          'unshare',
          ['-rn', 'sh', '-c', inside, process.execPath, JSON.stringify(variables)],
          { encoding: 'utf8' },
        );
        expect(JSON.parse(stdout || `"${stderr}"`)).toMatchObject({
          answer: { data: { products: { nodes: [{}] } } },
          exitCode: 0,
          unroutable: 0,
        });
      },
    );
  },
);
