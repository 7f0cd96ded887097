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

describe.skipIf(!hasRedisServer)(`proven over real processes and a real Redis (${needsRedis}):`, () => {
  test.each([
    'token-herd',
    'token-continuity',
    'idp-outage',
    'token-401-storm',
    'token-lease-chaos',
    'token-skew',
    'upstream-rate',
    'retry-budget',
    'fhir-herd',
    'outage',
    'neighbours',
    'secret-canary',
  ])('%s', { timeout: 180_000 }, expectToHold);
});

describe('proven over real processes without Redis:', () => {
  test.each(['response-bombs', 'ssrf', 'hostile', 'poison', 'cop', 'slow', 'drain', 'mutations'])(
    '%s',
    { timeout: 180_000 },
    expectToHold,
  );
});

test('refuses an unknown proof', async () => {
  expect((await prove('nonsense')).code).toBe(64);
});
