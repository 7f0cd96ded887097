/** The catalogue: opens a session for each operation, with the profiles that the upstream allows. */
import type { SearchIndex } from '../search-index/search-index.js';
import type { Call, FhirClient } from '../fhir/client.js';
import { untilAborted } from '../network/signals.js';
import { isPmsError } from '../errors.js';
import { unlessOdd } from '../fhir/unless-odd.js';
import type { FhirResource, ResourceOf, ResourceType } from '../fhir/resources.js';
import type { Capabilities } from './plan/capabilities.js';
import type { Doubt, Feature } from './upstream/features.js';
import type { Figures } from './upstream/figures.js';
import { createOwnCounting } from './upstream/own-counting.js';
import type { Observer } from './upstream/given.js';
import { createOwnFeatures } from './upstream/own-features.js';
import { createOwnGiven } from './upstream/own-given.js';
import { foreseeFeatures, type Proving } from './upstream/proving.js';
import { substancesIn } from '../facts/substances/substances.js';
import { createKnown, type Known } from './known/known.js';
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

/** What one operation cost upstream. */
export interface Receipt {
  /** How the upstream was asked. `held` where the index answered and no request was sent. */
  readonly profile: ProfileName | typeof heldName;
  /** Sends, replays too; token requests apart. */
  readonly requests: number;
  /** The bound that was worked out before the first request; the number sent where that came to more. */
  readonly estimated: number;
  /** Questions answered without a request of this operation: from a copy, or by another operation's request. */
  readonly cacheHits: number;
  readonly tokenRequests: number;
  /** Bytes of the upstream's response bodies. */
  readonly bytes: number;
}

/** One operation's stay in the catalogue. */
export interface Session {
  readonly known: Known;
  readonly loaders: Loaders;
  readonly plan: Plan;
  /** The calls made so far. */
  readonly calls: readonly MadeCall[];
  /** Fetches all that the selections need. */
  run(): Promise<void>;
  receipt(): Receipt;
  /** Milliseconds since the oldest of the used copies was fetched; undefined where no copy was used. */
  age(): number | undefined;
  /** Milliseconds for which all answers stay fresh; 0 where nothing is kept, or a record does not exist. */
  freshMs(): number;
}

/** One operation's request to the catalogue. */
export interface OperationRequest {
  readonly selections: readonly Selection[];
  /** All elements that are read, by type; whole copies where it is undefined. */
  readonly elements?: ReadonlyMap<ResourceType, readonly string[]> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** When its time is over, in monotonic milliseconds. */
  readonly deadline?: number | undefined;
  /** The client that sends the operation. */
  readonly client?: string | undefined;
  /** `bulk` for an operation that no client waits for. @default 'interactive' */
  readonly priority?: Call['priority'];
  /** How caches may serve it. @default 'default' */
  readonly cache?: Call['cache'];
  /** The profile to use, whatever another one costs. @default the one that needs the fewest requests */
  readonly profile?: ProfileName;
  /** A smaller budget than other operations have. */
  readonly budget?: number;
  /** Whether memory and index are left aside, so that it shows how the upstream itself answers. */
  readonly isUnremembered?: boolean;
  /** Who has chosen what it asks. What the service's own operations show holds for all. @default 'client' */
  readonly by?: Observer;
  /** How the upstream shall handle parameters that it does not know. */
  readonly handling?: Call['handling'];
  /** Called with each doubt that the operation finds reason for. @default as of all operations */
  readonly onDoubt?: (doubt: Doubt) => void;
}

export interface Catalogue {
  /**
   * Plans by what is known. A feature that is declared but not yet proved is proved before it is used.
   * @throws UPSTREAM_BUDGET_EXCEEDED before anything is sent
   */
  open(asked: OperationRequest): Session;
  /**
   * Settles by neutral questions all that decides how to ask, then opens as `open` does. The questions carry no client.
   * @throws UPSTREAM_BUDGET_EXCEEDED before anything of it is sent; the signal's reason where that ends first
   */
  prepare(asked: OperationRequest): Promise<Session>;
}

