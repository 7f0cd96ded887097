/** The log: only allowed fields are written, so that no token, secret or body gets into it. */
import { describe, expect, test } from 'vitest';
import { PmsError } from '../src/errors.js';
import { createLog, type Log, type LogFields } from '../src/log.js';
import { TokenRefusal } from '../src/oauth/token-refusal.js';
import { IndexError } from '../src/search-index/store/index-error.js';

function open(level: Parameters<typeof createLog>[0] = 'debug'): {
  log: Log;
  lines: () => readonly Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const log = createLog(level, { write: (line) => void written.push(line) });
  return {
    log,
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written.join(''),
  };
}

const secret = 'eyJhbGciOiJub25lIn0.s3cr3t';

test('a log line has its level, time, event and counts', () => {
  const { log, lines } = open();
  log.info('request.answered', {
    requestId: 'abc-1',
    route: 'graphql',
    status: 200,
    durationMs: 1.5,
  });
  expect(lines()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      event: 'request.answered',
      requestId: 'abc-1',
      route: 'graphql',
      status: 200,
      durationMs: 1.5,
    },
  ]);
});

test('a log line below the log level is not written', () => {
  const { log, lines } = open('warn');
  log.debug('fetch.unplanned');
  log.info('service.started');
  log.warn('token.failed');
  log.error('request.failed');
  expect(lines().map(({ level }) => level)).toEqual(['warn', 'error']);
});

test('a record without a valid id is logged with its type and a hash of its id', () => {
  const { log, lines } = open();
  log.warn('upstream.record', { record: 'Ingredient 3f2a9c01' });
  log.warn('upstream.record', { record: `Ingredient ${secret} of somebody` });
  expect(lines().map(({ record }) => record)).toEqual(['Ingredient 3f2a9c01', undefined]);
});

describe('a log field with an unexpected name or value', () => {
  test.each<[string, unknown]>([
    ['an unlisted name', { token: secret, headers: { authorization: secret }, variables: { secret } }],
    ['a string instead of a number', { status: secret, waitMs: { secret } }],
    [
      'a string that is no identifier',
      { requestId: `Bearer ${secret}`, source: `a ${secret}`, profile: { secret } },
    ],
    ['a thrown string', { error: secret }],
    ['a thrown object', { error: { secret } }],
  ])('is not written: %s', (_title, fields) => {
    const { log, text } = open();
    log.error('request.failed', fields as LogFields);
    expect(text()).not.toContain('s3cr3t');
    expect(text()).toContain('request.failed');
  });
});

describe('an error in the log', () => {
  test('about an unusable file has its path and what to do', () => {
    const message = '/data/index.sqlite is a folder. Set INDEX_URL to a file.';
    const { log, lines, text } = open();
    log.error('index.unavailable', {
      error: new IndexError('unwritable', message, { cause: new Error(secret) }),
    });
    expect(lines()[0]?.['error']).toMatchObject({ name: 'IndexError', message, cause: { name: 'Error' } });
    expect(text()).not.toContain(secret);
  });

  test('of the service itself is written with its message, code, stack frames and causes', () => {
    const refusal = new TokenRefusal('HTTP 401: invalid_client', 'invalid_client', true);
    const { log, lines } = open();
    log.warn('token.failed', {
      error: new PmsError('TOKEN_UNAVAILABLE', 'Refused.', { status: 401, cause: refusal }),
    });
    expect(lines()[0]?.['error']).toEqual({
      name: 'PmsError',
      code: 'TOKEN_UNAVAILABLE',
      status: 401,
      message: 'Refused.',
      stack: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
      cause: {
        name: 'TokenRefusal',
        message: 'HTTP 401: invalid_client',
        stack: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
      },
    });
  });

  test.each<[string, () => unknown]>([
    ['in its message', () => new Error(`failed with ${secret}`)],
    ['in a message that looks like a stack', () => new Error(`failed\n    at ${secret}`)],
    [
      'in a message that was changed later',
      () => Object.assign(new Error(`at ${secret}\n    at ${secret}`), { message: 'other' }),
    ],
    [
      'in the message of its cause',
      () => new PmsError('UPSTREAM_TIMEOUT', 'Late.', { cause: new Error(`GET ${secret}`) }),
    ],
    ['in a cause that is a string', () => new PmsError('UPSTREAM_TIMEOUT', 'Late.', { cause: secret })],
    [
      'in its own fields',
      () =>
        Object.assign(new Error('failed'), {
          headers: { authorization: secret },
          code: `a ${secret}`,
          name: secret,
        }),
    ],
    [
      'in the last of many causes',
      () =>
        Array.from({ length: 20 }).reduce<Error>((cause) => new Error(secret, { cause }), new Error(secret)),
    ],
  ])('with a secret %s is written without the secret', (_title, make) => {
    const { log, text } = open();
    log.error('request.failed', { error: make() });
    expect(text()).not.toContain('s3cr3t');
    expect(text()).toContain('"error":{');
  });

  test('that is its own cause is written', () => {
    const error = new Error('round');
    error.cause = error;
    const { log, lines } = open();
    log.error('request.failed', { error });
    expect(lines()).toHaveLength(1);
  });
});

test('an advice in the log is only written if it is a sentence of the service itself', () => {
  const { log, lines } = open();
  log.warn('secret.expires', { daysLeft: 30, day: '2027-08-15', advice: 'renewal' });
  log.warn('secret.expires', { day: secret, advice: secret as 'renewal' });
  expect(lines()[0]).toMatchObject({
    daysLeft: 30,
    day: '2027-08-15',
    advice: expect.stringContaining('"Request SPOR API Services"') as unknown,
  });
  expect(lines()[1]).not.toHaveProperty('advice');
  expect(lines()[1]).not.toHaveProperty('day');
});
