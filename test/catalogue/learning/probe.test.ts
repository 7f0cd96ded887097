/** Probes show what an upstream does, whatever it says; one that fails takes none of the others along. */
import { describe, expect, it } from 'vitest';
import { learnSandbox } from '../../support/learning.js';

describe('the features learnt at the start', () => {
  it('does not depend on links of pages that have expired', async () => {
    const { told, capabilities } = await learnSandbox({
      profile: 'search',
      guise: { everything: 'paged', uses: 0 },
    });
    expect(told).toMatchObject([{ event: 'capabilities.read', source: 'metadata' }]);
    expect(capabilities.features.isProven('search Ingredient?for')).toBe(true);
    expect(capabilities.figures.bundlePages).toBeUndefined();
  });

  it.each([
    ['is forbidden', { kind: 'status', status: 403, match: '/Organization' }],
    ['is a web page', { kind: 'html', match: '/Organization' }],
  ] as const)('leaves out a type that %s', async (_how, fault) => {
    const { told, capabilities } = await learnSandbox({ profile: 'search', faults: [fault] });
    const { features } = capabilities;
    expect(told).toMatchObject([{ event: 'capabilities.read' }]);
    expect(features.evidence('search Organization?_id')).toBe('refuted');
    expect(features.isProven('search Ingredient?for')).toBe(true);
  });

  it('is nothing if the upstream refuses access', async () => {
    const { told, capabilities } = await learnSandbox({
      profile: 'search',
      faults: [{ kind: 'status', status: 403 }],
    });
    expect(told).toMatchObject([{ event: 'capabilities.failed' }]);
    expect(capabilities.features.all.get('everything')).toBe('assumed');
  });
});
