/** The R5 search parameters of the sandbox, and the elements that each of them reads. */

import type {
  AdministrableProductDefinition,
  ClinicalUseDefinition,
  CodeableConcept,
  Coding,
  DocumentReference,
  Identifier,
  Ingredient,
  MedicinalProductDefinition,
  Organization,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Reference,
  RegulatedAuthorization,
  Resource,
  SubstanceDefinition,
  ActivityDefinition,
  ManufacturedItemDefinition,
} from 'fhir/r5.js';
import { targetOf } from './references.js';

export interface Token {
  readonly system?: string | undefined;
  readonly code?: string | undefined;
}

export interface ReferenceParameter {
  readonly type: 'reference';
  readonly targets: readonly string[];
  readonly of: (resource: Resource) => readonly (Reference | undefined)[];
}

export type Parameter =
  | ReferenceParameter
  | { readonly type: 'token'; readonly of: (resource: Resource) => readonly Token[] }
  | { readonly type: 'string'; readonly of: (resource: Resource) => readonly string[] };

type Table = Readonly<Record<string, Readonly<Record<string, Parameter>>>>;

function reference<T extends Resource>(
  targets: readonly string[],
  of: (resource: T) => readonly (Reference | undefined)[] | undefined,
): Parameter {
  return { type: 'reference', targets, of: (resource) => of(resource as T) ?? [] };
}

function token<T extends Resource>(of: (resource: T) => readonly Token[]): Parameter {
  return { type: 'token', of: (resource) => of(resource as T) };
}

function string<T extends Resource>(of: (resource: T) => readonly string[]): Parameter {
  return { type: 'string', of: (resource) => of(resource as T) };
}

function identifierTokens(identifiers: Identifier | readonly Identifier[] | undefined): Token[] {
  return [identifiers ?? []].flat().map(({ system, value }) => ({ system, code: value }));
}

function conceptTokens(...concepts: readonly (CodeableConcept | undefined)[]): Token[] {
  return concepts
    .flatMap((concept) => concept?.coding ?? [])
    .map(({ system, code }: Coding) => ({ system, code }));
}

/**
 * Returns the token of a code whose code system R5 defines. A token without a system is a text that R5 searches as a
 * token.
 */
function codeTokens(code: string | undefined, system?: string): Token[] {
  return code === undefined ? [] : [{ code, system }];
}

function publicationTokens(status: string | undefined): Token[] {
  return codeTokens(status, 'http://hl7.org/fhir/publication-status');
}

/**
 * R5 searches only the outermost packaging. All parameters for contained items read the same references, whichever
 * kind of item the parameter is named after.
 */
function outermostItems(pack: PackagedProductDefinition): (Reference | undefined)[] {
  return (pack.packaging?.containedItem ?? []).map(({ item }) => item.reference);
}

/** The target types that R5 defines, without the types that the sandbox does not have. */
const product = ['MedicinalProductDefinition'];
const item = ['ManufacturedItemDefinition'];
const organization = ['Organization'];
const substance = ['SubstanceDefinition'];

const containedItem = reference<PackagedProductDefinition>(
  [...item, 'PackagedProductDefinition'],
  outermostItems,
);
const substanceReference = reference<Ingredient>(substance, (ingredient) => [
  ingredient.substance.code.reference,
]);