/** The index, as operations use it. */
export interface HeldIndex extends Pick<BringOptions, 'freshMs' | 'maxAgeMs' | 'onStale'> {
  readonly index: Pick<SearchIndex, 'askedBy'>;
  readonly writer: IndexWriter;
  readonly searcher: Searcher;
  /** Whether its products answer in place of the upstream; otherwise it only serves searches. */
  readonly standsIn: boolean;
}

export interface CatalogueOptions {
  readonly client: FhirClient;
  readonly capabilities: Capabilities;
  /** Creates the loaders of one operation, for the profile that answers it. */
  readonly createLoaders: (asking: OperationAnswers, known: Known) => Loaders;
  /** Most upstream requests of one operation. */
  readonly budget: number;
  /** What is kept between operations; nothing is kept where it is undefined. */
  readonly memory?: Memory | undefined;
  readonly whereabouts: Whereabouts;
  /** Searchers beside the upstream's own searches, also for what these cannot find. @default none */
  readonly searchers?: readonly Searcher[];
  /** The index, which holds products with all that belongs to them; undefined where there is none. */
  readonly held?: HeldIndex | undefined;
  /** Called for each record that an operation comes to hold, again for each operation that holds it. */
  readonly onHold?: ((record: FhirResource) => void) | undefined;
  /**
   * Called with what an operation finds reason to doubt. A client's own value may be the reason, so the doubt holds for
   * that operation alone.
   */
  readonly onDoubt?: ((doubt: Doubt) => void) | undefined;
  /** Settles open features by neutral questions; undefined where none are asked. */
  readonly proving?: Proving | undefined;
  /** Token requests so far, of all operations. */
  readonly tokenRequests: () => number;
}

const profiles: Readonly<Record<ProfileName, Profile>> = { include, search, everything };

/** Returns what one operation finds of the upstream's abilities. What it finds refuted holds for this operation alone. */
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

/** Returns the products that the index brings to a client's operation. */
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

