import { it } from 'vitest';
import { startTestService } from './support/service.js';
import { equivalentWorld } from './support/equivalent-world.js';
it('x', async () => {
    const service = await startTestService({ profile: 'search', sandbox: { resources: equivalentWorld(1, 16) }, index: true, cacheTtlMs: 100000 });
    for (let i = 0; i < 4; i++) {
    console.log(JSON.stringify((await service.query('{ service { coverage { products withDetails complete gaps } } }')).data));
    await new Promise((r) => setTimeout(r, 300)); }
    await service.stop();
    const { sampleResources } = await import('../src/sandbox/world/sample.js');
    const two = await startTestService({ profile: 'search', sandbox: { resources: sampleResources({ quirks: true }) }, index: true, cacheTtlMs: 100000 });
    console.log(JSON.stringify((await two.query('{ service { coverage { products withDetails complete gaps } } }')).data));
    await two.stop();
}, 60000);
