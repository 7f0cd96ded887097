/** The audit suite of the GraphQL over HTTP specification: every check passes without a warning. */
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const audits = serverAudits({ url: () => `${service.origin}/graphql`, fetchFn: fetch });

describe('the service, audited for GraphQL over HTTP,', () => {
  it('is audited by 61 checks', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.name, audit] as const))(
    'passes the audit "%s"',
    async (_name, audit) => {
      const result = await audit.fn();
      expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
    },
  );
});
