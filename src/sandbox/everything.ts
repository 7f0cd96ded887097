/** `MedicinalProductDefinition/{id}/$everything`: the product and all its details. */

import type {
  AdministrableProductDefinition,
  MedicinalProductDefinition,
  PackagedProductDefinition,
  Reference,
  Resource,
} from 'fhir/r5.js';
import type { Holdings } from './holdings.js';
import { packedItems } from './parameters.js';
import { literalReferences, parseReference, targetOf } from './references.js';

/** Resource types that the bundle includes if another of its resources refers to them. */
const fellowTypes = new Set([
  'Organization',
  'SubstanceDefinition',
  'ActivityDefinition',
  'ClinicalUseDefinition',
  'DocumentReference',
]);

/** Returns the product first, then its details; undefined if the product does not exist. */
export function everythingAbout(holdings: Holdings, id: string): Resource[] | undefined {
  const product = holdings.read('MedicinalProductDefinition', id);
  if (product === undefined) return undefined;
  const packs = referringTo(holdings, 'PackagedProductDefinition', 'package-for', [product]);
  const administrables = referringTo(holdings, 'AdministrableProductDefinition', 'form-of', [product]);
  const items = itemsNamedIn(
    product as MedicinalProductDefinition,
    packs as PackagedProductDefinition[],
    administrables as AdministrableProductDefinition[],
  );
  const parts = [
    product,
    ...referringTo(holdings, 'RegulatedAuthorization', 'subject', [product]),
    ...packs,
    ...referringTo(holdings, 'RegulatedAuthorization', 'subject', packs),
    ...administrables,
    ...items.flatMap(({ id }) => holdings.read('ManufacturedItemDefinition', id) ?? []),
    // An item may be missing from the sandbox while the ingredients that refer to it exist.
    ...referringTo(holdings, 'Ingredient', 'for', [product, ...items, ...administrables]),
    ...referringTo(holdings, 'ClinicalUseDefinition', 'subject', [product]),
  ];
  return withFellows(holdings, parts);
}

interface Named {
  readonly resourceType: string;
  readonly id?: string | undefined;
}

function referringTo(
  holdings: Holdings,
  type: string,
  parameter: string,
  targets: readonly Named[],
): readonly Resource[] {
  return targets.flatMap((target) =>
    holdings.referring(type, parameter, `${target.resourceType}/${target.id ?? ''}`),
  );
}

/** Returns the items that the records of a product refer to, even if these items do not exist in the sandbox. */
function itemsNamedIn(
  { comprisedOf = [] }: MedicinalProductDefinition,
  packs: readonly PackagedProductDefinition[],
  administrables: readonly AdministrableProductDefinition[],
): (Named & { readonly id: string })[] {
  const references: (Reference | undefined)[] = [
    ...comprisedOf.filter((each) => targetOf(each)?.type === 'ManufacturedItemDefinition'),
    ...packs.flatMap(({ packaging }) => packedItems(packaging)),
    ...administrables.flatMap(({ producedFrom }) => producedFrom ?? []),
  ];
  const ids = new Set(references.flatMap((reference) => targetOf(reference)?.id ?? []));
  return [...ids].sort().map((id) => ({ resourceType: 'ManufacturedItemDefinition', id }));
}

/** Adds the organizations, substances and other resources that the bundle refers to, recursively. */
function withFellows(holdings: Holdings, parts: readonly Resource[]): Resource[] {
  const found = new Set(parts);
  for (const resource of found) {
    for (const reference of literalReferences(resource)) {
      const target = parseReference(reference);
      if (target?.type === undefined || !fellowTypes.has(target.type)) continue;
      const fellow = holdings.read(target.type, target.id);
      if (fellow !== undefined) found.add(fellow);
    }
  }
  return [...found];
}
