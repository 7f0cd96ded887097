/** The R5 search parameters that the sandbox knows, and the elements each of them reads. */

import type {
  AdministrableProductDefinition,
  ClinicalUseDefinition,
  CodeableConcept,
  Coding,
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
import { parseReference, targetOf } from './references.js';
import { splitUnescaped, unescapeSearch } from './text.js';

export interface Token {
  readonly system?: string | undefined;
  readonly code?: string | undefined;
}

export type Parameter =
  | {
      readonly type: 'reference';
      readonly targets: readonly string[];
      readonly of: (resource: Resource) => readonly (Reference | undefined)[];
    }
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

/** `contained-item` and `manufactured-item` read the outermost packaging only, as the R5 expression says. */
function outermostItems(pack: PackagedProductDefinition): (Reference | undefined)[] {
  return (pack.packaging?.containedItem ?? []).map(({ item }) => item.reference);
}

const product = ['MedicinalProductDefinition'];
const item = ['ManufacturedItemDefinition'];
const organization = ['Organization'];

export const searchParameters: Table = {
  MedicinalProductDefinition: {
    name: string<MedicinalProductDefinition>(({ name }) => name.map(({ productName }) => productName)),
    identifier: token<MedicinalProductDefinition>(({ identifier }) => identifierTokens(identifier)),
    status: token<MedicinalProductDefinition>(({ status }) => conceptTokens(status)),
    domain: token<MedicinalProductDefinition>(({ domain }) => conceptTokens(domain)),
  },
  PackagedProductDefinition: {
    'package-for': reference<PackagedProductDefinition>(product, ({ packageFor }) => packageFor),
    'contained-item': reference<PackagedProductDefinition>(item, outermostItems),
    'manufactured-item': reference<PackagedProductDefinition>(item, outermostItems),
    identifier: token<PackagedProductDefinition>(({ identifier }) => identifierTokens(identifier)),
    status: token<PackagedProductDefinition>(({ status }) => conceptTokens(status)),
  },
  Ingredient: {
    for: reference<Ingredient>(
      [...product, ...item, 'AdministrableProductDefinition'],
      (ingredient) => ingredient.for,
    ),
    'substance-code': token<Ingredient>(({ substance }) => conceptTokens(substance.code.concept)),
    role: token<Ingredient>(({ role }) => conceptTokens(role)),
  },
  RegulatedAuthorization: {
    subject: reference<RegulatedAuthorization>(
      [...product, 'PackagedProductDefinition', 'ActivityDefinition'],
      ({ subject }) => subject,
    ),
    holder: reference<RegulatedAuthorization>(organization, ({ holder }) => [holder]),
    identifier: token<RegulatedAuthorization>(({ identifier }) => identifierTokens(identifier)),
    case: token<RegulatedAuthorization>((authorization) => identifierTokens(authorization.case?.identifier)),
  },
  ManufacturedItemDefinition: {
    identifier: token<ManufacturedItemDefinition>(({ identifier }) => identifierTokens(identifier)),
    'dose-form': token<ManufacturedItemDefinition>(({ manufacturedDoseForm }) =>
      conceptTokens(manufacturedDoseForm),
    ),
  },
  AdministrableProductDefinition: {
    'form-of': reference<AdministrableProductDefinition>(product, ({ formOf }) => formOf),
    'manufactured-item': reference<AdministrableProductDefinition>(item, ({ producedFrom }) => producedFrom),
    route: token<AdministrableProductDefinition>(({ routeOfAdministration }) =>
      conceptTokens(...routeOfAdministration.map(({ code }) => code)),
    ),
  },
  ClinicalUseDefinition: {
    subject: reference<ClinicalUseDefinition>(product, ({ subject }) => subject),
    product: reference<ClinicalUseDefinition>(product, ({ subject }) => subject),
  },
  Organization: {
    name: string<Organization>(({ name, alias }) => [
      ...(name === undefined ? [] : [name]),
      ...(alias ?? []),
    ]),
    identifier: token<Organization>(({ identifier }) => identifierTokens(identifier)),
  },
  SubstanceDefinition: {
    code: token<SubstanceDefinition>(({ code }) => conceptTokens(...(code ?? []).map((each) => each.code))),
    name: string<SubstanceDefinition>(({ name }) => (name ?? []).map((each) => each.name)),
  },
  ActivityDefinition: {
    identifier: token<ActivityDefinition>(({ identifier }) => identifierTokens(identifier)),
  },
};

/** Every item that a package names, at any depth of its packaging. */
export function packedItems(
  packaging: PackagedProductDefinitionPackaging | undefined,
): (Reference | undefined)[] {
  if (packaging === undefined) return [];
  const own = (packaging.containedItem ?? []).map(({ item: contained }) => contained.reference);
  return [...own, ...(packaging.packaging ?? []).flatMap(packedItems)];
}

/** The keys under which a resource is found by a token or reference parameter. */
export function indexKeys(parameter: Parameter, resource: Resource): string[] {
  if (parameter.type === 'reference') return parameter.of(resource).flatMap(referenceKey);
  if (parameter.type === 'token') return parameter.of(resource).flatMap(tokenKeys);
  return [];
}

function referenceKey(from: Reference | undefined): string[] {
  const target = targetOf(from);
  return target === undefined ? [] : [`${target.type ?? '?'}/${target.id}`];
}

function tokenKeys({ system, code }: Token): string[] {
  return code === undefined ? [] : [`*|${code}`, `${system ?? ''}|${code}`];
}

/** The index keys that one value of a query asks for. */
export function queryKeys(parameter: Parameter, value: string): string[] {
  if (parameter.type === 'token') return [tokenQueryKey(value)];
  if (parameter.type === 'string') return [];
  const target = parseReference(unescapeSearch(value));
  if (target === undefined) return [];
  const types = target.type === undefined ? parameter.targets : [target.type];
  return [...types, '?'].map((type) => `${type}/${target.id}`);
}

function tokenQueryKey(value: string): string {
  const [first = '', second] = splitUnescaped(value, '|').map(unescapeSearch);
  return second === undefined ? `*|${first}` : `${first}|${second}`;
}
