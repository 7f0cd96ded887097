/** Probes find out what an upstream supports, whatever it declares. A failed probe does not affect the others. */
import { describe, expect, it } from 'vitest';
import { learnSandbox } from '../../support/learning.js';

describe('the upstream features that the service probes at the start', () => {
  it('are proven even if the `next` links of the upstream have expired', async () => {
    const { told, capabilities } = await learnSandbox({
      profile: 'search',
      guise: { everything: 'paged', uses: 0 },
    });
    expect(told).toMatchObject([{ event: 'capabilities.read', source: 'metadata' }]);
    expect(capabilities.features.isProven('search Ingredient?for')).toBe(true);
    expect(capabilities.figures.bundlePages).toBeUndefined();
  });

  it.each([
    ['are answered with 403', { kind: 'status', status: 403, match: '/Organization' }],
    ['are answered with a web page', { kind: 'html', match: '/Organization' }],
  ] as const)('are without a type whose searches %s', async (_how, fault) => {
    const { told, capabilities } = await learnSandbox({ profile: 'search', faults: [fault] });
    const { features } = capabilities;
    expect(told).toMatchObject([{ event: 'capabilities.read' }]);
    expect(features.evidence('search Organization?_id')).toBe('refuted');
    expect(features.isProven('search Ingredient?for')).toBe(true);
  });

  it('are assumed, not proven, if the upstream answers every request with 403', async () => {
    const { told, capabilities } = await learnSandbox({
      profile: 'search',
      faults: [{ kind: 'status', status: 403 }],
    });
    expect(told).toMatchObject([{ event: 'capabilities.failed' }]);
    expect(capabilities.features.all.get('everything')).toBe('assumed');
  });
});
