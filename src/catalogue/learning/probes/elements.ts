/** Probes whether the upstream returns only the elements that `_elements` requests. */
import type { Page } from '../../../fhir/bundle.js';
import type { SearchParameters } from '../../../fhir/search.js';
import { productType, type Inquiry } from './inquiry.js';
import { nameOf } from './names.js';

export async function probeElements(
  { search, note }: Inquiry,
  sample: Page,
  feature: 'elements' | 'elements-by-type',
): Promise<void> {
  const element = feature === 'elements' ? 'name' : `${productType}.name`;
  note(feature, isNarrowed(sample, await search(productType, narrow(sample, element))));
}

function narrow({ resources }: Page, element: string): SearchParameters {
  return [
    { name: '_elements', values: [element] },
    { name: '_count', values: [resources.length] },
  ];
}

/** Whether the records have the same names as before and lack another element, so that `_elements` works. */
function isNarrowed({ resources }: Page, narrowed: Page | undefined): boolean {
  const before = new Map(resources.map((resource) => [resource.id, resource]));
  const pairs = narrowed?.resources.flatMap((resource) => {
    const whole = before.get(resource.id);
    return whole ? [[whole, resource] as const] : [];
  });
  if (!pairs?.length) return false;
  const isKept = pairs.every(
    ([whole, part]) => JSON.stringify(nameOf(whole)) === JSON.stringify(nameOf(part)),
  );
  return isKept && pairs.some(([whole, part]) => Object.keys(part).length < Object.keys(whole).length);
}
