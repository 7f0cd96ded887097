/** Which failures a replica shares with other replicas. */
import { describe, expect, it } from 'vitest';
import { PmsError } from '../../src/errors.js';
import type { HttpAnswer } from '../../src/fhir/http.js';
import { decodeFailure, encodeFailure } from '../../src/cache/stored-responses.js';
import { isFailure, judge } from '../../src/cache/verdict.js';

describe('a failed upstream request', () => {
  it.each([
    'UPSTREAM_UNAVAILABLE',
    'UPSTREAM_TIMEOUT',
    'UPSTREAM_RATE_LIMITED',
    'TOKEN_UNAVAILABLE',
  ] as const)('with %s is shared with other replicas', (code) =>
    expect(isFailure(new PmsError(code, 'It failed.'))).toBe(true),
  );

  it.each(['UPSTREAM_BUDGET_EXCEEDED', 'OVERLOADED'] as const)(
    'with %s is not shared, because it concerns one operation or one process',
    (code) => expect(isFailure(new PmsError(code, 'Not now.'))).toBe(false),
  );

  it('is not shared with other replicas if it was aborted because the client left', () => {
    expect(isFailure(new Error('aborted'))).toBe(false);
  });
});

describe('a failure that another replica has shared', () => {
  it('is read with its message, and ignored if the message has 10,000 characters', () => {
    const told = (message: string): unknown =>
      decodeFailure({
        value: Buffer.from(encodeFailure(new PmsError('UPSTREAM_TIMEOUT', message))),
        ttlMs: 1_000,
      })?.error;
    expect(told('It took too long.')).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(told('x'.repeat(10_000))).toBeUndefined();
  });
});

describe('an upstream response that the cache checks', () => {
  const answerOf = (value: object): HttpAnswer => ({
    status: 200,
    headers: { get: () => 'application/fhir+json' },
    retryAfter: undefined,
    body: Buffer.from(JSON.stringify(value)),
  });

  it.each([10, 300_000])('of %i characters is parsed once, and keeps its parsed body', async (length) => {
    const value = { resourceType: 'Ingredient', id: '1', text: 'x'.repeat(length) };
    const sent = answerOf(value);
    const { answer, verdict } = await judge(sent);
    expect(verdict).toBe('kept');
    expect(answer).toEqual({ ...sent, parsed: { value } });
  });

  it('counts as a failure (UPSTREAM_BAD_RESPONSE) if it has 150,000 values', async () => {
    const { verdict } = await judge(answerOf({ resourceType: 'Bundle', x: Array(150_000).fill(0) }));
    expect(verdict).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  });

  it('counts as a failure if its status is 503, even if it is large', async () => {
    const { verdict } = await judge({ ...answerOf({ text: 'x'.repeat(300_000) }), status: 503 });
    expect(verdict).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', status: 503 });
  });
});
