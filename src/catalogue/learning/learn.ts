/** Learns what the upstream can do: at the start, every hour, and sooner where it could not be asked. */
import { isPmsError } from '../../errors.js';
import type { FhirClient } from '../../fhir/client.js';
import { readOpenApi } from '../../fhir/open-api.js';
import type { Page } from '../../fhir/bundle.js';
import type { Catalogue } from '../catalogue.js';
import { revincludeOf, reverses, type Capabilities } from '../plan/capabilities.js';
import { declaredBy, describedBy } from './declared.js';
import { createProbe } from './probe.js';
import { rehearsal } from './rehearsal.js';

export interface LearnOptions {
  readonly capabilities: Capabilities;
  readonly client: FhirClient;
  readonly catalogue: Catalogue;
  /** Text of the OpenAPI description that the settings name, or that stands where EMA has it; undefined for none. */
  readonly description: () => Promise<string | undefined>;
  /** Whether narrow copies may be asked for. */
  readonly elements: boolean;
  /** Told after every attempt. */
  readonly onLearnt?: ((outcome: Learnt) => void) | undefined;
}

export interface Learnt {
  readonly source: 'metadata' | 'openapi' | 'nothing' | undefined;
  readonly durationMs: number;
  readonly error?: unknown;
}

export interface Learning {
  /** Resolves once there is a profile to answer by: known, or taken for granted because the upstream cannot be asked. */
  ready(): Promise<void>;
  /** Resolves when the first attempt is over. */
  learnt(): Promise<void>;
  stop(): void;
}

const againMs = 3_600_000;
const soonMs = 15_000;

/** Nothing is asked of an upstream that the settings say offers no more than `$everything`. */
export function startLearning(options: LearnOptions): Learning {
  const { capabilities, onLearnt } = options;
  if (capabilities.configured === 'everything')
    return { ready: async () => {}, learnt: async () => {}, stop: () => {} };

  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const ready = gate();
  if (capabilities.configured !== 'auto') ready.open();
  const first = attempt();

  async function attempt(): Promise<void> {
    const began = performance.now();
    let wait = againMs;
    try {
      const source = await learn(options, ready.open);
      if (!isStopped) onLearnt?.({ source, durationMs: performance.now() - began });
    } catch (error) {
      wait = soonMs;
      if (!isStopped) onLearnt?.({ source: undefined, durationMs: performance.now() - began, error });
    }
    if (!capabilities.features.all.has('everything')) assume(capabilities);
    ready.open();
    if (isStopped) return;
    timer = setTimeout(() => {
      capabilities.features.forgive();
      void attempt();
    }, wait);
    timer.unref();
  }

  return {
    ready: () => ready.opened,
    learnt: () => first,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** While an upstream cannot be asked, it is taken for what EMA's API is known to be. */
function assume({ features, configured }: Capabilities): void {
  if (configured !== 'auto') return;
  for (const feature of ['everything', 'read', 'name-is-contains'] as const)
    features.note(feature, 'assumed');
}

async function learn(options: LearnOptions, isReady: () => void): Promise<Learnt['source']> {
  const { capabilities, client, elements } = options;
  const probe = createProbe(capabilities, client);
  if (capabilities.configured !== 'auto') {
    const sample = await probe.sample();
    if (sample) await probe.read(sample);
    if (sample) await probe.sort(sample);
    if (sample && elements) await probe.elements(sample);
    await rehearse(options);
    return 'nothing';
  }
  // The two run side by side: a statement may be megabytes, and slow.
  const [sample, source] = await Promise.all([quickly(), declare(options)]);
  if (sample) {
    await probe.or(sample);
    if (source === 'metadata') await probe.name(sample);
  }
  await probe.searches();
  isReady();
  await probe.filters();
  if (sample) await probe.sort(sample);
  if (sample && elements) await probe.elements(sample);
  await rehearse(options);
  return source;

  /** What EMA's API is known to offer is tried first, so that there is a profile soon. */
  async function quickly(): Promise<Page | undefined> {
    const found = await probe.sample();
    if (!found) return undefined;
    await Promise.all([probe.everything(found), probe.name(found), probe.read(found)]);
    if (capabilities.features.has('everything')) isReady();
    return found;
  }
}

async function declare({ capabilities, client, description }: LearnOptions): Promise<Learnt['source']> {
  const { features, figures } = capabilities;
  const statement = await unlessUnreadable(() => client.capabilities());
  if (statement) {
    for (const feature of declaredBy(statement)) features.note(feature, 'declared');
    // R5 servers take several values and forms; where one does not, it shows.
    for (const feature of ['or', 'post-search', 'read'] as const) features.note(feature, 'assumed');
    return 'metadata';
  }
  const text = await unlessUnreadable(description);
  const openApi = text === undefined ? undefined : await unlessUnreadable(() => readOpenApi(text));
  if (!openApi) return 'nothing';
  for (const feature of describedBy(openApi.paths)) features.note(feature, 'declared');
  if (openApi.maximumCount !== undefined) figures.sawPage(openApi.maximumCount, undefined, false);
  return 'openapi';
}

/** What cannot be read says nothing, and is no reason to stop. */
async function unlessUnreadable<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    const isUnreadable =
      isPmsError(error) &&
      ['UPSTREAM_BAD_RESPONSE', 'UPSTREAM_UNSUPPORTED', 'UPSTREAM_TIMEOUT'].includes(error.code);
    if (isUnreadable) return undefined;
    throw error;
  }
}

/**
 * One operation that follows every link: it verifies what includes bring, and teaches how long lists are. As much as
 * a page holds is enough; what would cost more than this service takes for itself is left to be learnt by and by.
 */
async function rehearse({ capabilities, catalogue }: LearnOptions): Promise<void> {
  const { features, figures, offered } = capabilities;
  if (!offered.some((profile) => profile !== 'everything')) return;
  const includes = reverses.some((reverse) => features.has(revincludeOf(reverse)));
  const first = includes ? Math.min(100, Math.max(10, figures.fullPage)) : 20;
  try {
    await catalogue
      .open({
        selections: [rehearsal(first)],
        budget: rehearsalBudget,
        isUnremembered: true,
        priority: 'bulk',
        cache: 'no-store',
      })
      .run();
  } catch (error) {
    if (!isPmsError(error) || error.code !== 'UPSTREAM_BUDGET_EXCEEDED') throw error;
  }
}

const rehearsalBudget = 40;

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
