/** Readiness after the start: only once the upstream has answered, or some of its data are in a cache or the index. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLog } from '../../src/log.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { startService, type Service, type ServiceOptions } from '../../src/service.js';
import { testConfig, testSecrets } from '../support/config.js';
import { hasRedisServer, needsRedis, startRedis } from '../support/redis.js';

async function start(
  given: Pick<ServiceOptions, 'upstream'> & Partial<ServiceOptions['secrets']>,
  config: Partial<ServiceOptions['config']> = {},
  log: ServiceOptions['log'] = createLog('silent'),
): Promise<Service> {
  const { upstream, ...secrets } = given;
  const service = await startService({
    config: testConfig({ profile: 'everything', ...config }),
    secrets: testSecrets(secrets),
    upstream,
    log,
    version: '0.0.0',
  });
  onTestFinished(() => service.stop());
  return service;
}

async function sandboxed() {
  const sandbox = await startSandbox({ profile: 'everything' });
  onTestFinished(() => sandbox.stop());
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const oauth = { tokenUrl: new URL(tokenUrl), clientId, scope };
  return { sandbox, upstream: { kind: 'fhir', baseUrl: new URL(baseUrl), oauth } as const, clientSecret };
}

async function statusOf({ origin }: Service): Promise<number> {
  return (await fetch(`${origin}/health/ready`)).status;
}

/** Returns the first status after `starting`, however long the start takes. */
async function statusAtLast(service: Service): Promise<number> {
  let status = await statusOf(service);
  for (; status === 503; status = await statusOf(service)) await setTimeout(200);
  return status;
}

const nowhere = new URL('http://127.0.0.1:1/fhir');

describe('a starting replica', () => {
  it.each(['everything', 'auto', 'search'] as const)(
    'is ready once the upstream has answered, with the profile `%s`',
    async (profile) => {
      const { upstream, clientSecret } = await sandboxed();
      expect(await statusAtLast(await start({ upstream, clientSecret }, { profile }))).toBe(200);
    },
  );

  it.each([
    ['the upstream is unreachable', { baseUrl: nowhere }, 'PMS_BASE_URL'],
    ['the token endpoint is unreachable', { tokenUrl: new URL('http://127.0.0.1:1/token') }, 'PMS_TOKEN_URL'],
  ])('is not ready if %s, and its answer names the setting to check', async (_what, broken, at) => {
    const { upstream, clientSecret } = await sandboxed();
    const { tokenUrl = upstream.oauth.tokenUrl, ...rest } = broken as { tokenUrl?: URL; baseUrl?: URL };
    const lines: string[] = [];
    const service = await start(
      { upstream: { ...upstream, ...rest, oauth: { ...upstream.oauth, tokenUrl } }, clientSecret },
      { profile: 'auto' },
      createLog('info', { write: (line) => void lines.push(line) }),
    );
    expect(await statusOf(service)).toBe(503);
    expect(await (await fetch(`${service.origin}/health/ready`)).json()).toEqual({
      status: 'starting',
      problem: { code: 'ECONNREFUSED', at, cure: 'Check host and port, and whether the server is running.' },
    });
    expect(lines.join()).toContain(`ECONNREFUSED at ${at}: no program listens at this host and port`);
  });

  it('becomes ready when the upstream becomes reachable', async () => {
    let status = 503;
    const server = createServer((_request, response) => response.writeHead(status).end()).listen(0);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const baseUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`);
    const service = await start({ upstream: { kind: 'fhir', baseUrl } });
    expect(await statusOf(service)).toBe(503);
    status = 404;
    expect(await statusAtLast(service)).toBe(200);
    // Later outages do not change readiness.
    status = 503;
    expect(await statusOf(service)).toBe(200);
  });

  it('is not ready with a wrong client secret', async () => {
    const { upstream } = await sandboxed();
    const service = await start({ upstream, clientSecret: 'another' });
    expect(await statusOf(service)).toBe(503);
  });

  it.skipIf(!hasRedisServer)(
    `is ready without its upstream if it uses records that another replica stored in Redis, and else is not ready (${needsRedis})`,
    async () => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const { sandbox, upstream, clientSecret } = await sandboxed();
      const shared = { redisUrl: redis.url };
      const first = await start({ upstream, clientSecret, ...shared }, { cacheTtlMs: 60_000 });
      expect(await statusAtLast(first)).toBe(200);
      await first.stop();
      await sandbox.stop();
      expect(
        await statusAtLast(await start({ upstream, clientSecret, ...shared }, { cacheTtlMs: 60_000 })),
      ).toBe(200);
      // A replica without stored data is not ready.
      expect(await statusOf(await start({ upstream, clientSecret, ...shared }))).toBe(503);
    },
  );
});
