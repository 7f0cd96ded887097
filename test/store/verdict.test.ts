/** What other replicas are told of a failure, and what is one's own affair. */
import { describe, expect, it } from 'vitest';
import { PmsError } from '../../src/errors.js';
import { isFailure } from '../../src/store/verdict.js';

describe('a failure', () => {
  it.each([
    'UPSTREAM_UNAVAILABLE',
    'UPSTREAM_TIMEOUT',
    'UPSTREAM_RATE_LIMITED',
    'TOKEN_UNAVAILABLE',
  ] as const)('with %s is told', (code) => expect(isFailure(new PmsError(code, 'It failed.'))).toBe(true));

  it.each(['UPSTREAM_BUDGET_EXCEEDED', 'OVERLOADED'] as const)(
    'with %s is of one operation, or of one process, alone',
    (code) => expect(isFailure(new PmsError(code, 'Not now.'))).toBe(false),
  );

  it('is no client that left', () => {
    expect(isFailure(new Error('aborted'))).toBe(false);
  });
});
