/**
 * Opens a session for each GraphQL operation, with a profile that suits the upstream's capabilities. A profile
 * decides which upstream requests fetch the records.
 */
import type { SearchIndex } from '../search-index/search-index.js';
import type { Call, FhirClient } from '../fhir/client.js';
import { untilAborted } from '../network/signals.js';
import { isPmsError } from '../errors.js';
import { unlessOdd } from '../fhir/elements.js';
import type { FhirResource, ResourceOf, ResourceType } from '../fhir/resources.js';
import type { Capabilities } from './plan/capabilities.js';
import type { Doubt, Feature } from './upstream/features.js';
import type { Figures } from './upstream/figures.js';
import { createKnown, type Known } from './known/known.js';
import { createOwnCounting, createOwnFeatures, createOwnGiven } from './upstream/own.js';
import type { Observer } from './upstream/given.js';
import { foreseeFeatures, type Proving } from './upstream/proving.js';
import { substancesIn } from '../facts/substances/substances.js';
import { createLedger, type Ledger } from './profiles/ledger.js';
import type { Whereabouts } from './upstream/whereabouts.js';
import type { Memory } from './memory/memory.js';
import { meterClient, type MadeCall } from './profiles/metered-client.js';
import { plan, refuseOverBudget, type Answerers, type Plan } from './plan/plan.js';
import type { OperationAnswers } from './profiles/operation-answers.js';
import { bringNothing, createBringing, type Bringing, type BringOptions } from './profiles/held/bring.js';
import { createHeldProfile } from './profiles/held/held.js';
import type { IndexWriter } from './profiles/held/writer.js';
import { everything } from './profiles/everything/everything.js';
import { createFallback } from './profiles/fallback.js';
import { include } from './profiles/include/include.js';
import { createRememberingProfile } from './memory/remembering.js';
import {
  heldName,
  type OpenProfile,
  type Operation,
  type Profile,
  type ProfileName,
} from './profiles/profile.js';
import { search } from './profiles/search/search.js';
import type { Searcher } from './profiles/searchers/searcher.js';
import type { Measures } from './profiles/foreseen.js';
import { withSearchers } from './profiles/searchers/searchers.js';
import { openUpstream, upstreamSearcher } from './profiles/searchers/upstream.js';
import { run, type ReadFor } from './waves/run.js';
import type { Selection } from './question/selection.js';
import type { Loaders } from './known/next-fetches.js';

/** The upstream cost of one operation. */
export interface Receipt {
  /** The profile that planned the upstream requests; `held` if the index answered and no request was sent. */
  readonly profile: ProfileName | typeof heldName;
  /** Requests sent upstream, retries included and token requests excluded. */
  readonly requests: number;
  /**
   * The maximum number of requests that was computed before the first request; the number of requests that were sent,
   * if that is higher.
   */
  readonly estimated: number;
  /**
   * Upstream reads that cost this operation no request, because a cached copy or a request of another operation
   * answered them.
   */
  readonly cacheHits: number;
  readonly tokenRequests: number;
  /** Bytes of the upstream's response bodies. */
  readonly bytes: number;
}

/** The state of one operation while the catalogue executes it. */
export interface Session {
  readonly known: Known;
  readonly loaders: Loaders;
  readonly plan: Plan;
  /** The upstream calls made so far. */
  readonly calls: readonly MadeCall[];
  /** Fetches all records that the selections need. */
  run(): Promise<void>;
  receipt(): Receipt;
  /**
   * Milliseconds since the upstream sent the oldest cached copy that the operation used; undefined if the operation
   * used no cached copy.
   */
  age(): number | undefined;
  /**
   * Milliseconds for which the whole response stays fresh; 0 if there is no record cache, or if a requested record
   * does not exist.
   */
  freshMs(): number;
}

/** An operation to execute, with its limits and its caller. */
export interface OperationRequest {
  readonly selections: readonly Selection[];
  /** The elements that the operation reads, by resource type; undefined to fetch whole records. */
  readonly elements?: ReadonlyMap<ResourceType, readonly string[]> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** When the operation times out, in monotonic milliseconds. */
  readonly deadline?: number | undefined;
  /** The name of the client that sent the operation. */
  readonly client?: string | undefined;
  /** `bulk` for an operation that no client waits for. @default 'interactive' */
  readonly priority?: Call['priority'];
  /** The cache mode of the upstream requests. @default 'default' */
  readonly cache?: Call['cache'];
  /** The profile to use, even if another one costs less. @default the profile that needs the fewest requests */
  readonly profile?: ProfileName;
  /** The most upstream requests of this operation. @default the budget of the catalogue */
  readonly budget?: number;
  /** Whether to bypass the record cache and the index, so that the response shows how the upstream itself behaves. */
  readonly isUnremembered?: boolean;
  /**
   * Who sent the operation. What the service learns about the upstream from its own operations (`service`) applies to
   * all operations. @default 'client'
   */
  readonly by?: Observer;
  /** How the upstream should treat unknown search parameters: the FHIR `Prefer: handling` header. */
  readonly handling?: Call['handling'];
  /**
   * Called if a response of the upstream casts doubt on a feature or a measured figure of the upstream.
   * @default `onDoubt` of the catalogue
   */
  readonly onDoubt?: (doubt: Doubt) => void;
}

