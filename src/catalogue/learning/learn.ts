/**
 * Learns which features the upstream supports. A few features are probed at startup, then every hour, and sooner
 * after a failure. All other features are probed when an operation first needs them.
 */
import { isPmsError } from '../../errors.js';
import type { FhirClient } from '../../fhir/client.js';
import { readOpenApi } from '../../fhir/open-api.js';
import type { Page } from '../../fhir/bundle.js';
import type { Catalogue } from '../catalogue.js';
import { neededFeatures, revincludeOf, reverses, type Capabilities } from '../plan/capabilities.js';
import { declaredBy, describedBy } from './declared.js';
import { createDoubts, type Doubts } from './doubts.js';
import { createProbe, type Probe } from './probe.js';
import { createInquiry, type Manner } from './probes/inquiry.js';
import { createProver } from './prover.js';
import { rehearsal } from './rehearsal.js';
import { subjectOf } from './subjects.js';
import { isFeature, type Doubt, type Feature } from '../upstream/features.js';
import type { Proving } from '../upstream/proving.js';

export interface LearnOptions {
  readonly capabilities: Capabilities;
  /** The client for background probes. Its requests have a lower priority than those of operations. */
  readonly client: FhirClient;
  /** The client for probes that an operation waits for. */
  readonly prompt: FhirClient;
  readonly catalogue: Catalogue;
  /**
   * Returns the text of the OpenAPI description, from the configured address or from the usual address of EMA's API;
   * undefined if there is no description.
   */
  readonly description: () => Promise<string | undefined>;
  /** Whether the settings allow `_elements`. */
  readonly elements: boolean;
  /** Called after every attempt to learn features, and after every doubt that was settled. */
  readonly onLearnt?: ((outcome: Learnt) => void) | undefined;
}

export interface Learnt {
  /** `doubt` means that a probe after a doubt has changed a feature. */
  readonly source: 'metadata' | 'openapi' | 'nothing' | 'doubt' | undefined;
  readonly durationMs: number;
  readonly error?: unknown;
}

export interface Learning {
  /**
   * Resolves when a profile is ready to fetch records. Its features are then learnt, or assumed because the upstream
   * cannot be reached.
   */
  ready(): Promise<void>;
  /** Resolves after the first attempt to learn features. */
  learnt(): Promise<void>;
  /** Probes features before operations first use them. */
  readonly proving: Proving;
  /** Resolves when all features that this service may use are settled, or when the upstream cannot be reached. */
  known(): Promise<void>;
  /**
   * Raises a doubt about a feature, because an upstream response to an operation refuted it. A probe then settles the
   * doubt.
   */
  doubt(doubt: Doubt): void;
  stop(): void;
}

const againMs = 3_600_000;
const soonMs = 15_000;

/**
 * Starts learning the upstream's features. If the settings name the profile `everything`, no probe is sent until a
 * doubt is raised.
 */
