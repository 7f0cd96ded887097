/**
 * An operation ends at its deadline: lists that were not read by then are marked as incomplete, and the other fields are
 * answered.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
afterEach(() => service.stop());

describe('the deadline of an operation', () => {
  it('aborts its upstream requests, and marks each unread list as incomplete', async () => {
    service = await startTestService({
      isKnown: true,
      profile: 'search',
      deadlineMs: 500,
      timeoutMs: 5_000,
      sandbox: { latency: 200 },
    });
    const document = `{ products(first: 5) { nodes { pmsId packages { nodes { id manufacturedItems {
      ingredients { nodes { id } pageInfo { complete } } } } } } } }`;
    const asked = service.query(document);
    // A timer that only an AbortSignal references would be garbage-collected now.
    setFlagsFromString('--expose_gc');
    (runInNewContext('gc') as () => void)();
    const { data, errors, extensions } = await asked;
    const { products } = data as { products: { nodes: readonly { pmsId: string }[] } };
    expect(products.nodes).toHaveLength(5);
    const { incomplete } = extensions['upstream'] as { incomplete: readonly { reason: string }[] };
    const codes = new Set(errors?.map((error) => error.extensions.code));
    expect(incomplete.some(({ reason }) => reason === 'TIME') || codes.has('UPSTREAM_INCOMPLETE')).toBe(true);
    expect(codes.has('INTERNAL_SERVER_ERROR')).toBe(false);
  });
});
