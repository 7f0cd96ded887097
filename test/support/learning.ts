/** What the service learns of an upstream, through the same door as in production, without the service around it. */
import { onTestFinished } from 'vitest';
import type { LogEvent, LogFields } from '../../src/log.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { connect, type UpstreamConnection, type Upstream } from '../../src/service.js';
import { testConfig, testSecrets } from './config.js';

export interface LearningOptions {
  /** @default 'auto' */
  readonly profile?: 'everything' | 'search' | 'include' | 'auto';
  readonly openApi?: string;
  /** @default true */
  readonly elements?: boolean;
}

export interface Learner extends UpstreamConnection {
  /** What was logged so far: `capabilities.read` or `capabilities.failed` after every attempt. */
  readonly told: readonly (LogFields & { readonly event: LogEvent })[];
}

/** Begins to learn; ends with the test. */
export function startLearner(
  upstream: Upstream,
  { profile = 'auto', openApi, elements = true }: LearningOptions = {},
  clientSecret?: string,
): Learner {
  const told: (LogFields & { readonly event: LogEvent })[] = [];
  const tell = (event: LogEvent, fields: LogFields = {}): void => void told.push({ event, ...fields });
  const connection = connect({
    config: testConfig({ profile, openApi, elements }),
    secrets: testSecrets({ clientSecret }),
    upstream,
    log: { debug: tell, info: tell, warn: tell, error: tell },
  });
  onTestFinished(() => connection.close());
  return { ...connection, told };
}

/** All that can be learnt of an upstream that asks for no token: as the doctor, and `service`, have it told. */
export async function learnFrom(origin: string, options?: LearningOptions): Promise<Learner> {
  const learner = startLearner({ kind: 'fhir', baseUrl: new URL(origin) }, options);
  await learner.learning.learnt();
  await learner.learning.known();
  return learner;
}

/** All that can be learnt of a sandbox. */
export async function learnSandbox(
  sandboxOptions: SandboxOptions,
  options?: LearningOptions,
): Promise<Learner & { readonly sandbox: Sandbox }> {
  const learner = await startAtSandbox(sandboxOptions, options);
  await learner.learning.known();
  return learner;
}

/** What the start alone learns of a sandbox: the first attempt is over. */
export async function startAtSandbox(
  sandboxOptions: SandboxOptions,
  options?: LearningOptions,
): Promise<Learner & { readonly sandbox: Sandbox }> {
  const sandbox = await startSandbox(sandboxOptions);
  onTestFinished(() => sandbox.stop());
  const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
  const oauth = { tokenUrl: new URL(tokenUrl), clientId, scope };
  const learner = startLearner({ kind: 'sandbox', baseUrl: new URL(baseUrl), oauth }, options, clientSecret);
  await learner.learning.learnt();
  return { ...learner, sandbox };
}
