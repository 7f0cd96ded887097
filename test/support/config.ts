/** The configuration of a service under test. Tests override single settings. */
import type { ServiceOptions } from '../../src/service.js';

export function testConfig(given: Partial<ServiceOptions['config']> = {}): ServiceOptions['config'] {
  return {
    host: '127.0.0.1',
    port: 0,
    profile: 'auto',
    openApi: undefined,
    elements: true,
    explain: false,
    receipt: 'full',
    requestBudget: 120,
    timeoutMs: 10_000,
    deadlineMs: 30_000,
    // No cache, so that tests can count the upstream requests.
    cacheTtlMs: 0,
    cacheMaxBytes: 16_000_000,
    secretExpires: undefined,
    introspection: true,
    graphiql: false,
    corsOrigins: [],
    changesStreams: 100,
    changesStreamsPerClient: 10,
    ...given,
  };
}

export function testSecrets(given: Partial<ServiceOptions['secrets']> = {}): ServiceOptions['secrets'] {
  return {
    clientSecret: undefined,
    clientSecretNext: undefined,
    cursorKey: 'test',
    redisUrl: undefined,
    redisEncryptionKeys: undefined,
    ...given,
  };
}
