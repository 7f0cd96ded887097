/** Probes of what it takes to find a text inside of names. */
import type { Page } from '../../../fhir/bundle.js';
import { asSent } from '../../../fhir/guarded.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { productType, sampleSize, type Inquiry } from './inquiry.js';

export async function probeNames({ search, note }: Inquiry, { resources }: Page): Promise<void> {
  const inner = resources.map(innerOf).find((text) => text !== undefined);
  if (inner === undefined) return;
  const count = { name: '_count', values: [sampleSize] } as const;
  const plain = await search(productType, [{ name: 'name', values: [inner] }, count]);
  const isContains = plain?.resources.some((product) => bears(inner, product)) ?? false;
  note('name-is-contains', isContains);
  if (isContains) note(`search ${productType}?name`, true);
  else {
    const found = await search(productType, [{ name: 'name', modifier: 'contains', values: [inner] }, count]);
    note(`search ${productType}?name`, found?.resources.some((each) => bears(inner, each)) ?? false);
  }
}

/** A piece of a name that begins no word: a search that finds it looks into words. */
function innerOf(product: FhirResource): string | undefined {
  const [text] = namesIn(product).flatMap((name) => /^\p{L}(\p{L}{3,12})/u.exec(name)?.[1] ?? []);
  return text;
}

function bears(inner: string, product: FhirResource): boolean {
  const wanted = inner.toLowerCase();
  return namesIn(product).some((name) => {
    const at = name.toLowerCase().indexOf(wanted);
    return at > 0 && /\p{L}/u.test(name[at - 1] ?? '');
  });
}

export function namesIn(product: FhirResource): readonly string[] {
  const names: unknown = nameOf(product);
  if (!Array.isArray(names)) return [];
  return (names as readonly unknown[]).flatMap((name) => {
    const { productName } = (name ?? {}) as { readonly productName?: unknown };
    return typeof productName === 'string' ? [productName] : [];
  });
}

export function nameOf(resource: FhirResource): unknown {
  const sent = asSent(resource);
  return 'name' in sent ? sent.name : undefined;
}
