/** The expiry date of the client secret in readiness and in the `service` field. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestService } from '../support/service.js';

const day = 86_400_000;

async function readyWith(secretExpires: Date) {
  const service = await startTestService({ secretExpires });
  onTestFinished(() => service.stop());
  const response = await fetch(`${service.origin}/health/ready`);
  const { data } = await service.query('{ service { secretExpires } }');
  return { status: response.status, body: (await response.json()) as unknown, data };
}

describe('the answer of /health/ready', () => {
  it('states the number of days until the client secret expires', async () => {
    const expires = new Date(Date.now() + 100.5 * day);
    expect(await readyWith(expires)).toEqual({
      status: 200,
      body: { status: 'ready', secretExpires: expires.toISOString(), secretDaysLeft: 100 },
      data: { service: { secretExpires: expires.toISOString() } },
    });
  });

  it.each([
    [20.5, 20],
    [-1.5, -2],
  ])('warns, and says what to do, if the client secret expires in %d days', async (days, secretDaysLeft) => {
    const { status, body } = await readyWith(new Date(Date.now() + days * day));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      secretDaysLeft,
      warnings: [expect.stringContaining('form "Request SPOR API Services"') as unknown],
    });
  });
});
