/** Runs the short form of each proof. The long form is `npm run prove -- <name>`. Proofs run compiled: `npm run build:prove`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { hasRedisServer, needsRedis } from '../support/redis.js';

async function prove(name: string): Promise<{ readonly code: number | null; readonly line: string }> {
  const child = spawn(process.execPath, ['dist/prove/test/prove/prove.js', name, '--short', '--seed', '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let line = '';
  child.stdout.on('data', (chunk: Buffer) => (line += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, line };
}

async function expectToHold(name: string): Promise<void> {
  const { code, line } = await prove(name);
  expect(JSON.parse(line)).toMatchObject({ proof: name, failed: [], ok: true });
  expect(code).toBe(0);
}

describe.skipIf(!hasRedisServer)(`the proof over real processes and a real Redis (${needsRedis})`, () => {
  test.each([
    ['token-herd', 'four replicas that start without a token send one token request together'],
    ['token-continuity', 'no call waits while tokens that live for seconds are renewed'],
    ['idp-outage', 'no call fails while the token endpoint fails and the token is valid'],
    ['token-401-storm', 'a token that the upstream refuses with 401 is renewed once for all replicas'],
    ['token-lease-chaos', 'calls are answered although the replica that renews the token is killed'],
    ['token-skew', 'replicas with clocks wrong by up to 15 minutes share one token'],
    ['upstream-rate', 'four replicas together never exceed PMS_RATE_LIMIT'],
    ['retry-budget', 'a failing upstream gets at most 1.10 requests for each call'],
    ['fhir-herd', 'identical operations on four replicas send each upstream request once'],
    ['outage', 'cached copies are returned, with their age, while the upstream fails'],
    ['neighbours', 'damaged entries in Redis do not change responses'],
    ['secret-canary', 'no response, log or Redis entry contains a secret'],
  ])('%s holds: %s', { timeout: 180_000 }, expectToHold);
});

describe('the proof over real processes without Redis', () => {
  test.each([
    ['response-bombs', 'excessive upstream responses fail in time and with bounded memory'],
    ['ssrf', 'the service connects only to the upstream and the token endpoint'],
    ['hostile', 'hostile GraphQL requests get a JSON error, and do not end the process'],
    ['poison', 'odd values of one client do not change the responses of other clients'],
    ['cop', 'probes of a GraphQL security scanner are refused'],
    ['slow', 'clients that read or send slowly do not delay other clients'],
    ['drain', 'SIGTERM under load cuts off no response'],
    ['mutations', 'no malformed upstream record leads to unmarked wrong data'],
    ['index-crawl', 'an index never claims to be more complete than it is'],
  ])('%s holds: %s', { timeout: 180_000 }, expectToHold);
});

test('the command `prove` exits with 64 for an unknown proof', async () => {
  expect((await prove('nonsense')).code).toBe(64);
});
