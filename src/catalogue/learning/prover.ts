/**
 * Settles what is needed for the first time, by as few neutral questions as that takes: what nobody needs is not asked
 * for. What was settled long ago is asked about anew when it is needed again, behind the answer.
 */
import type { Page } from '../../fhir/bundle.js';
import type { ResourceType } from '../../fhir/resources.js';
import { groupBy } from '../graph/group.js';
import type { Capabilities } from '../plan/capabilities.js';
import type { Feature } from '../upstream/features.js';
import type { Proving } from '../upstream/proving.js';
import type { Doubts } from './doubts.js';
import { probeOfProducts } from './probe.js';
import { productType, type Inquiry } from './probes/inquiry.js';
import { takeFew } from './probes/pages.js';
import { isSearchKnown, probeSearch, probeType, searchIn } from './probes/searches.js';

export interface ProverOptions {
  readonly capabilities: Capabilities;
  readonly inquiry: Inquiry;
  /** Whether narrow copies may be asked for. */
  readonly elements: boolean;
  readonly doubts: Doubts;
}

export interface Prover extends Proving {
  /** From now on there is somebody to ask; and what was settled before is old. */
  begin(): void;
}

export function createProver({ capabilities, inquiry, elements, doubts }: ProverOptions): Prover {
  const { features, configured } = capabilities;
  const running = new Map<Feature, Promise<void>>();
  /** What was asked for here, in this hour and before. */
  const settled = new Set<Feature>();
  const old = new Set<Feature>();
  /** Types that are not there: nothing else is asked about them. */
  const absent = new Set<ResourceType>();
  /** Asked for, and nothing learnt: there are no products, say, or all are alike. */
  const untold = new Set<Feature>();
  let hasBegun = false;

  function needs(feature: Feature): boolean {
    if (old.delete(feature)) doubts.renew(feature);
    const evidence = features.evidence(feature);
    const isOpen = evidence === undefined || evidence === 'declared';
    return isOpen && hasBegun && !untold.has(feature) && isProvable(feature);
  }

  function isProvable(feature: Feature): boolean {
    if (feature.startsWith('elements')) return elements;
    // What is configured is not looked up.
    return feature.startsWith('sort ') || (configured === 'auto' && searchIn(feature) !== undefined);
  }

  async function settle(wanted: Iterable<Feature>): Promise<void> {
    const open = [...new Set(wanted)].filter(needs);
    const fresh = open.filter((feature) => !running.has(feature));
    const searches = groupBy(
      fresh.filter((feature) => searchIn(feature)),
      (feature) => searchIn(feature)?.type,
    );
    for (const [type, some] of searches) if (type) run(some, settleSearches(type, some));
    const others = fresh.filter((feature) => !searchIn(feature));
    if (others.length > 0) run(others, settleOthers(others));
    await Promise.all(open.map((feature) => running.get(feature)));
  }

  /** However many need them, they are asked for once. */
  function run(some: readonly Feature[], asking: Promise<void>): void {
    const declared = some.filter((feature) => features.evidence(feature) === 'declared');
    const all = asking
      .then(() => {
        for (const feature of some) settled.add(feature);
        // What it says that it can do, and does not, it may do some other time.
        for (const feature of declared)
          if (features.evidence(feature) === 'refuted') doubts.tryAgain(feature);
      })
      .finally(() => some.forEach((feature) => running.delete(feature)));
    // Whoever waits for it hears of it.
    all.catch(() => undefined);
    for (const feature of some) running.set(feature, all);
  }

  async function settleSearches(type: ResourceType, some: readonly Feature[]): Promise<void> {
    const isKnown = type === productType || isSearchKnown(inquiry, type);
    if (!isKnown && !absent.has(type)) await look(type);
    if (absent.has(type)) return refute(some);
    await Promise.all(
      some.map(async (feature) => {
        const name = searchIn(feature)?.name;
        if (name) await probeSearch(inquiry, type, name);
      }),
    );
    // None of what it has declared works: it may not be there at all.
    const isLost = type !== productType && isKnown && some.every((feature) => !features.has(feature));
    if (isLost && ![...features.all.keys()].some((each) => isOf(type, each) && features.isProven(each)))
      await look(type);
  }

  async function look(type: ResourceType): Promise<void> {
    if (!(await probeType(inquiry, type))) absent.add(type);
  }

  function refute(some: readonly Feature[]): void {
    for (const feature of some) inquiry.note(feature, false);
  }

  /** They are asked of the same few products. */
  async function settleOthers(some: readonly Feature[]): Promise<void> {
    const few: Page | undefined = await takeFew(inquiry);
    await Promise.all(
      some.map(async (feature) => {
        if (few) await probeOfProducts(feature)?.(inquiry, few);
        if (features.evidence(feature) === undefined) untold.add(feature);
      }),
    );
  }

  return {
    needs,
    settle,
    begin() {
      hasBegun = true;
      absent.clear();
      untold.clear();
      for (const feature of settled) old.add(feature);
    },
  };
}

function isOf(type: ResourceType, feature: Feature): boolean {
  return searchIn(feature)?.type === type;
}