export function startLearning(options: LearnOptions): Learning {
  const { capabilities, elements, onLearnt } = options;
  const manner: Manner = { isStrict: true };
  let isStopped = false;
  const probe = createProbe(createInquiry(capabilities, options.client, manner));
  const doubts = createDoubts({
    features: capabilities.features,
    ask: (subject) =>
      subject === 'includes' ? rehearseAgain(options, (other) => doubts.raise(other)) : probe.again(subject),
    onAsked: (durationMs, error) =>
      onLearnt?.({ source: error === undefined ? 'doubt' : undefined, durationMs, error }),
  });
  const inquiry = createInquiry(capabilities, options.prompt, manner);
  const rehearsing = createRehearsing(
    { ...options, onLearnt: (outcome) => !isStopped && onLearnt?.(outcome) },
    probe,
    doubts.raise,
  );
  const prover = createProver({ capabilities, inquiry, elements, doubts, rehearse: rehearsing.once });
  const always = { proving: prover, doubt: doubts.raise };
  if (capabilities.configured === 'everything') {
    const already = async (): Promise<void> => {};
    return { ...always, ready: already, learnt: already, known: already, stop: doubts.stop };
  }

  let timer: NodeJS.Timeout | undefined;
  const ready = gate();
  if (capabilities.configured !== 'auto') ready.open();
  const begin = (sample: Page | undefined): void => {
    prover.begin(sample);
    rehearsing.begin();
  };
  const first = attempt();
  const knowing = together(async () => {
    // A profile can be ready before the first probe can be sent.
    await first;
    await prover.settle(all);
    if (reverses.some((reverse) => capabilities.features.has(revincludeOf(reverse)))) await rehearsing.once();
  });

  async function attempt(): Promise<void> {
    const began = performance.now();
    let wait = againMs;
    try {
      const source = await learn(options, probe, doubts, begin, ready.open);
      if (!isStopped) onLearnt?.({ source, durationMs: performance.now() - began });
    } catch (error) {
      wait = soonMs;
      if (!isStopped) onLearnt?.({ source: undefined, durationMs: performance.now() - began, error });
    }
    if (!capabilities.features.all.has('everything')) assume(capabilities);
    ready.open();
    if (isStopped) return;
    timer = setTimeout(() => void attempt(), wait);
    timer.unref();
  }

  return {
    ...always,
    ready: () => ready.opened,
    learnt: () => first,
    known: knowing,
    stop() {
      isStopped = true;
      doubts.stop();
      clearTimeout(timer);
    },
  };
}

/** All upstream features that this service may use. */
const all: readonly Feature[] = [...neededFeatures, 'sort NAME', 'sort UPDATED'];

/**
 * Returns a function that runs `find` once for all concurrent callers. Errors of the upstream are ignored here,
 * because operations report them.
 */
function together(find: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () =>
    (running ??= find()
      .catch((error: unknown) => {
        if (!isPmsError(error)) throw error;
      })
      .finally(() => (running = undefined)));
}

interface Rehearsing {
  /** Allows the test of includes to start, because the upstream has responded. */
  begin(): void;
  /** Resolves when included records have been compared with the results of equivalent searches. */
  once(): Promise<void>;
}

/** Tests the includes once per process. After that, operations and doubts keep the results up to date. */
function createRehearsing(
  options: LearnOptions,
  { totals }: Pick<Probe, 'totals'>,
  onDoubt: (doubt: Doubt) => void,
): Rehearsing {
  const { figures } = options.capabilities;
  let hasBegun = false;
  let isDone = false;
  let notBefore = 0;
  const rehearseOnce = together(async () => {
    if (performance.now() < notBefore) return;
    notBefore = performance.now() + soonMs;
    // Waits one turn of the event loop, so that the operation that needs the includes sends its requests first.
    await new Promise(setImmediate);
    const began = performance.now();
    try {
      await totals();
      // The number of products per page in the test of includes.
      await rehearse(options, Math.min(100, Math.max(10, figures.fullPage)), onDoubt);
      isDone = true;
    } catch (error) {
      options.onLearnt?.({ source: undefined, durationMs: performance.now() - began, error });
    }
  });
  return {
    begin: () => void (hasBegun = true),
    async once() {
      if (hasBegun && !isDone) await rehearseOnce();
    },
  };
}

/** Records the features that EMA's API is known to have. They are used while the upstream cannot be reached. */
function assume({ features, configured }: Capabilities): void {
  if (configured !== 'auto') return;
  for (const feature of ['everything', 'read', 'name-is-contains'] as const)
    features.note(feature, 'assumed');
}

