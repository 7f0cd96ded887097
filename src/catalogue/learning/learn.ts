/**
 * Learns what the upstream can do: a few things at the start, then every hour, and sooner after a failure. Everything
 * else is learnt when it is needed.
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
  /** Its calls have lower priority than those of operations. */
  readonly client: FhirClient;
  /** The client for questions that an operation waits for. */
  readonly prompt: FhirClient;
  readonly catalogue: Catalogue;
  /** Text of the OpenAPI description that the settings name, or that stands where EMA has it; undefined for none. */
  readonly description: () => Promise<string | undefined>;
  /** Whether narrow copies may be asked for. */
  readonly elements: boolean;
  /** Called after every attempt, and with the results of doubts. */
  readonly onLearnt?: ((outcome: Learnt) => void) | undefined;
}

export interface Learnt {
  /** `doubt`: a doubt has changed what is known. */
  readonly source: 'metadata' | 'openapi' | 'nothing' | 'doubt' | undefined;
  readonly durationMs: number;
  readonly error?: unknown;
}

export interface Learning {
  /**
   * Resolves once a profile can answer: one that is known, or one taken for granted because the upstream cannot be
   * asked.
   */
  ready(): Promise<void>;
  /** Resolves when the first attempt is over. */
  learnt(): Promise<void>;
  /** Settles features that operations need, before they use them. */
  readonly proving: Proving;
  /** Resolves once every feature that this service ever uses is settled, as far as the upstream can be asked. */
  known(): Promise<void>;
  /**
   * Raises a doubt where an operation found a feature refuted, by a client's request or by an answer. A neutral
   * question settles it.
   */
  doubt(doubt: Doubt): void;
  stop(): void;
}

const againMs = 3_600_000;
const soonMs = 15_000;

/** Starts learning. Where the settings allow `$everything` alone, nothing is asked before there is a doubt. */
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
  const prover = createProver({ capabilities, inquiry, elements, doubts });
  const rehearsing = createRehearsing(
    { ...options, onLearnt: (outcome) => !isStopped && onLearnt?.(outcome) },
    probe,
    doubts.raise,
  );
  const proving: Proving = {
    settle: prover.settle,
    needs(feature) {
      if (subjectOf(feature) !== 'includes') return prover.needs(feature);
      // Operations compare what came along themselves, so they do not wait.
      if (capabilities.features.has(feature)) void rehearsing.once();
      return false;
    },
  };
  const always = { proving, doubt: doubts.raise };
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
    // A profile may be ready before questions can be settled.
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

/** The features that this service ever uses. */
const all: readonly Feature[] = [...neededFeatures, 'sort NAME', 'sort UPDATED'];

/**
 * Returns a function that runs `find` once for all callers at a time. Errors of the upstream are dropped: the requests
 * of operations report them.
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
  /** Allows the comparison: from now on there is an upstream to ask. */
  begin(): void;
  /** Resolves once the records that includes bring are compared with those that searches find. */
  once(): Promise<void>;
}

/** Runs once in the life of this process. After that, operations and doubts keep the knowledge fresh. */
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
    // The operation that needs them goes first.
    await new Promise(setImmediate);
    const began = performance.now();
    try {
      await totals();
      // The number of products that one page holds when includes come along.
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

/** Notes what EMA's API is known to offer, for an upstream that cannot be asked. */
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
  // Both run at once: a statement may be megabytes, and slow.
  const [sample, { source, declared }] = await Promise.all([quickly(), declare(options)]);
  isBegun(sample);
  isReady();
  // A feature that is declared but does not work may work later.
  for (const feature of declared) if (features.evidence(feature) === 'refuted') doubts.tryAgain(feature);
  return source;

  /** Probes first what EMA's API is known to offer, so that a profile is ready soon. */
  async function quickly(): Promise<Page | undefined> {
    const found = await probe.sample();
    if (!found) return undefined;
    await Promise.all([probe.everything(found), probe.name(found), probe.read(found), probe.or(found)]);
    if (capabilities.features.has('everything')) isReady();
    return found;
  }
}

/** The features that the upstream declares, and the source. */
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
    // R5 servers take several values and POST searches. One that does not will show it.
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

/** Returns undefined for a declaration that cannot be read. That is no reason to stop. */
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
 * Runs one operation that follows every link. It verifies what includes bring, and measures the lengths of lists. One
 * page is enough. Where it would exceed the budget, the rest is learnt from operations.
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
        // It compares included records with those that a search finds. No probe shows more about includes than that.
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

/** Tries all includes once more, including refuted ones. */
async function rehearseAgain(options: LearnOptions, onDoubt: (doubt: Doubt) => void): Promise<void> {
  const { features } = options.capabilities;
  const known = [...features.all.keys()].filter((feature) => subjectOf(feature) === 'includes');
  features.forgive((feature) => known.includes(feature));
  // `:iterate` includes are used unless they were refuted, so they need no note.
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
