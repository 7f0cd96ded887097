/**
 * Learns what the upstream can do: a few things at the start, every hour, and sooner where it could not be asked; all
 * else when it is needed.
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
import type { Doubt, Feature } from '../upstream/features.js';
import type { Proving } from '../upstream/proving.js';

export interface LearnOptions {
  readonly capabilities: Capabilities;
  /** Its calls stand back behind those of operations. */
  readonly client: FhirClient;
  /** For questions that an operation waits for. */
  readonly prompt: FhirClient;
  readonly catalogue: Catalogue;
  /** Text of the OpenAPI description that the settings name, or that stands where EMA has it; undefined for none. */
  readonly description: () => Promise<string | undefined>;
  /** Whether narrow copies may be asked for. */
  readonly elements: boolean;
  /** Told after every attempt, and of what came of doubts. */
  readonly onLearnt?: ((outcome: Learnt) => void) | undefined;
}

export interface Learnt {
  /** `doubt`: something was doubted, and is known otherwise since. */
  readonly source: 'metadata' | 'openapi' | 'nothing' | 'doubt' | undefined;
  readonly durationMs: number;
  readonly error?: unknown;
}

export interface Learning {
  /** Resolves once there is a profile to answer by: known, or taken for granted because the upstream cannot be asked. */
  ready(): Promise<void>;
  /** Resolves when the first attempt is over. */
  learnt(): Promise<void>;
  /** What operations need to know is found out before they go by it. */
  readonly proving: Proving;
  /** Resolves once all that this service ever goes by is found out, as far as the upstream can be asked. */
  known(): Promise<void>;
  /** An operation found it refuted, by what a client asked for or by what came: a neutral question tells. */
  doubt(doubt: Doubt): void;
  stop(): void;
}

const againMs = 3_600_000;
const soonMs = 15_000;

/** Nothing is asked of an upstream that the settings say offers no more than `$everything`, before there is a doubt. */
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
      // Operations that use them see for themselves what came along: nobody waits.
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
  const begin = (): void => {
    prover.begin();
    rehearsing.begin();
  };
  const first = attempt();
  const knowing = together(async () => {
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

/** All that this service ever goes by. */
const all: readonly Feature[] = [...neededFeatures, 'sort NAME', 'sort UPDATED'];

/** However many ask at once, it is done once; what is wrong with the upstream is told to whoever asks it in earnest. */
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
  /** From now on there is somebody to ask. */
  begin(): void;
  /** Resolves once what includes bring was compared with what searches find. */
  once(): Promise<void>;
}

/** Once in the life of this process: operations, and doubts, go on from there. */
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
    // Whoever uses them goes first.
    await new Promise(setImmediate);
    const began = performance.now();
    try {
      await totals();
      // As many products as a page holds where includes come with them.
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

/** While an upstream cannot be asked, it is taken for what EMA's API is known to be. */
function assume({ features, configured }: Capabilities): void {
  if (configured !== 'auto') return;
  for (const feature of ['everything', 'read', 'name-is-contains'] as const)
    features.note(feature, 'assumed');
}

async function learn(
  options: LearnOptions,
  probe: Probe,
  doubts: Doubts,
  isBegun: () => void,
  isReady: () => void,
): Promise<Learnt['source']> {
  const { capabilities } = options;
  const { features } = capabilities;
  if (capabilities.configured !== 'auto') {
    const sample = await probe.sample();
    if (sample) await probe.read(sample);
    isBegun();
    return 'nothing';
  }
  // The two run side by side: a statement may be megabytes, and slow.
  const [sample, { source, declared }] = await Promise.all([quickly(), declare(options)]);
  if (sample) await probe.or(sample);
  isBegun();
  isReady();
  // What it says that it can do, and does not, it may do some other time.
  for (const feature of declared) if (features.evidence(feature) === 'refuted') doubts.tryAgain(feature);
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

/** What the upstream says of itself, and where. */
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
    // R5 servers take several values and forms; where one does not, it shows.
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
        priority: 'bulk',
        cache: 'no-store',
        handling: 'lenient',
        // It compares what was included with what a search finds: what it shows of includes nothing shows better.
        onDoubt(doubt) {
          if (doubt !== 'totals' && doubt !== 'lengths' && subjectOf(doubt) === 'includes')
            features.settle(doubt, false);
          else onDoubt(doubt);
        },
      })
      .run();
  } catch (error) {
    if (!isPmsError(error) || error.code !== 'UPSTREAM_BUDGET_EXCEEDED') throw error;
  }
}

/** All includes are tried once more, those too that were refuted. */
async function rehearseAgain(options: LearnOptions, onDoubt: (doubt: Doubt) => void): Promise<void> {
  const { features } = options.capabilities;
  const known = [...features.all.keys()].filter((feature) => subjectOf(feature) === 'includes');
  features.forgive((feature) => known.includes(feature));
  // What includes themselves include is asked for unless it was refuted.
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
