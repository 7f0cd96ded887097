/** Each response body of the upstream is parsed once, although both the cache and the client need its content. */
import { afterEach, expect, it, vi } from 'vitest';
import { operationFiles, upstreamOf } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
afterEach(async () => {
  vi.restoreAllMocks();
  await service.stop();
});

it.each(['everything', 'search', 'include'] as const)(
  'the first run of an operation parses each upstream response once, with the profile `%s`',
  async (profile) => {
    service = await startTestService({ isKnown: true, profile, cacheTtlMs: 300_000 });
    const text = operationFiles.find(({ name }) => name === 'product-page')?.text ?? '';
    const parse = vi.spyOn(JSON, 'parse');
    const answer = await service.query(text);
    const bodies = parse.mock.calls.filter(([body]) => body.includes('"resourceType"'));
    expect(answer.errors).toBeUndefined();
    expect(upstreamOf(answer).requests).toBeGreaterThan(0);
    expect(bodies).toHaveLength(upstreamOf(answer).requests);
  },
);
