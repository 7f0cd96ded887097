/** The R5 resource types that this service reads. Resources of other types in a Bundle are ignored. */
import type { FhirResource as R5Resource } from 'fhir/r5.js';

const resourceTypes = [
  'ActivityDefinition',
  'AdministrableProductDefinition',
  'ClinicalUseDefinition',
  'DocumentReference',
  'Ingredient',
  'ManufacturedItemDefinition',
  'MedicinalProductDefinition',
  'Organization',
  'PackagedProductDefinition',
  'RegulatedAuthorization',
  'SubstanceDefinition',
] as const satisfies readonly R5Resource['resourceType'][];

export type ResourceType = (typeof resourceTypes)[number];

/** A resource of one type as the upstream sent it. Stored resources always have an id. */
export type ResourceOf<Type extends ResourceType> = Type extends ResourceType
  ? Extract<R5Resource, { readonly resourceType: Type }> & { readonly id: string }
  : never;

/** A resource of any type that this service reads, discriminated by `resourceType`. */
export type FhirResource = ResourceOf<ResourceType>;

const names: ReadonlySet<unknown> = new Set(resourceTypes);

export function isResourceType(name: unknown): name is ResourceType {
  return names.has(name);
}

/** Resource types that this service does not read, but that its resources may refer to according to R5. */
const others: ReadonlySet<string> = new Set<R5Resource['resourceType']>([
  'Binary',
  'BiologicallyDerivedProduct',
  'CareTeam',
  'Citation',
  'Device',
  'DeviceDefinition',
  'Endpoint',
  'Group',
  'HealthcareService',
  'Location',
  'Medication',
  'NutritionProduct',
  'ObservationDefinition',
  'Patient',
  'PlanDefinition',
  'Practitioner',
  'PractitionerRole',
  'RelatedPerson',
  'ResearchStudy',
  'Substance',
  'SubstanceNucleicAcid',
  'SubstancePolymer',
  'SubstanceProtein',
  'SubstanceReferenceInformation',
]);

/** Whether a name is a FHIR resource type. Some servers write their own type names in references. */
export function isFhirType(name: string): boolean {
  return isResourceType(name) || others.has(name);
}

/** Returns those records that have a given type. */
export function ofType<Type extends ResourceType>(
  type: Type,
  records: readonly FhirResource[],
): readonly ResourceOf<Type>[] {
  return records.filter((record): record is ResourceOf<Type> => record.resourceType === type);
}