export interface Catalogue {
  /**
   * Plans the operation with the upstream features that the service knows so far. If a feature is declared but not
   * proved, it is probed just before its first use.
   * @throws UPSTREAM_BUDGET_EXCEEDED before any request is sent
   */
  open(asked: OperationRequest): Session;
  /**
   * Probes all upstream features that the plan depends on, then opens the session as `open` does. The probes carry no
   * client name.
   * @throws UPSTREAM_BUDGET_EXCEEDED before any request of the operation is sent; the signal's reason if the signal
   * aborts first
   */
  prepare(asked: OperationRequest): Promise<Session>;
}

/** The index, as operations use it. */
export interface HeldIndex extends Pick<BringOptions, 'freshMs' | 'maxAgeMs' | 'onStale'> {
  readonly index: Pick<SearchIndex, 'askedBy'>;
  readonly writer: IndexWriter;
  readonly searcher: Searcher;
  /**
   * Whether the index also supplies the records of products in place of the upstream. If false, the index only serves
   * searches.
   */
  readonly standsIn: boolean;
}

export interface CatalogueOptions {
  readonly client: FhirClient;
  readonly capabilities: Capabilities;
  /** Creates the data loaders of one operation, on top of the profile. */
  readonly createLoaders: (asking: OperationAnswers, known: Known) => Loaders;
  /** Maximum number of upstream requests of one operation. */
  readonly budget: number;
  /** The record cache that operations share. @default no cache */
  readonly memory?: Memory | undefined;
  readonly whereabouts: Whereabouts;
  /**
   * Searchers that are used beside the upstream's own search, because they find products that the upstream's search
   * does not find. @default none
   */
  readonly searchers?: readonly Searcher[];
  /** The index, which stores products with all their related records; undefined without an index. */
  readonly held?: HeldIndex | undefined;
  /** Called whenever an operation receives a record, even if an earlier operation received the same record. */
  readonly onHold?: ((record: FhirResource) => void) | undefined;
  /**
   * Called if an upstream response casts doubt on a feature or a measured figure. The doubt applies only to this
   * operation, because the search value of its client may be the cause.
   */
  readonly onDoubt?: ((doubt: Doubt) => void) | undefined;
  /** Returns what probes features before their first use; undefined if this service sends no probes. */
  readonly proving?: (() => Proving | undefined) | undefined;
  /** Number of token requests so far, by all operations. */
  readonly tokenRequests: () => number;
}

const profiles: Readonly<Record<ProfileName, Profile>> = { include, search, everything };

/**
 * Returns the features and figures of the upstream for one operation. If the operation refutes a feature, other
 * operations can still use it.
 */
function ownOf(
  { features, figures }: Capabilities,
  onDoubt: (doubt: Doubt) => void,
  proving: Proving | undefined,
  by: Observer,
): Pick<Operation, 'features' | 'counting' | 'given'> {
  return {
    features: createOwnFeatures(features, onDoubt, proving),
    counting: createOwnCounting(figures, () => onDoubt('totals')),
    given: createOwnGiven(figures.given, by),
  };
}

/** Returns the loader that copies products from the index into an operation. */
function bringingFrom(
  held: HeldIndex | undefined,
  client: string | undefined,
  operation: Pick<BringOptions, 'known' | 'whereabouts' | 'onHit'>,
): Bringing {
  return held ? createBringing({ ...held, index: held.index.askedBy(client), ...operation }) : bringNothing;
}

export function createCatalogue(options: CatalogueOptions): Catalogue {
  const open = createOpener(options);
  return {
    open: (asked) => open(asked, foresee(asked, options)),
    async prepare(asked) {
      for (let turn = 0; ; turn += 1) {
        const foreseen = foresee(asked, options);
        const isLast = turn === mostTurns || !(await settle(foreseen, options, asked.signal));
        if (isLast) return open(asked, foreseen);
      }
    },
  };
}

