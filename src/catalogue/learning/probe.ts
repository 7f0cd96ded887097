/** Harmless questions that show what an upstream does, whatever it says: each reads a few rows at most. */
import type { Page } from '../../fhir/bundle.js';
import type { FhirClient } from '../../fhir/client.js';
import type { Capabilities } from '../plan/capabilities.js';
import { probeElements } from './probes/elements.js';
import { anew, createInquiry, productType } from './probes/inquiry.js';
import { probeNames } from './probes/names.js';
import { probeOrders } from './probes/orders.js';
import { probeEverything, takeSample } from './probes/pages.js';
import { probeFilters, probeLinks, probeOr } from './probes/searches.js';

export interface Probe {
  /** A page of products, to ask further questions about; undefined where there is none. */
  sample(): Promise<Page | undefined>;
  everything(sample: Page): Promise<void>;
  read(sample: Page): Promise<void>;
  /** What it takes to find a text inside of names. */
  name(sample: Page): Promise<void>;
  /** Several ids at once. */
  or(sample: Page): Promise<void>;
  /** The searches that links need. A parameter that is ignored finds what it must not. */
  searches(): Promise<void>;
  elements(sample: Page): Promise<void>;
  /** The searches that filters use. */
  filters(): Promise<void>;
  /** Whether products come in the order asked for, both ways. */
  sort(sample: Page): Promise<void>;
}

export function createProbe(capabilities: Capabilities, client: FhirClient): Probe {
  const inquiry = createInquiry(capabilities, client);
  return {
    sample: () => takeSample(inquiry),
    everything: (sample) => probeEverything(inquiry, sample),
    async read({ resources: [product] }) {
      if (product) inquiry.note('read', (await client.read(productType, product.id, anew)) !== undefined);
    },
    name: (sample) => probeNames(inquiry, sample),
    or: (sample) => probeOr(inquiry, sample),
    searches: () => probeLinks(inquiry),
    elements: (sample) => probeElements(inquiry, sample),
    filters: () => probeFilters(inquiry),
    sort: (sample) => probeOrders(inquiry, sample),
  };
}
