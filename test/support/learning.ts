/** Learns the features of an upstream by the production code, without starting the rest of the service. */
import { onTestFinished } from 'vitest';
import type { LogEvent, LogFields } from '../../src/log.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.js';
import { connect, type UpstreamConnection, type Upstream } from '../../src/service.js';
import { testConfig, testSecrets } from './config.js';

export interface LearningOptions {
  /** Profile setting. @default 'auto' */
  readonly profile?: 'everything' | 'search' | 'include' | 'auto';
  readonly openApi?: string;
  /** Whether `_elements` may be used. @default true */
  readonly elements?: boolean;
}

export interface Learner extends UpstreamConnection {
  /** All events logged so far: `capabilities.read` or `capabilities.failed` after every attempt. */
  readonly told: readonly (LogFields & { readonly event: LogEvent })[];
}

/** Starts to learn the features of an upstream. Stops with the test. */
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

/** Learns all features of an upstream without tokens, as the doctor command and the field `service` do. */
export async function learnFrom(origin: string, options?: LearningOptions): Promise<Learner> {
  const learner = startLearner({ kind: 'fhir', baseUrl: new URL(origin) }, options);
  await learner.learning.learnt();
  await learner.learning.known();
  return learner;
}

/** Learns all features of a sandbox. */
export async function learnSandbox(
  sandboxOptions: SandboxOptions,
  options?: LearningOptions,
): Promise<Learner & { readonly sandbox: Sandbox }> {
  const learner = await startAtSandbox(sandboxOptions, options);
  await learner.learning.known();
  return learner;
}

/** Learns the features of a sandbox that the service learns at its start. Resolves after the first attempt. */
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