export const searchParameters: Table = {
  MedicinalProductDefinition: {
    name: string<MedicinalProductDefinition>(({ name }) => name.map(({ productName }) => productName)),
    identifier: token<MedicinalProductDefinition>(({ identifier }) => identifierTokens(identifier)),
    status: token<MedicinalProductDefinition>(({ status }) => conceptTokens(status)),
    domain: token<MedicinalProductDefinition>(({ domain }) => conceptTokens(domain)),
    type: token<MedicinalProductDefinition>(({ type }) => conceptTokens(type)),
    ingredient: token<MedicinalProductDefinition>(({ ingredient }) => conceptTokens(...(ingredient ?? []))),
    'product-classification': token<MedicinalProductDefinition>(({ classification }) =>
      conceptTokens(...(classification ?? [])),
    ),
    'name-language': token<MedicinalProductDefinition>(({ name }) =>
      conceptTokens(...name.flatMap(({ usage }) => usage ?? []).map(({ language }) => language)),
    ),
    contact: reference<MedicinalProductDefinition>(organization, ({ contact }) =>
      contact?.map((each) => each.contact),
    ),
    'master-file': reference<MedicinalProductDefinition>([], ({ masterFile }) => masterFile),
  },
  PackagedProductDefinition: {
    'package-for': reference<PackagedProductDefinition>(product, ({ packageFor }) => packageFor),
    'contained-item': containedItem,
    'manufactured-item': containedItem,
    package: containedItem,
    medication: containedItem,
    biological: containedItem,
    device: containedItem,
    nutrition: containedItem,
    identifier: token<PackagedProductDefinition>(({ identifier }) => identifierTokens(identifier)),
    status: token<PackagedProductDefinition>(({ status }) => conceptTokens(status)),
    name: token<PackagedProductDefinition>(({ name }) => codeTokens(name)),
  },
  Ingredient: {
    for: reference<Ingredient>(
      [...product, 'AdministrableProductDefinition', ...item],
      (ingredient) => ingredient.for,
    ),
    substance: substanceReference,
    'substance-definition': substanceReference,
    manufacturer: reference<Ingredient>(organization, ({ manufacturer }) =>
      manufacturer?.map((each) => each.manufacturer),
    ),
    'substance-code': token<Ingredient>(({ substance }) => conceptTokens(substance.code.concept)),
    role: token<Ingredient>(({ role }) => conceptTokens(role)),
    function: token<Ingredient>((ingredient) => conceptTokens(...(ingredient.function ?? []))),
    identifier: token<Ingredient>(({ identifier }) => identifierTokens(identifier)),
    status: token<Ingredient>(({ status }) => publicationTokens(status)),
  },
  RegulatedAuthorization: {
    subject: reference<RegulatedAuthorization>(
      [
        ...product,
        'PackagedProductDefinition',
        ...item,
        'Ingredient',
        'ActivityDefinition',
        ...organization,
        ...substance,
      ],
      ({ subject }) => subject,
    ),
    holder: reference<RegulatedAuthorization>(organization, ({ holder }) => [holder]),
    identifier: token<RegulatedAuthorization>(({ identifier }) => identifierTokens(identifier)),
    case: token<RegulatedAuthorization>((authorization) => identifierTokens(authorization.case?.identifier)),
    'case-type': token<RegulatedAuthorization>((authorization) => conceptTokens(authorization.case?.type)),
    region: token<RegulatedAuthorization>(({ region }) => conceptTokens(...(region ?? []))),
    status: token<RegulatedAuthorization>(({ status }) => conceptTokens(status)),
  },
  ManufacturedItemDefinition: {
    identifier: token<ManufacturedItemDefinition>(({ identifier }) => identifierTokens(identifier)),
    'dose-form': token<ManufacturedItemDefinition>(({ manufacturedDoseForm }) =>
      conceptTokens(manufacturedDoseForm),
    ),
    ingredient: token<ManufacturedItemDefinition>(({ ingredient }) => conceptTokens(...(ingredient ?? []))),
    name: token<ManufacturedItemDefinition>(({ name }) => codeTokens(name)),
    status: token<ManufacturedItemDefinition>(({ status }) => publicationTokens(status)),
  },
  AdministrableProductDefinition: {
    'form-of': reference<AdministrableProductDefinition>(product, ({ formOf }) => formOf),
    'manufactured-item': reference<AdministrableProductDefinition>(item, ({ producedFrom }) => producedFrom),
    device: reference<AdministrableProductDefinition>([], ({ device }) => [device]),
    route: token<AdministrableProductDefinition>(({ routeOfAdministration }) =>
      conceptTokens(...routeOfAdministration.map(({ code }) => code)),
    ),
    'dose-form': token<AdministrableProductDefinition>(({ administrableDoseForm }) =>
      conceptTokens(administrableDoseForm),
    ),
    ingredient: token<AdministrableProductDefinition>(({ ingredient }) =>
      conceptTokens(...(ingredient ?? [])),
    ),
    identifier: token<AdministrableProductDefinition>(({ identifier }) => identifierTokens(identifier)),
    status: token<AdministrableProductDefinition>(({ status }) => publicationTokens(status)),
  },
  ClinicalUseDefinition: {
    subject: reference<ClinicalUseDefinition>([...product, 'ActivityDefinition'], ({ subject }) => subject),
    product: reference<ClinicalUseDefinition>(product, ({ subject }) => subject?.filter(isOfProduct)),
    identifier: token<ClinicalUseDefinition>(({ identifier }) => identifierTokens(identifier)),
    type: token<ClinicalUseDefinition>(({ type }) =>
      codeTokens(type, 'http://hl7.org/fhir/clinical-use-definition-type'),
    ),
    status: token<ClinicalUseDefinition>(({ status }) => conceptTokens(status)),
    indication: token<ClinicalUseDefinition>(({ indication }) =>
      conceptTokens(indication?.diseaseSymptomProcedure?.concept),
    ),
    contraindication: token<ClinicalUseDefinition>(({ contraindication }) =>
      conceptTokens(contraindication?.diseaseSymptomProcedure?.concept),
    ),
    effect: token<ClinicalUseDefinition>(({ undesirableEffect }) =>
      conceptTokens(undesirableEffect?.symptomConditionEffect?.concept),
    ),
    interaction: token<ClinicalUseDefinition>(({ interaction }) => conceptTokens(interaction?.type)),
  },
  Organization: {
    name: string<Organization>(({ name, alias }) => [
      ...(name === undefined ? [] : [name]),
      ...(alias ?? []),
    ]),
    identifier: token<Organization>(({ identifier, qualification }) => [
      ...identifierTokens(identifier),
      ...identifierTokens((qualification ?? []).flatMap((each) => each.identifier ?? [])),
    ]),
    type: token<Organization>(({ type }) => conceptTokens(...(type ?? []))),
    active: token<Organization>(({ active }) => codeTokens(active?.toString())),
    partof: reference<Organization>(organization, ({ partOf }) => [partOf]),
  },
  SubstanceDefinition: {
    code: token<SubstanceDefinition>(({ code }) => conceptTokens(...(code ?? []).map((each) => each.code))),
    name: string<SubstanceDefinition>(({ name }) => (name ?? []).map((each) => each.name)),
    identifier: token<SubstanceDefinition>(({ identifier }) => identifierTokens(identifier)),
    domain: token<SubstanceDefinition>(({ domain }) => conceptTokens(domain)),
    classification: token<SubstanceDefinition>(({ classification }) =>
      conceptTokens(...(classification ?? [])),
    ),
  },
  DocumentReference: {
    identifier: token<DocumentReference>(({ identifier }) => identifierTokens(identifier)),
    type: token<DocumentReference>(({ type }) => conceptTokens(type)),
    language: token<DocumentReference>(({ content }) =>
      content.flatMap(({ attachment }) => codeTokens(attachment.language)),
    ),
    status: token<DocumentReference>(({ status }) => codeTokens(status)),
  },
  ActivityDefinition: {
    identifier: token<ActivityDefinition>(({ identifier }) => identifierTokens(identifier)),
    name: string<ActivityDefinition>(({ name }) => (name === undefined ? [] : [name])),
    title: string<ActivityDefinition>(({ title }) => (title === undefined ? [] : [title])),
    status: token<ActivityDefinition>(({ status }) => publicationTokens(status)),
    kind: token<ActivityDefinition>(({ kind }) => codeTokens(kind)),
    topic: token<ActivityDefinition>(({ topic }) => conceptTokens(...(topic ?? []))),
  },
};

/** Whether a subject may be a product. A reference without a type may be one to a product. */
function isOfProduct(subject: Reference): boolean {
  const type = targetOf(subject)?.type;
  return type === undefined || type === 'MedicinalProductDefinition';
}

/** Returns the references to all items in a package, at any depth of its packaging. */
export function packedItems(
  packaging: PackagedProductDefinitionPackaging | undefined,
): (Reference | undefined)[] {
  if (packaging === undefined) return [];
  const own = (packaging.containedItem ?? []).map(({ item: contained }) => contained.reference);
  return [...own, ...(packaging.packaging ?? []).flatMap(packedItems)];
}
