/** The output of `doctor` if the upstream, the token endpoint or Redis misbehaves. */
import { expect, it, onTestFinished } from 'vitest';
import { diagnose, pictured, printed, type Diagnosis } from '../../src/commands/doctor.js';
import { createLog } from '../../src/log.js';
import { connect } from '../../src/service.js';
import { testConfig, testSecrets } from '../support/config.js';
import { json, startUpstream, type Answering } from '../support/upstream.js';

async function diagnosisBy(
  issuer: Answering,
  answering: Answering = (_asked, response) => json(response, {}, 503),
  log = createLog('silent'),
): Promise<Diagnosis> {
  const { origin: issuerOrigin } = await startUpstream(issuer);
  const { origin } = await startUpstream(answering);
  const config = testConfig({ profile: 'search' });
  const connection = connect({
    config,
    secrets: testSecrets({ clientSecret: 'secret' }),
    upstream: {
      kind: 'fhir',
      baseUrl: new URL(`${origin}/v1`),
      oauth: { tokenUrl: new URL(`${issuerOrigin}/token`), clientId: 'id', scope: 'scope' },
    },
    log,
  });
  onTestFinished(() => connection.close());
  return diagnose(connection, { secretExpires: undefined, index: undefined, requestBudget: 120 });
}

async function checkOf(name: string, issuer: Answering): Promise<unknown> {
  const { checks } = await diagnosisBy(issuer);
  return checks.find((check) => check.name === name);
}

it('the command `doctor` waits at most an hour if the token endpoint requests a pause of years', async () => {
  const busy: Answering = (_asked, response) => json(response, {}, 429, { 'Retry-After': '999999999' });
  expect(await checkOf('token', busy)).toEqual({
    name: 'token',
    ok: false,
    says: 'TOKEN_UNAVAILABLE: The token endpoint failed. HTTP 429. The service sends it no requests for 3600 s.',
  });
});

it('the command `doctor` says what to do after a refusal by Entra, and quotes nothing of Entra’s message', async () => {
  const description = "AADSTS7000222: The provided client secret keys for app 'some-app' are expired.";
  const expired: Answering = (_asked, response) =>
    json(response, { error: 'invalid_client', error_description: description }, 401);
  expect(await checkOf('token', expired)).toEqual({
    name: 'token',
    ok: false,
    says: 'TOKEN_UNAVAILABLE: The token endpoint refused the credentials of this service. HTTP 401: invalid_client, AADSTS7000222. The client secret has expired: get a new one, and put it into PMS_CLIENT_SECRET.',
  });
});

it('the command `doctor` prints no table of features if the upstream is unreachable', async () => {
  const diagnosis = await diagnosisBy((_asked, response) => json(response, {}, 503));
  expect(diagnosis).toMatchObject({ ok: false, profile: null, capabilities: [], filters: [], refused: [] });
  expect(printed(diagnosis)).toMatch(
    /^WRONG token: [^]*\nWRONG capabilities: [^\n]*\n\nThe upstream did not respond as expected, so its features are unknown\.\n$/m,
  );
  expect(printed(diagnosis)).not.toMatch(/assumed|configured|filter/);
});

it('the command `doctor` reports a wrong clock from the dates of the token endpoint and the upstream, and logs it once', async () => {
  const anHourAgo = () => ({ Date: new Date(Date.now() - 3_630_000).toUTCString() });
  const lines: string[] = [];
  const { checks } = await diagnosisBy(
    (_asked, response) => json(response, { access_token: 'abc' }, 200, anHourAgo()),
    (_asked, response) => json(response, {}, 503, anHourAgo()),
    createLog('info', { write: (line) => void lines.push(line) }),
  );
  expect(checks.find(({ name }) => name === 'clock')).toEqual({
    name: 'clock',
    ok: false,
    says: expect.stringMatching(
      /^it is 1 h ahead of the clock of PMS_TOKEN_URL, and it is 1 h ahead of the clock of PMS_BASE_URL\. Set the clock /,
    ) as string,
  });
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told.filter(({ event }) => event === 'clock.off').map(({ at }) => at)).toEqual([
    'PMS_TOKEN_URL',
    'PMS_BASE_URL',
  ]);
});

it('the command `doctor` writes a page with the findings so far if the upstream fails', async () => {
  const diagnosis = await diagnosisBy((_asked, response) => json(response, {}, 503));
  const about = { version: '1.2.3', upstream: 'fhir', at: new Date() } as const;
  const text = pictured(diagnosis, about)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
  expect(text).toContain('✗ WRONG TOKEN_UNAVAILABLE: The token endpoint failed. HTTP 503.');
  expect(text).toContain('Profile unknown');
  expect(text).toContain('What the upstream can do Unknown: the upstream did not respond as expected.');
  expect(diagnosis).toMatchObject({ index: 'none', rate: { limit: null, left: null }, secret: null });
});
