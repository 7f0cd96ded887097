/**
 * Refusals of Microsoft Entra, as documented by Microsoft: the log, `doctor` and readiness each report the number and its
 * cure.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/commands/doctor.js';
import { createLog } from '../../src/log.js';
import { connect, startService, type ServiceOptions } from '../../src/service.js';
import { testConfig, testSecrets } from '../support/config.js';
import { json, startUpstream } from '../support/upstream.js';

const secret = 's3cr3t~value';

interface Refusal {
  readonly error: string;
  readonly number: number;
  /** The text of Entra after the number, which contains the names of tenants and applications. */
  readonly text: string;
  readonly status: number;
  readonly cure: string;
}

const refusals: readonly Refusal[] = [
  {
    error: 'invalid_client',
    number: 7000222,
    text: "The provided client secret keys for app '11111111-2222-3333-4444-555555555555' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
    status: 401,
    cure: 'The client secret has expired: get a new one, and put it into PMS_CLIENT_SECRET.',
  },
  {
    error: 'invalid_client',
    number: 7000215,
    text: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '11111111-2222-3333-4444-555555555555' (${secret}).`,
    status: 401,
    cure: 'The client secret is wrong: PMS_CLIENT_SECRET must be the complete value of the secret, not its ID, without blanks.',
  },
  {
    error: 'invalid_scope',
    number: 1002012,
    text: 'The provided value for scope api://euema is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
    status: 400,
    cure: 'The scope of client credentials must end with /.default: check PMS_SCOPE.',
  },
  {
    error: 'invalid_request',
    number: 90002,
    text: "Tenant 'no-such-tenant' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    status: 400,
    cure: 'The tenant does not exist. Check the part of PMS_TOKEN_URL before /oauth2.',
  },
  {
    error: 'unauthorized_client',
    number: 700016,
    text: "Application with identifier '11111111-2222-3333-4444-555555555555' was not found in the directory 'Tenant'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
    status: 400,
    cure: 'The tenant does not know this application: check PMS_CLIENT_ID, and the tenant in PMS_TOKEN_URL.',
  },
  {
    error: 'invalid_request',
    number: 99999,
    text: 'Something that is in no list.',
    status: 400,
    cure: 'Check PMS_CLIENT_ID, PMS_CLIENT_SECRET and PMS_SCOPE, and look up the code at the issuer of the credentials.',
  },
];

async function optionsOf({ error, number, text, status }: Refusal, lines: string[]): Promise<ServiceOptions> {
  const ids = {
    trace_id: '0b3a1c3f-9e5e-4c5e-8e0d-000000000000',
    correlation_id: 'c9a1d2b8-3c4d-4e5f-8a9b-000000000000',
  };
  const { origin: issuer } = await startUpstream((_asked, response) =>
    json(
      response,
      {
        error,
        error_description: `AADSTS${number}: ${text} Trace ID: ${ids.trace_id} Correlation ID: ${ids.correlation_id} Timestamp: 2027-08-15 11:29:14Z`,
        error_codes: [number],
        timestamp: '2027-08-15 11:29:14Z',
        ...ids,
        error_uri: `https://login.microsoftonline.com/error?code=${number}`,
      },
      status,
    ),
  );
  const { origin } = await startUpstream((_asked, response) => json(response, {}, 401));
  return {
    config: testConfig({ profile: 'everything' }),
    secrets: testSecrets({ clientSecret: secret }),
    upstream: {
      kind: 'fhir',
      baseUrl: new URL(`${origin}/v1`),
      oauth: {
        tokenUrl: new URL(`${issuer}/tenant/oauth2/v2.0/token`),
        clientId: 'a-client',
        scope: 'api://euema/.default',
      },
    },
    log: createLog('info', { write: (line) => void lines.push(line) }),
    version: '0.0.0',
  };
}

describe.each(refusals)('a token request that Entra refuses with AADSTS$number', (refusal) => {
  const code = `AADSTS${refusal.number}`;
  const names = new RegExp(`${secret}|a-client|1111|Trace|0b3a1c3f|c9a1d2b8|euema|no-such|aka\\.ms`);

  it('is reported by /health/ready and in the log with what to do, and without Entra’s message', async () => {
    const lines: string[] = [];
    const service = await startService(await optionsOf(refusal, lines));
    onTestFinished(() => service.stop());
    const ready = await fetch(`${service.origin}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      status: 'starting',
      problem: { code, status: refusal.status, at: 'PMS_TOKEN_URL', cure: refusal.cure },
    });
    const told = lines.filter((line) => line.includes('token.failed')).join();
    expect(told).toContain(code);
    if (refusal.number !== 99_999) expect(told).toContain(refusal.cure);
    expect(lines.join()).not.toMatch(names);
  });

  it('is reported by the command `doctor` with what to do', async () => {
    const connection = connect(await optionsOf(refusal, []));
    onTestFinished(() => connection.close());
    const { checks } = await diagnose(connection, {
      secretExpires: undefined,
      index: undefined,
      requestBudget: 120,
    });
    const { ok, says } = checks.find(({ name }) => name === 'token') ?? { ok: true, says: '' };
    expect(ok).toBe(false);
    expect(says).toContain(code);
    if (refusal.number !== 99_999) expect(says).toContain(refusal.cure);
    expect(says).not.toMatch(names);
  });
});
