/** A product with all records that belong to it, found by references only. */
import type {
  AdministrableProductDefinition,
  ClinicalUseDefinition,
  Ingredient,
  ManufacturedItemDefinition,
  MedicinalProductDefinition,
  Organization,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Reference,
  RegulatedAuthorization,
  Resource,
} from 'fhir/r5.js';
import { bareOf, idIn } from './words.js';

export interface Family {
  readonly product: MedicinalProductDefinition;
  readonly packs: readonly PackagedProductDefinition[];
  readonly administrables: readonly AdministrableProductDefinition[];
  /** Ids of the items in packages at any depth and in `producedFrom`, without duplicates. Some items may not exist. */
  readonly itemIds: readonly string[];
  readonly items: readonly ManufacturedItemDefinition[];
  readonly ingredients: readonly Ingredient[];
  readonly own: readonly RegulatedAuthorization[];
  readonly ofPacks: readonly RegulatedAuthorization[];
  readonly uses: readonly ClinicalUseDefinition[];
  readonly organizations: ReadonlyMap<string, Organization>;
}

export function familiesIn(resources: readonly Resource[]): readonly Family[] {
  const of = <R extends Resource>(type: string): readonly R[] =>
    resources.filter(({ resourceType }) => resourceType === type) as unknown as readonly R[];
  const packsOf = naming(
    of<PackagedProductDefinition>('PackagedProductDefinition'),
    ({ packageFor }) => packageFor,
  );
  const administrablesOf = naming(
    of<AdministrableProductDefinition>('AdministrableProductDefinition'),
    ({ formOf }) => formOf,
  );
  const authorizationsOf = naming(
    of<RegulatedAuthorization>('RegulatedAuthorization'),
    ({ subject }) => subject,
  );
  const ingredientsOf = naming(of<Ingredient>('Ingredient'), (ingredient) => ingredient.for);
  const usesOf = naming(of<ClinicalUseDefinition>('ClinicalUseDefinition'), ({ subject }) => subject);
  const items = new Map(
    of<ManufacturedItemDefinition>('ManufacturedItemDefinition').map((each) => [each.id ?? '', each]),
  );
  const organizations = new Map(of<Organization>('Organization').map((each) => [each.id ?? '', each]));

  return of<MedicinalProductDefinition>('MedicinalProductDefinition').map((product) => {
    const itself = { type: 'MedicinalProductDefinition', id: product.id ?? '' };
    const packs = packsOf([itself]);
    const administrables = administrablesOf([itself]);
    const named = [
      ...packs.flatMap(({ packaging }) => itemsIn(packaging)),
      ...administrables.flatMap(({ producedFrom }) => producedFrom ?? []),
    ].flatMap((reference) => idIn(reference) ?? []);
    const itemIds = [...new Set(named)];
    return {
      product,
      packs,
      administrables,
      itemIds,
      items: itemIds.flatMap((id) => items.get(id) ?? []),
      ingredients: ingredientsOf([
        itself,
        ...itemIds.map((id) => ({ type: 'ManufacturedItemDefinition', id })),
        ...administrables.map(({ id = '' }) => ({ type: 'AdministrableProductDefinition', id })),
      ]),
      own: authorizationsOf([itself]),
      ofPacks: authorizationsOf(packs.map(({ id = '' }) => ({ type: 'PackagedProductDefinition', id }))),
      uses: usesOf([itself]),
      organizations,
    };
  });
}

function itemsIn(packaging: PackagedProductDefinitionPackaging | undefined): readonly Reference[] {
  if (!packaging) return [];
  return [
    ...(packaging.containedItem ?? []).flatMap(({ item }) => item.reference ?? []),
    ...(packaging.packaging ?? []).flatMap(itemsIn),
  ];
}

interface Target {
  readonly type: string;
  readonly id: string;
}

/**
 * Returns a function that finds the resources that refer to any of the targets. A reference without a type matches targets of every
 * type.
 */
function naming<R extends Resource>(
  resources: readonly R[],
  referencesOf: (resource: R) => readonly Reference[] | undefined,
): (targets: readonly Target[]) => readonly R[] {
  const byId = new Map<string, { readonly resource: R; readonly type: string | undefined }[]>();
  for (const resource of resources)
    for (const reference of referencesOf(resource) ?? []) {
      const id = idIn(reference) ?? '';
      const [, type] = /([A-Za-z]+)\/[^/]+$/.exec(bareOf(reference)) ?? [];
      byId.set(id, [...(byId.get(id) ?? []), { resource, type }]);
    }
  return (targets) => [
    ...new Set(
      targets.flatMap(({ type, id }) =>
        (byId.get(id) ?? [])
          .filter((each) => each.type === undefined || each.type === type)
          .map(({ resource }) => resource),
      ),
    ),
  ];
}