/** Returns the function that opens a session for a plan. */
function createOpener(options: CatalogueOptions): (asked: OperationRequest, foreseen: Foreseen) => Session {
  const { client, capabilities, createLoaders, whereabouts, held, tokenRequests } = options;
  const { features, figures } = capabilities;
  const noted = new WeakSet<object>();

  return (asked, foreseen) => {
    const {
      selections,
      elements,
      isUnremembered,
      onDoubt = options.onDoubt,
      by = 'client',
      ...asker
    } = asked;
    const { askable, measures, planned } = foreseen;
    refuseOverBudget(selections, planned, askable, measures);
    const tokensBefore = tokenRequests();
    const openedAt = performance.now();
    const { index, searchers } = besides(options, asked);
    const { profile, estimated } = planned;
    const ledger = createLedger(estimated, measures.budget);
    // If a record is read only to follow its links, no element but its id is requested.
    const elementsOf = (type: ResourceType): readonly string[] | undefined =>
      elements && (elements.get(type) ?? []);
    const memory = isUnremembered ? undefined : options.memory;
    const known = createKnown((resource, origin) => {
      if (resource.resourceType === 'Ingredient') noteSubstances(resource, noted, figures);
      options.onHold?.(resource);
      // Records from the index are not written to the index again. The index has the time of each read.
      if (!origin.isIndexed)
        memory?.keep(resource, origin, origin.isNarrow ? elementsOf(resource.resourceType) : undefined);
    });
    const own = ownOf(capabilities, (doubt) => onDoubt?.(doubt), options.proving?.(), by);
    const takesPost = (): boolean => features.evidence('post-search') !== 'refuted';
    const metered = meterClient(client, ledger, { ...asker, takesPost });
    const onHit = (asOf: Date): void => ledger.hit(Math.max(0, Date.now() - asOf.getTime()));
    let isFromHeld = false;
    const onHeld = (asOf: Date | undefined): void => {
      isFromHeld = true;
      if (asOf) onHit(asOf);
    };
    const bringing = bringingFrom(index, asker.client, { known, whereabouts, onHit: onHeld });
    const inPlace = index?.standsIn ? bringing : bringNothing;
    const operation: Operation = {
      client: metered,
      known,
      ledger,
      ...own,
      figures,
      whereabouts,
      selections,
      askedBy: asker.client,
      bring: bringing.bring,
      onHeld,
      bringRows: bringing.bringRows,
      elementsOf,
    };
    const { first, fallback } = openProfiles(profile, capabilities.offered, operation);
    const upstream: OperationAnswers = {
      ...(held
        ? createHeldProfile(fallback, {
            ...held,
            ...inPlace,
            known,
            whereabouts,
            readsMany: first.readsMany(),
          })
        : fallback),
      ...openUpstream(operation, first),
    };
    const remembering =
      memory &&
      createRememberingProfile(upstream, {
        memory,
        whereabouts,
        known,
        elementsOf,
        features: own.features,
        hasBundles: profiles[profile].hasBundles,
        asOf: () => metered.asOf,
        onHit,
      });
    const asking = withSearchers(
      remembering ?? upstream,
      searchers.map((each) => ({ ...each, opened: each.open(operation, first) })),
      measures,
    );
    const loaders = createLoaders(asking, known);

    return {
      known,
      loaders,
      plan: planned,
      calls: metered.calls,
      async run() {
        const readFor = await run(selections, {
          known,
          loaders,
          ledger,
          planned: planned.planned,
          asksByKey: profiles[profile].asksByKey,
        });
        // Products from a search are written to the index only if the operation used no cached copies, because copies
        // are older than the records just fetched.
        if (isUnremembered || ledger.cacheHits === 0) held?.writer.noteSearched(known);
        learnReferred(planned, readFor, known, figures);
      },
      receipt: () => ({
        profile: isFromHeld && ledger.spent === 0 ? heldName : profile,
        requests: ledger.spent,
        estimated: ledger.estimated,
        cacheHits: ledger.cacheHits,
        tokenRequests: tokenRequests() - tokensBefore,
        bytes: ledger.bytes,
      }),
      age: () => ledger.age,
      freshMs: () => Math.max(0, freshMsOf(memory, known, ledger) - (performance.now() - openedAt)),
    };
  };
}

/**
 * Maximum number of probe rounds. After each round the new plan may depend on other features that are not proved yet.
 */
const mostTurns = 12;

/**
 * Returns the index and the other searchers. If the operation examines the upstream itself, the index is left out.
 */
