/** The R5 resource types that this service reads; all others in a bundle are passed over. */
import type {
  ActivityDefinition,
  AdministrableProductDefinition,
  ClinicalUseDefinition,
  FhirResource as R5Resource,
  Ingredient,
  ManufacturedItemDefinition,
  MedicinalProductDefinition,
  Organization,
  PackagedProductDefinition,
  RegulatedAuthorization,
  SubstanceDefinition,
} from 'fhir/r5.js';

interface Resources {
  ActivityDefinition: ActivityDefinition;
  AdministrableProductDefinition: AdministrableProductDefinition;
  ClinicalUseDefinition: ClinicalUseDefinition;
  Ingredient: Ingredient;
  ManufacturedItemDefinition: ManufacturedItemDefinition;
  MedicinalProductDefinition: MedicinalProductDefinition;
  Organization: Organization;
  PackagedProductDefinition: PackagedProductDefinition;
  RegulatedAuthorization: RegulatedAuthorization;
  SubstanceDefinition: SubstanceDefinition;
}

export type ResourceType = keyof Resources;

/** A resource of one type as the upstream gave it, with the id that a stored resource always has. */
export type ResourceOf<Type extends ResourceType> = Type extends ResourceType
  ? Resources[Type] & { readonly id: string }
  : never;

/** Any resource that this service reads; `resourceType` tells which. */
export type FhirResource = ResourceOf<ResourceType>;

const byName: Readonly<Record<ResourceType, true>> = {
  ActivityDefinition: true,
  AdministrableProductDefinition: true,
  ClinicalUseDefinition: true,
  Ingredient: true,
  ManufacturedItemDefinition: true,
  MedicinalProductDefinition: true,
  Organization: true,
  PackagedProductDefinition: true,
  RegulatedAuthorization: true,
  SubstanceDefinition: true,
};

export function isResourceType(name: unknown): name is ResourceType {
  return typeof name === 'string' && Object.hasOwn(byName, name);
}

/** What R5 lets these resources refer to, and is not read here. */
const others: ReadonlySet<string> = new Set<R5Resource['resourceType']>([
  'Binary',
  'BiologicallyDerivedProduct',
  'CareTeam',
  'Citation',
  'Device',
  'DeviceDefinition',
  'DocumentReference',
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

/** Whether a reference to such a type means that type; some servers write names of their own. */
export function isFhirType(name: string): boolean {
  return isResourceType(name) || others.has(name);
}

/** Those records that are of one type. */
export function ofType<Type extends ResourceType>(
  type: Type,
  records: readonly FhirResource[],
): readonly ResourceOf<Type>[] {
  return records.filter((record): record is ResourceOf<Type> => record.resourceType === type);
}
