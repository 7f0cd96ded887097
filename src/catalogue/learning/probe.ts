/** Harmless requests that test how the upstream behaves, whatever it declares. Each request reads only a few rows. */
import type { Page } from '../../fhir/bundle.js';
import { probeElements } from './probes/elements.js';
import { anew, type Inquiry } from './probes/inquiry.js';
import { probeNames } from './probes/names.js';
import { probeOrders } from './probes/orders.js';
import { probeEnd, probeEverything, probeRead, takeFew, takeSample } from './probes/pages.js';
import { isSearchKnown, probeOr, probePost, probeSearch, probeType, searchIn } from './probes/searches.js';
import { nameSearch } from '../plan/capabilities.js';
import { probeIncludedCount } from './probes/totals.js';
import type { Doubt, Feature } from '../upstream/features.js';

export interface Probe {
  /** Returns a page of products that other probes use; undefined if the upstream has no products. */
  sample(): Promise<Page | undefined>;
  everything(sample: Page): Promise<void>;
  read(sample: Page): Promise<void>;
  /** Probes how a search matches text within names. */
  name(sample: Page): Promise<void>;
  /** Probes whether a search accepts several ids, separated by commas. */
  or(sample: Page): Promise<void>;
  /** Probes whether the `total` of a Bundle counts included entries. */
  totals(): Promise<void>;
  /** Settles one doubt with as few requests as possible. */
  again(doubt: Doubt): Promise<void>;
}

export function createProbe(inquiry: Inquiry): Probe {
  return {
    sample: () => takeSample(inquiry),
    everything: (sample) => probeEverything(inquiry, sample),
    read: (sample) => probeRead(inquiry, sample),
    name: (sample) => probeNames(inquiry, sample),
    or: (sample) => probeOr(inquiry, sample),
    totals: () => probeIncludedCount(inquiry),
    again: (doubt) => probeAgain(inquiry, doubt),
  };
}

/** The probes that use a few existing products. */
const ofProducts: Readonly<Partial<Record<Feature, (inquiry: Inquiry, few: Page) => Promise<void>>>> = {
  everything: probeEverything,
  read: probeRead,
  or: probeOr,
  elements: (inquiry, few) => probeElements(inquiry, few, 'elements'),
  'elements-by-type': (inquiry, few) => probeElements(inquiry, few, 'elements-by-type'),
  [nameSearch]: probeNames,
  'sort NAME': (inquiry, few) => probeOrders(inquiry, few, 'NAME'),
  'sort UPDATED': (inquiry, few) => probeOrders(inquiry, few, 'UPDATED'),
};

/**
 * Returns the probe that settles a feature by means of a few products; undefined for features whose probe uses no
 * products.
 */
export function probeOfProducts(
  feature: Feature,
): ((inquiry: Inquiry, few: Page) => Promise<void>) | undefined {
  return ofProducts[feature];
}

async function probeAgain(inquiry: Inquiry, feature: Doubt): Promise<void> {
  if (feature === 'totals') return probeIncludedCount(inquiry);
  if (feature === 'lengths') return inquiry.client.measure(anew);
  const probeFew = ofProducts[feature];
  if (probeFew) {
    const few = await takeFew(inquiry);
    if (few) await probeFew(inquiry, few);
    return;
  }
  if (feature === 'total-on-request') return probeEnd(inquiry);
  if (feature === 'post-search') return probePost(inquiry);
  const searched = searchIn(feature);
  if (!searched) return;
  await probeSearch(inquiry, searched.type, searched.name);
  const isLost = !inquiry.features.has(feature) && isSearchKnown(inquiry, searched.type);
  if (isLost) await probeType(inquiry, searched.type);
}
