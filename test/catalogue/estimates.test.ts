/**
 * Estimates: the actual number of requests never exceeds the estimate, and the estimate is at most twice the actual number
 * plus three.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationFiles, upstreamOf } from '../support/operations.js';
import { startTestService, type TestService } from '../support/service.js';
import { oneIn } from '../support/tier.js';

describe.each(oneIn(3, ['search', 'everything', 'include'] as const))(
  'the estimate of upstream requests, with the profile `%s`,',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile });
      // The first run of each operation teaches the service the sizes of lists.
      for (const { text } of operationFiles) await service.query(text);
    });
    afterAll(() => service.stop());

    it.each(operationFiles.map(({ name, text }) => [name, text] as const))(
      'of the operation %s is at least the number of requests sent, and at most twice that number plus three',
      async (name, text) => {
        service.sandbox.clearRequests();
        const answer = await service.query(text, {}, { 'pms-explain': '1' });
        const { requests, estimated, incomplete, plan } = upstreamOf(answer);
        expect(service.sandbox.requests).toHaveLength(requests);
        expect(requests).toBeLessThanOrEqual(estimated);
        // A search may find fewer products than requested; the estimate covers the requested number.
        const isSearch = text.includes('products(') && name !== 'linked-products';
        const needed = isSearch ? Math.max(requests, plan?.need ?? 0) : requests;
        // The estimate for `equivalents` covers up to 500 products that the service looks through.
        const isLookedThrough = text.includes('equivalents(');
        if (!isLookedThrough) expect(estimated, plan?.text).toBeLessThanOrEqual(2 * needed + 3);
        expect(incomplete).toEqual([]);
      },
    );
  },
);

describe('an explanation of an operation', () => {
  const linked = operationFiles.find(({ name }) => name === 'linked-products')?.text ?? '';

  it('has the plan and the calls that were made, as data, text and diagram, if the request asks for an explanation', async () => {
    const service = await startTestService({ profile: 'search' });
    const { plan, requests } = upstreamOf(await service.query(linked, {}, { 'pms-explain': '1' }));
    const without = upstreamOf(await service.query(linked));
    await service.stop();
    expect(without.plan).toBeUndefined();
    expect(plan?.calls).toHaveLength(requests);
    expect(plan?.steps.length).toBeGreaterThan(3);
    expect(plan?.text).toContain('Ingredient?for');
    expect(plan?.mermaid).toMatch(/^flowchart LR\n/);
  });
});
