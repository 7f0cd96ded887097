/** Functions that read FHIR resources, for the servers with a schema written by hand. */

export const count = 500;

export function resourcesIn(bundle) {
  return (bundle.entry ?? []).map(({ resource }) => resource);
}

/** Returns the children of each parent, in the order of the parents. */
export function grouped(children, referencesOf, parents) {
  const byParent = new Map(parents.map((parent) => [parent, []]));
  for (const child of children) {
    for (const { reference } of referencesOf(child)) byParent.get(reference)?.push(child);
  }
  return parents.map((parent) => byParent.get(parent));
}

export function itemsIn(pack) {
  return (pack.packaging?.containedItem ?? []).map(({ item }) => item.reference.reference);
}

export function idOf(reference) {
  return reference.slice(reference.indexOf('/') + 1);
}

export function codeOf(concept) {
  return concept?.coding?.[0]?.code ?? null;
}