/** Returns the function that opens a session by its plan. */
function createOpener(options: CatalogueOptions): (asked: OperationRequest, foreseen: Foreseen) => Session {
  const { client, capabilities, createLoaders, whereabouts, held, proving, tokenRequests } = options;
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
    // A record that is only passed through needs no more than its id.
    const elementsOf = (type: ResourceType): readonly string[] | undefined =>
      elements && (elements.get(type) ?? []);
    const memory = isUnremembered ? undefined : options.memory;
    const known = createKnown((resource, origin) => {
      if (resource.resourceType === 'Ingredient') noteSubstances(resource, noted, figures);
      options.onHold?.(resource);
      // The index keeps its own records, and knows when each was read.
      if (!origin.isIndexed)
        memory?.keep(resource, origin, origin.isNarrow ? elementsOf(resource.resourceType) : undefined);
    });
    const own = ownOf(capabilities, (doubt) => onDoubt?.(doubt), proving, by);
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
        // Copies are older than the records that were read beside them. So the index takes neither where copies were
        // used.
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

/** One turn may show that another way is open, which then needs further questions. */
const mostTurns = 12;

/** Returns the index and the searchers beside the upstream; no index where the upstream itself is to be examined. */
function besides(
  { held, searchers = [] }: CatalogueOptions,
  { isUnremembered }: OperationRequest,
): { readonly index: HeldIndex | undefined; readonly searchers: readonly Searcher[] } {
  const index = isUnremembered ? undefined : held;
  return { index, searchers: [...(index ? [index.searcher] : []), ...searchers] };
}

/** A plan, and the measures that it was made by. */
interface Foreseen {
  readonly askable: Answerers;
  readonly measures: Measures;
  readonly planned: Plan;
  /** The features that it takes for granted. */
  readonly open: ReadonlySet<Feature>;
}

function foresee(asked: OperationRequest, options: CatalogueOptions): Foreseen {
  const { selections, elements, profile: only, budget = options.budget } = asked;
  const { client, capabilities, whereabouts, proving } = options;
  const { figures } = capabilities;
  const { index, searchers } = besides(options, asked);
  const foreseen = foreseeFeatures(capabilities.features, proving);
  // Where the index answers, the operation waits for no probe, and takes no feature for granted.
  const features = index?.standsIn ? capabilities.features : foreseen;
  const measures = { features, figures, budget, longestUrl: client.longestUrl, productOf: whereabouts.of };
  const ways = only ? [only] : capabilities.profilesFor(selections, features);
  const able = ways.map((name) => profiles[name]);
  const askable: Answerers = { profiles: able, searchers: [upstreamSearcher, ...searchers] };
  const planned = plan(selections, askable, measures);
  const isSearched = planned.profile !== 'everything' || selections.some(({ args }) => args.search);
  const isNarrowed = elements && isSearched && planned.steps.length > 0 && !index?.standsIn;
  // Not part of the price. They are to be known before the first search all the same.
  if (isNarrowed)
    foreseen.want(planned.profile === 'include' ? ['elements', 'elements-by-type'] : ['elements']);
  return { askable, measures, planned, open: foreseen.open };
}

/** Settles the features that a plan takes for granted. @returns whether the operation has to be planned anew */
async function settle(
  { open }: Foreseen,
  { capabilities: { features }, proving }: CatalogueOptions,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const [first] = open;
  if (!proving || first === undefined) return false;
  // Where `$everything` works too and no feature is declared, probing the first one may show that the others are not
  // needed.
  const isUndeclared = [...open].every((feature) => features.evidence(feature) === undefined);
  const wanted = isUndeclared && features.has('everything') ? [first] : [...open];
  try {
    await untilAborted(signal, () => proving.settle(wanted));
    return true;
  } catch (error) {
    // The operation's own requests will show the fault, or copies will answer them.
    if (isPmsError(error)) return false;
    throw error;
  }
}

/** Returns how long all that was read stays fresh, counted from the opening of the operation. */
function freshMsOf(memory: Memory | undefined, known: Known, { age = 0 }: Pick<Ledger, 'age'>): number {
  // That a record does not exist is believed for less long.
  return !memory || known.hasAbsent ? 0 : memory.freshness.freshMs - age;
}

/** Opens the chosen profile, and makes a fallback of the others, which may answer where it fails. */
function openProfiles(
  name: ProfileName,
  offered: readonly ProfileName[],
  operation: Operation,
): { readonly first: OpenProfile; readonly fallback: ReturnType<typeof createFallback> } {
  const first = profiles[name].open(operation);
  const others = offered.filter((each) => each !== name);
  const fallback = createFallback([
    { name, open: () => first },
    ...others.map((other) => ({ name: other, open: () => profiles[other].open(operation) })),
  ]);
  return { first, fallback };
}

/** Notes the names of an ingredient's substances, once for each copy of the record. */
function noteSubstances(
  ingredient: ResourceOf<'Ingredient'>,
  noted: WeakSet<object>,
  figures: Figures,
): void {
  if (noted.has(ingredient)) return;
  noted.add(ingredient);
  // An ingredient that cannot be read shows no names.
  const named = unlessOdd(() => substancesIn(ingredient));
  if (!named) return;
  const { own, bases } = named;
  figures.substances.note(own.names, own.codes);
  for (const { names, codes } of bases) figures.substances.note(names, codes);
}

/** Notes how many different records, not known before, those of one type referred to. */
function learnReferred({ reads }: Plan, readFor: ReadFor, known: Known, figures: Figures): void {
  for (const { type, from } of reads) {
    const parents = known.count(from);
    const keys = readFor.get(`${type} of ${from}`)?.size ?? 0;
    if (parents > 0) figures.sawReferred(type, from, keys, parents);
  }
}