async function learn(
  options: LearnOptions,
  probe: Probe,
  doubts: Doubts,
  isBegun: (sample: Page | undefined) => void,
  isReady: () => void,
): Promise<Learnt['source']> {
  const { capabilities } = options;
  const { features } = capabilities;
  if (capabilities.configured !== 'auto') {
    const sample = await probe.sample();
    if (sample) await probe.read(sample);
    isBegun(sample);
    return 'nothing';
  }
  // The declaration and the probes are requested at the same time, because a CapabilityStatement can be slow and
  // megabytes long.
  const [sample, { source, declared }] = await Promise.all([quickly(), declare(options)]);
  isBegun(sample);
  isReady();
  // A feature that is declared but does not work now may work later.
  for (const feature of declared) if (features.evidence(feature) === 'refuted') doubts.tryAgain(feature);
  return source;

  /** Probes first the features that EMA's API is known to have, so that a profile is ready soon. */
  async function quickly(): Promise<Page | undefined> {
    const found = await probe.sample();
    if (!found) return undefined;
    const usual = Promise.all([probe.everything(found), probe.name(found), probe.read(found)]);
    const enough = usual.then(() => capabilities.features.has('everything') && isReady());
    await Promise.all([enough, probe.or(found)]);
    return found;
  }
}

/** The features that the upstream declares, and their source. */
interface Declaration {
  readonly source: Exclude<Learnt['source'], 'doubt' | undefined>;
  readonly declared: readonly Feature[];
}

async function declare({ capabilities, client, description }: LearnOptions): Promise<Declaration> {
  const { features, figures } = capabilities;
  const statement = await unlessUnreadable(() => client.capabilities());
  if (statement) {
    const declared = declaredBy(statement);
    for (const feature of declared) features.note(feature, 'declared');
    // R5 servers support several values and POST searches by default. A server without such support refuses these
    // requests, which refutes the feature.
    for (const feature of ['or', 'post-search', 'read'] as const) features.note(feature, 'assumed');
    return { source: 'metadata', declared };
  }
  const text = await unlessUnreadable(description);
  const openApi = text === undefined ? undefined : await unlessUnreadable(() => readOpenApi(text));
  if (!openApi) return { source: 'nothing', declared: [] };
  const declared = describedBy(openApi.paths);
  for (const feature of declared) features.note(feature, 'declared');
  if (openApi.maximumCount !== undefined) figures.sawPage(openApi.maximumCount, undefined, false);
  return { source: 'openapi', declared };
}

/**
 * Reads a declaration of features. Returns undefined if the declaration cannot be read, because learning can continue
 * without it.
 */
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
 * Runs one operation that follows every link, for one page of products. It tests the includes and measures the
 * lengths of lists. If it would need more requests than its budget, the operations of clients supply these
 * measurements.
 */
async function rehearse(
  { capabilities, catalogue }: LearnOptions,
  first: number,
  onDoubt: (doubt: Doubt) => void,
): Promise<void> {
  const { features, offered } = capabilities;
  if (!offered.some((profile) => profile !== 'everything')) return;
  try {
    await catalogue
      .open({
        selections: [rehearsal(first)],
        budget: rehearsalBudget,
        isUnremembered: true,
        by: 'service',
        priority: 'bulk',
        cache: 'no-store',
        handling: 'lenient',
        // The test operation itself compares included records with the results of a search. So a doubt about includes
        // needs no further probe.
        onDoubt(doubt) {
          if (isFeature(doubt) && subjectOf(doubt) === 'includes') features.settle(doubt, false);
          else onDoubt(doubt);
        },
      })
      .run();
  } catch (error) {
    if (!isPmsError(error) || error.code !== 'UPSTREAM_BUDGET_EXCEEDED') throw error;
  }
}

/** Tests all includes again, including refuted ones. */
async function rehearseAgain(options: LearnOptions, onDoubt: (doubt: Doubt) => void): Promise<void> {
  const { features } = options.capabilities;
  const known = [...features.all.keys()].filter((feature) => subjectOf(feature) === 'includes');
  features.forgive((feature) => known.includes(feature));
  // `:iterate` includes need no entry, because they are used unless they are refuted.
  for (const feature of known) if (!feature.includes(':iterate ')) features.note(feature, 'assumed');
  await rehearse(options, fewProducts, onDoubt);
}

const fewProducts = 10;

const rehearsalBudget = 40;

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