function besides(
  { held, searchers = [] }: CatalogueOptions,
  { isUnremembered }: OperationRequest,
): { readonly index: HeldIndex | undefined; readonly searchers: readonly Searcher[] } {
  const index = isUnremembered ? undefined : held;
  return { index, searchers: [...(index ? [index.searcher] : []), ...searchers] };
}

/** A plan, with the figures that it was computed from. */
interface Foreseen {
  readonly askable: Answerers;
  readonly measures: Measures;
  readonly planned: Plan;
  /** Features that the plan relies on and that are not proved yet. */
  readonly open: ReadonlySet<Feature>;
}

function foresee(asked: OperationRequest, options: CatalogueOptions): Foreseen {
  const { selections, elements, profile: only, budget = options.budget } = asked;
  const { client, capabilities, whereabouts } = options;
  const { figures } = capabilities;
  const { index, searchers } = besides(options, asked);
  const foreseen = foreseeFeatures(capabilities.features, options.proving?.());
  // An operation that the index answers waits for no probe, and uses no unproved feature.
  const features = index?.standsIn ? capabilities.features : foreseen;
  const measures = { features, figures, budget, longestUrl: client.longestUrl, productOf: whereabouts.of };
  const ways = only ? [only] : capabilities.profilesFor(selections, features);
  const able = ways.map((name) => profiles[name]);
  const askable: Answerers = { profiles: able, searchers: [upstreamSearcher, ...searchers] };
  const planned = plan(selections, askable, measures);
  const isSearched = planned.profile !== 'everything' || selections.some(({ args }) => args.search);
  const isNarrowed = elements && isSearched && planned.steps.length > 0 && !index?.standsIn;
  // `_elements` does not change the number of requests, but it must be probed before the first search.
  if (isNarrowed)
    foreseen.want(planned.profile === 'include' ? ['elements', 'elements-by-type'] : ['elements']);
  return { askable, measures, planned, open: foreseen.open };
}

/**
 * Probes the unproved features that a plan relies on.
 * @returns whether the operation must be planned again
 */
async function settle(
  { open }: Foreseen,
  { capabilities: { features }, ...options }: CatalogueOptions,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const [first] = open;
  const proving = options.proving?.();
  if (!proving || first === undefined) return false;
  // If no feature is declared, the first feature is probed alone: if `$everything` works too, the other probes are not
  // needed.
  const isUndeclared = [...open].every((feature) => features.evidence(feature) === undefined);
  const wanted = isUndeclared && features.has('everything') ? [first] : [...open];
  try {
    await untilAborted(signal, () => proving.settle(wanted));
    return true;
  } catch (error) {
    // The error is ignored here. The operation's own requests will report it, or cached copies will answer them.
    if (isPmsError(error)) return false;
    throw error;
  }
}

/** Returns how long all records of the operation stay fresh, in milliseconds from the start of the operation. */
function freshMsOf(memory: Memory | undefined, known: Known, { age = 0 }: Pick<Ledger, 'age'>): number {
  // The absence of a record is cached for a shorter time than a record.
  return !memory || known.hasAbsent ? 0 : memory.freshness.freshMs - age;
}

/** Opens the chosen profile. The other profiles serve the reads that the chosen profile does not support. */
function openProfiles(
  name: ProfileName,
  offered: readonly ProfileName[],
  operation: Operation,
): { readonly first: OpenProfile; readonly fallback: ReturnType<typeof createFallback> } {
  const first = profiles[name].open(operation);
  const others = offered.filter((each) => each !== name);
  if (others.length === 0) return { first, fallback: first };
  const fallback = createFallback([
    { name, open: () => first },
    ...others.map((other) => ({ name: other, open: () => profiles[other].open(operation) })),
  ]);
  return { first, fallback };
}

/** Records the names and codes of an ingredient's substances, once for each copy of the ingredient. */
function noteSubstances(
  ingredient: ResourceOf<'Ingredient'>,
  noted: WeakSet<object>,
  figures: Figures,
): void {
  if (noted.has(ingredient)) return;
  noted.add(ingredient);
  // A malformed ingredient has no readable names.
  const named = unlessOdd(() => substancesIn(ingredient));
  if (!named) return;
  const { own, bases } = named;
  figures.substances.note(own.names, own.codes);
  for (const { names, codes } of bases) figures.substances.note(names, codes);
}

/**
 * Records how many distinct records the records of one type referred to, counting only records that were not read
 * yet.
 */
function learnReferred({ reads }: Plan, readFor: ReadFor, known: Known, figures: Figures): void {
  for (const { type, from } of reads) {
    const parents = known.count(from);
    const keys = readFor.get(`${type} of ${from}`)?.size ?? 0;
    if (parents > 0) figures.sawReferred(type, from, keys, parents);
  }
}
