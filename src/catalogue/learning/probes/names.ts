/** Probes how a search matches text within names. */
import type { Page } from '../../../fhir/bundle.js';
import { asSent } from '../../../fhir/guarded.js';
import type { FhirResource } from '../../../fhir/resources.js';
import type { SearchParameter } from '../../../fhir/search.js';
import { nameSearch } from '../../plan/capabilities.js';
import { nobody, productType, sampleSize, type Inquiry } from './inquiry.js';

export async function probeNames(inquiry: Inquiry, { resources }: Page): Promise<void> {
  const [inner] = resources.flatMap((product) => innerOf(product) ?? []);
  if (inner === undefined) return;
  const isContains = await finds(inquiry, resources, inner, { name: 'name' });
  inquiry.note('name-is-contains', isContains);
  const isFound =
    isContains || (await finds(inquiry, resources, inner, { name: 'name', modifier: 'contains' }));
  inquiry.note(nameSearch, isFound);
}

async function finds(
  { search, findsNothing }: Inquiry,
  sample: readonly FhirResource[],
  inner: string,
  parameter: Pick<SearchParameter, 'name' | 'modifier'>,
): Promise<boolean> {
  const found = await search(productType, [
    { ...parameter, values: [inner] },
    { name: '_count', values: [sampleSize] },
  ]);
  if (!found?.resources.some((each) => bears(inner, each))) return false;
  const isSelective = found.resources.every((each) => bears(inner, each));
  // A server that ignores the parameter also returns products whose names do not contain the text.
  if (isSelective && !sample.every((each) => bears(inner, each))) return true;
  return findsNothing(productType, [{ ...parameter, values: [nobody] }]);
}

/**
 * Returns a piece from the middle of a word in a name. If a search for this piece finds the name, the server matches
 * text within words.
 */
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
