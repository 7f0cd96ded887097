/**
 * Probes features when an operation first needs them, with as few probes as possible. If a feature was probed long
 * ago, it is probed again when it is next needed, but only after the response was sent.
 */
import type { Page } from '../../fhir/bundle.js';
import type { ResourceType } from '../../fhir/resources.js';
import { groupBy } from '../graph/group.js';
import type { Capabilities } from '../plan/capabilities.js';
import { isOfIncludes, type Feature } from '../upstream/features.js';
import type { Proving } from '../upstream/proving.js';
import type { Doubts } from './doubts.js';
import { probeOfProducts } from './probe.js';
import { productType, type Inquiry } from './probes/inquiry.js';
import { takeFew } from './probes/pages.js';
import { isSearchKnown, probeSearch, probeType, searchIn } from './probes/searches.js';

export interface ProverOptions {
  readonly capabilities: Capabilities;
  readonly inquiry: Inquiry;
  /** Whether the settings allow `_elements`. */
  readonly elements: boolean;
  readonly doubts: Doubts;
  /** Tests the includes. Operations check included records themselves, so they do not wait for it. */
  readonly rehearse: () => Promise<void>;
}

export interface Prover extends Proving {
  /**
   * Starts a new hour: the upstream has responded, and earlier results count as old.
   * @param sample products that were just read; the first probes use them
   */
  begin(sample?: Page): void;
}

/** Milliseconds for which probes may use products that were read before. After that the products may have changed. */
const sampleMs = 60_000;

export function createProver({ capabilities, inquiry, elements, doubts, rehearse }: ProverOptions): Prover {
  const { features, configured } = capabilities;
  const running = new Map<Feature, Promise<void>>();
  /** The features that this prover has settled at any time. */
  const settled = new Set<Feature>();
  const old = new Set<Feature>();
  /** Resource types that the upstream does not serve. Searches of these types are not probed. */
  const absent = new Set<ResourceType>();
  /**
   * Features whose probe proved nothing, for instance because there are no products, or because all products are
   * alike.
   */
  const untold = new Set<Feature>();
  let hasBegun = false;
  let recent: { readonly sample: Page; readonly at: number } | undefined;

  function needs(feature: Feature): boolean {
    const evidence = features.all.get(feature);
    if (isOfIncludes(feature)) {
      if (evidence !== undefined && evidence !== 'refuted') void rehearse();
      return false;
    }
    if (old.delete(feature)) doubts.renew(feature);
    const isOpen = evidence === undefined || evidence === 'declared';
    return isOpen && hasBegun && !untold.has(feature) && isProvable(feature);
  }

  function isProvable(feature: Feature): boolean {
    if (feature.startsWith('elements')) return elements;
    // If the settings name the profile, searches are not probed.
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

  /** Registers a running probe. Further callers wait for it and send no probe of their own. */
  function run(some: readonly Feature[], asking: Promise<void>): void {
    const declared = some.filter((feature) => features.evidence(feature) === 'declared');
    const all = asking
      .then(() => {
        for (const feature of some) settled.add(feature);
        // A feature that is declared but does not work now may work later.
        for (const feature of declared)
          if (features.evidence(feature) === 'refuted') doubts.tryAgain(feature);
      })
      .finally(() => some.forEach((feature) => running.delete(feature)));
    // Avoids an unhandled rejection. `settle` passes the error to its callers.
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
    // None of the declared searches of this type works, so the upstream may not serve the type at all.
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

  /** Probes these features with the same few products. */
  async function settleOthers(some: readonly Feature[]): Promise<void> {
    const few = await products();
    await Promise.all(
      some.map(async (feature) => {
        if (few) await probeOfProducts(feature)?.(inquiry, few);
        if (features.evidence(feature) === undefined) untold.add(feature);
      }),
    );
  }

  async function products(): Promise<Page | undefined> {
    if (recent && performance.now() - recent.at < sampleMs) return recent.sample;
    return takeFew(inquiry);
  }

  return {
    needs,
    settle,
    begin(sample) {
      hasBegun = true;
      recent = sample && { sample, at: performance.now() };
      absent.clear();
      untold.clear();
      for (const feature of settled) old.add(feature);
    },
  };
}

function isOf(type: ResourceType, feature: Feature): boolean {
  return searchIn(feature)?.type === type;
}
