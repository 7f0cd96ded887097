/** Ground truth: the answer to any operation on products, worked out by graphql-js from the sample files alone. */
import type {
  AdministrableProductDefinition,
  CodeableConcept,
  Coding,
  FhirResource,
  Identifier,
  Ingredient,
  ManufacturedItemDefinition,
  MedicinalProductDefinition,
  Organization,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  Quantity,
  Ratio,
  Reference,
  RegulatedAuthorization,
} from 'fhir/r5.js';
import { buildSchema, executeSync, parse } from 'graphql';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { emaTerms } from '../../src/terms/ema-terms.js';
import type { Operation } from '../support/hapi.js';

/** A resource as a server holds it. */
type Stored<Resource extends FhirResource> = Resource & { readonly id: string };

interface PageArgs {
  readonly first: number;
  readonly after?: string | null;
}

export interface Truth {
  readonly products: readonly Stored<MedicinalProductDefinition>[];
  /** The expected `data` of an operation whose field `products` finds the given products, in the server's order. */
  answer(operation: Operation, found?: Found): unknown;
}

/** A page of products. */
export interface Found {
  readonly ids: readonly string[];
  /** On all pages. */
  readonly total: number;
  readonly hasNext: boolean;
}

export function createTruth(resources: readonly FhirResource[]): Truth {
  const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
  const held = new Map(resources.map((resource) => [keyOf(resource), resource]));

  /** What the references lead to, of one type, each once and in the order of ids. */
  function targets<Resource extends FhirResource>(
    type: Resource['resourceType'],
    references: readonly (Reference | undefined)[] | undefined,
  ): Stored<Resource>[] {
    const found = new Map<string, Stored<Resource>>();
    for (const { reference = '' } of (references ?? []).filter((each) => each !== undefined)) {
      const target = held.get(reference);
      if (!target) throw new Error(`the sample files refer to ${reference}, which they do not hold`);
      if (target.resourceType === type) found.set(reference, target as Stored<Resource>);
    }
    return ordered([...found.values()]);
  }

  /** All resources of one type that refer to one of the others, each once and in the order of ids. */
  function referring<Resource extends FhirResource>(
    type: Resource['resourceType'],
    references: (resource: Resource) => readonly (Reference | undefined)[] | undefined,
    to: readonly FhirResource[],
  ): Stored<Resource>[] {
    const keys = new Set(to.map(keyOf));
    const all = resources.filter((resource) => resource.resourceType === type) as Stored<Resource>[];
    return ordered(all.filter((each) => references(each)?.some((ref) => keys.has(ref?.reference ?? ''))));
  }

  const products = resources.filter(
    (resource) => resource.resourceType === 'MedicinalProductDefinition',
  ) as Stored<MedicinalProductDefinition>[];

  const packagesOf = (product: FhirResource): Stored<PackagedProductDefinition>[] =>
    referring('PackagedProductDefinition', ({ packageFor }: PackagedProductDefinition) => packageFor, [
      product,
    ]);
  const administrablesOf = (product: FhirResource): Stored<AdministrableProductDefinition>[] =>
    referring('AdministrableProductDefinition', ({ formOf }: AdministrableProductDefinition) => formOf, [
      product,
    ]);
  const authorizationsOf = (...subjects: readonly FhirResource[]): Stored<RegulatedAuthorization>[] =>
    referring('RegulatedAuthorization', ({ subject }: RegulatedAuthorization) => subject, subjects);
  const ingredientsOf = (...parts: readonly FhirResource[]): Stored<Ingredient>[] =>
    referring('Ingredient', (ingredient: Ingredient) => ingredient.for, parts);
  const itemsOf = (product: FhirResource): Stored<ManufacturedItemDefinition>[] =>
    targets('ManufacturedItemDefinition', [
      ...packagesOf(product).flatMap(({ packaging }) => containedIn(packaging)),
      ...administrablesOf(product).flatMap(({ producedFrom = [] }) => producedFrom),
    ]);
  const marketingOf = (...subjects: readonly FhirResource[]): Stored<RegulatedAuthorization>[] =>
    authorizationsOf(...subjects).filter((authorization) => kindOf(authorization) === 'MARKETING');

  function marketingOfProduct(product: FhirResource): Stored<RegulatedAuthorization> | undefined {
    return marketingOf(product)[0] ?? marketingOf(...packagesOf(product))[0];
  }

  /** The statuses of the files are those of valid authorizations, or those of publications, which say nothing of it. */
  function lifecycleOf(product: FhirResource): string {
    const own = marketingOf(product);
    const counted = own.length > 0 ? own : marketingOf(...packagesOf(product));
    const isValid = counted.some(({ status }) =>
      codesOf(status).some((code) => code === '100000072099' || code === '200000017708'),
    );
    return isValid ? 'AUTHORIZED' : 'UNKNOWN';
  }

  const organizations = (references: readonly (Reference | undefined)[] | undefined) =>
    targets<Organization>('Organization', references).map(organization);

  const product = (resource: Stored<MedicinalProductDefinition>): object => {
    const administrables = administrablesOf(resource);
    const ingredients = ingredientsOf(resource, ...itemsOf(resource), ...administrables);
    const marketing = marketingOfProduct(resource);
    const codings = (resource.classification ?? []).flatMap(({ coding = [] }) => coding);
    return {
      ...record('Product', resource),
      pmsId: resource.id,
      mpid: numberIn(resource.identifier, 'mpid'),
      evCode: null,
      name: resource.name[0]?.productName,
      brand: resource.name
        .flatMap(({ part = [] }) => part)
        .find(({ type }) => nameKindOf(type) === 'INVENTED')?.part,
      lifecycle: lifecycleOf(resource),
      // No file tells a date of an authorization.
      firstAuthorized: null,
      // Which keys are equal is tested elsewhere.
      compositionKey: anyKey,
      names: resource.name.map(({ productName, part = [], usage = [] }) => ({
        text: productName,
        parts: part.map(({ part: text, type }) => ({ text, kind: nameKindOf(type), type: concept(type) })),
        usages: usage.map(({ country, jurisdiction, language }) => ({
          country: concept(country),
          jurisdiction: concept(jurisdiction),
          language: concept(language),
        })),
      })),
      identifiers: identifiers(resource.identifier),
      domain: concept(resource.domain),
      status: concept(resource.status),
      type: concept(resource.type),
      description: resource.description,
      indication: resource.indication,
      doseForm: concept(resource.combinedPharmaceuticalDoseForm),
      routes: distinct(
        administrables.flatMap(({ routeOfAdministration }) =>
          routeOfAdministration.flatMap(({ code }) => valuesOf(code)),
        ),
        ({ coding }) => coding?.[0]?.code,
      ).map(concept),
      classifications: concepts(resource.classification),
      // Of a term without WHO's code only the term is certain; the text may be either entry's.
      atc: codings.filter(isAtcCode).map(({ code }) => ({ code, text: textOf({ coding: codings }) })),
      legalStatusOfSupply: concept(resource.legalStatusOfSupply),
      additionalMonitoring: concept(resource.additionalMonitoringIndicator),
      pediatricUse: concept(resource.pediatricUseIndicator),
      specialMeasures: concepts(resource.specialMeasures),
      packages: (args: PageArgs) => connection(packagesOf(resource).map(pack), args),
      ingredients: (args: PageArgs & { readonly role?: string | null }) =>
        connection(ingredients.filter(hasRole(args.role)).map(ingredient), args),
      // No file has any of these.
      attachedDocuments: [],
      characteristics: [],
      ingredientWords: concepts(resource.ingredient),
      comprisedOf: [],
      impurities: [],
      crossReferences: [],
      activeSubstances: distinct(
        ingredients.filter(hasRole('ACTIVE')),
        (each) => each.substance.code.concept?.coding?.[0]?.code,
      ).map(substance),
      activeMoieties: moietiesOf(ingredients.filter(hasRole('ACTIVE'))),
      manufacturedItems: () => itemsOf(resource).map(item),
      administrableProducts: () => administrables.map(administrable),
      authorizations: ({ type }: { readonly type?: string | null }) =>
        authorizationsOf(resource)
          .filter((each) => !type || kindOf(each) === type)
          .map(authorization),
      marketingAuthorization: () => marketing && authorization(marketing),
      holder: () => organizations([marketing?.holder])[0],
    };
  };

  const pack = (resource: Stored<PackagedProductDefinition>): object => {
    const packaged = targets<MedicinalProductDefinition>('MedicinalProductDefinition', resource.packageFor);
    return {
      ...record('Package', resource),
      pcid: numberIn(resource.identifier, 'pcid'),
      identifiers: identifiers(resource.identifier),
      name: resource.name,
      description: resource.description,
      status: concept(resource.status),
      statusDate: resource.statusDate,
      copackaged: resource.copackagedIndicator,
      attachedDocuments: [],
      containedItemQuantities: (resource.containedItemQuantity ?? []).map(quantity),
      size: sizeOf(resource.containedItemQuantity ?? []),
      packaging: resource.packaging && packaging(resource.packaging),
      manufacturedItems: () =>
        targets<ManufacturedItemDefinition>(
          'ManufacturedItemDefinition',
          containedIn(resource.packaging),
        ).map(item),
      product: () => packaged.map(product)[0],
      products: () => packaged.map(product),
      authorizations: () => authorizationsOf(resource).map(authorization),
      marketingAuthorizationNumber: () => numberOf(marketingOf(resource)[0]),
      manufacturers: () => organizations(resource.manufacturer),
    };
  };

  const packaging = (layer: PackagedProductDefinitionPackaging): object => ({
    type: concept(layer.type),
    quantity: layer.quantity,
    materials: concepts(layer.material),
    dataCarriers: identifiers(layer.identifier, 'DATA_CARRIER'),
    items: (layer.containedItem ?? []).map(({ item: { reference }, amount }) => ({
      kind: reference?.reference?.startsWith('ManufacturedItemDefinition/') ? 'MANUFACTURED_ITEM' : 'OTHER',
      reference: reference?.reference,
      package: null,
      amount: quantity(amount),
      item: () => targets<ManufacturedItemDefinition>('ManufacturedItemDefinition', [reference]).map(item)[0],
    })),
    packaging: (layer.packaging ?? []).map(packaging),
  });

  const item = (resource: Stored<ManufacturedItemDefinition>): object => ({
    ...record('ManufacturedItem', resource),
    name: resource.name,
    doseForm: concept(resource.manufacturedDoseForm),
    unitOfPresentation: concept(resource.unitOfPresentation),
    ingredients: ({ role, ...args }: PageArgs & { readonly role?: string | null }) =>
      connection(ingredientsOf(resource).filter(hasRole(role)).map(ingredient), args),
    manufacturers: () => organizations(resource.manufacturer),
  });

  const administrable = (resource: Stored<AdministrableProductDefinition>): object => ({
    ...record('AdministrableProduct', resource),
    identifiers: identifiers(resource.identifier),
    doseForm: concept(resource.administrableDoseForm),
    unitOfPresentation: concept(resource.unitOfPresentation),
    administrationRoutes: resource.routeOfAdministration.flatMap(({ code, targetSpecies = [] }) =>
      valuesOf(code).map((value) => ({
        code: concept(value),
        targetSpecies: targetSpecies.map((species) => concept(species.code)),
      })),
    ),
    producedFrom: () =>
      targets<ManufacturedItemDefinition>('ManufacturedItemDefinition', resource.producedFrom).map(item),
    product: () =>
      targets<MedicinalProductDefinition>('MedicinalProductDefinition', resource.formOf).map(product)[0],
    ingredients: ({ role, ...args }: PageArgs & { readonly role?: string | null }) =>
      connection(ingredientsOf(resource).filter(hasRole(role)).map(ingredient), args),
  });

  const ingredient = (resource: Stored<Ingredient>): object => ({
    ...record('Ingredient', resource),
    role: concept(resource.role),
    roleKind: roleOf(resource),
    function: concepts(resource.function),
    allergenic: resource.allergenicIndicator,
    substance: substance(resource),
    strengths: (resource.substance.strength ?? []).map((strength) => ({
      presentation: ratio(strength.presentationRatio, strength.presentationQuantity),
      concentration: ratio(strength.concentrationRatio, strength.concentrationQuantity),
      basis: concept(strength.basis),
    })),
    strengthText: oneOf(strengthTexts(resource)),
    products: () =>
      targets<MedicinalProductDefinition>('MedicinalProductDefinition', resource.for).map(product),
    manufacturedItems: () =>
      targets<ManufacturedItemDefinition>('ManufacturedItemDefinition', resource.for).map(item),
    administrableProducts: () =>
      targets<AdministrableProductDefinition>('AdministrableProductDefinition', resource.for).map(
        administrable,
      ),
    manufacturers: () => organizations(resource.manufacturer?.map(({ manufacturer }) => manufacturer)),
  });

  const authorization = (resource: Stored<RegulatedAuthorization>): object => ({
    ...record('RegulatedAuthorization', resource),
    number: numberOf(resource),
    identifiers: identifiers(resource.identifier, 'AUTHORIZATION'),
    kind: kindOf(resource),
    type: concept(resource.type),
    procedureNumber: resource.case?.identifier?.value,
    procedureType: concept(resource.case?.type),
    case: resource.case && {
      number: resource.case.identifier?.value,
      type: concept(resource.case.type),
      status: concept(resource.case.status),
      date: resource.case.dateDateTime,
      period: resource.case.datePeriod,
    },
    applications: (resource.case?.application ?? []).map((each) => ({ number: each.identifier?.value })),
    intendedUse: concept(resource.intendedUse),
    attachedDocuments: [],
    basis: concepts(resource.basis),
    status: concept(resource.status),
    statusDate: resource.statusDate,
    region: concepts(resource.region),
    validity: resource.validityPeriod,
    holder: () => organizations([resource.holder])[0],
    regulator: () => organizations([resource.regulator])[0],
    subjects: () => [
      ...targets<MedicinalProductDefinition>('MedicinalProductDefinition', resource.subject).map(product),
      ...targets<PackagedProductDefinition>('PackagedProductDefinition', resource.subject).map(pack),
    ],
  });

  return {
    products,
    answer({ document, operationName, variables = {} }, found) {
      const byId = new Map(products.map((each) => [each.id, each]));
      const some = (id: string): object[] => {
        const resource = byId.get(id);
        return resource ? [product(resource)] : [];
      };
      const result = executeSync({
        schema,
        document: parse(document),
        ...(operationName === undefined ? {} : { operationName }),
        variableValues: variables,
        rootValue: {
          product: ({ id }: { readonly id: string }) => some(id)[0],
          products: () => found && page(found.ids.flatMap(some), found.total, found.hasNext),
        },
      });
      if (result.errors) throw result.errors[0];
      return expected(result.data);
    },
  };
}

const marker = 'one of ';
const anyKey = 'a key, or none';

/** What a text may be that the service makes: which words it chooses is its own affair, and tested elsewhere. */
function oneOf(texts: readonly (string | null | undefined)[]): string {
  return marker + JSON.stringify(texts);
}

/** The truth with its alternatives as matchers. */
function expected(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data), (name, value: unknown) => {
    // A record may have one class twice, by EMA's term and by WHO's code. The service may merge them.
    if (name === 'atc') return expect.arrayContaining(value as unknown[]);
    const isChoice = typeof value === 'string' && value.startsWith(marker);
    return isChoice ? expect.toBeOneOf(JSON.parse(value.slice(marker.length)) as unknown[]) : value;
  });
}

/** An answer as it is compared: a cursor is any cursor, a key any key or none, and of readable sizes and strengths the numbers are taken. */
export function comparable(data: unknown): unknown {
  return JSON.parse(JSON.stringify(data), (name, value: unknown) => {
    if (name === 'compositionKey') return anyKey;
    if (name === 'size' && isSize(value)) return { ...value, text: numbersIn(value.text) };
    if (typeof value !== 'string') return value;
    if (/cursor$/i.test(name)) return 'a cursor';
    return name === 'strengthText' ? numbersIn(value) : value;
  });
}

function isSize(value: unknown): value is { readonly text: string } {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';
}

/** Thousands stand apart, what it is told as stands in brackets, and "per 1 tablet" may read as "per tablet". */
function numbersIn(text: string): string {
  const [amount = ''] = text.replaceAll(/(?<=\d)\s(?=\d{3}(?!\d))/g, '').split(' (');
  return proportion(...(amount.match(/\d+(\.\d+)?/g) ?? []).map(Number));
}

function proportion(amount?: number, per = 1): string {
  return per === 1 ? `${amount}` : `${amount} in ${per}`;
}

function keyOf({ resourceType, id }: FhirResource): string {
  return `${resourceType}/${id}`;
}

function record(type: string, resource: Stored<FhirResource>): object {
  return { __typename: type, id: `${type}:${resource.id}`, source: { reference: keyOf(resource) } };
}

function connection(rows: readonly object[], { first, after }: PageArgs): object {
  if (after) throw new Error('the truth knows no cursors');
  return page(rows.slice(0, first), rows.length, rows.length > first);
}

function page(nodes: readonly object[], totalCount: number, hasNextPage: boolean): object {
  const cursor = nodes.length > 0 ? 'a cursor' : null;
  return {
    nodes,
    edges: nodes.map((node) => ({ node, cursor })),
    totalCount,
    pageInfo: { hasNextPage, hasPreviousPage: false, complete: true, startCursor: cursor, endCursor: cursor },
  };
}

/** By id, numbers in it as numbers. */
function ordered<Resource extends { readonly id: string }>(resources: readonly Resource[]): Resource[] {
  return [...resources].sort((a, b) => compareIds(a.id, b.id));
}

function compareIds(a: string, b: string): number {
  const [left = '', right = ''] = [a, b].map((id) =>
    id.replaceAll(/\d+/g, (digits) => digits.padStart(64, '0')),
  );
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function distinct<Value>(values: readonly Value[], key: (value: Value) => string | undefined): Value[] {
  return values.filter((value, index) => values.findIndex((other) => key(other) === key(value)) === index);
}

function containedIn(layer: PackagedProductDefinitionPackaging | undefined): (Reference | undefined)[] {
  const here = layer?.containedItem?.map(({ item }) => item.reference) ?? [];
  return [...here, ...(layer?.packaging ?? []).flatMap(containedIn)];
}

function organization(resource: Stored<Organization>): object {
  return {
    ...record('Organization', resource),
    name: resource.name,
    identifiers: (resource.identifier ?? []).map(({ system, value }) => ({
      system,
      value,
      kind:
        (/^(LOC|ORG)-/.exec(value ?? '')?.[1] ?? (system?.endsWith('/locations') ? 'LOC' : 'ORG')) === 'LOC'
          ? 'LOCATION'
          : 'ORGANIZATION',
    })),
    types: concepts(resource.type),
    country: resource.contact?.map(({ address }) => address?.country).find(Boolean),
  };
}

function substance({ substance: { code } }: Ingredient): object {
  return {
    code: code.concept?.coding?.[0]?.code,
    name: code.concept && textOf(code.concept),
    concept: concept(code.concept),
  };
}

/** The bases of the active substances, and those that no ingredient tells a base of, each once. */
function moietiesOf(actives: readonly Ingredient[]): object[] {
  const told = actives.map((each) => ({
    own: each.substance.code.concept,
    bases: (each.substance.strength ?? []).flatMap(({ referenceStrength = [] }) =>
      referenceStrength.flatMap((reference) => reference.substance.concept ?? []),
    ),
  }));
  const named = (concept: CodeableConcept | undefined): string | undefined =>
    concept?.coding?.[0]?.code ?? concept?.text;
  const based = new Set(told.flatMap(({ own, bases }) => (bases.length > 0 ? [named(own)] : [])));
  const all = told.flatMap(({ own, bases }) => {
    if (bases.length > 0) return bases;
    return own && !based.has(named(own)) ? [own] : [];
  });
  return distinct(all, named).map((each) => ({ code: each.coding?.[0]?.code }));
}

/** @param other what is numbered where no system says what it is a number of */
function identifiers(all: readonly Identifier[] | undefined, other = 'OTHER'): object[] {
  return (all ?? []).map(({ system, value }) => {
    const named = Object.entries(identifierKinds).find(([name]) => system?.toLowerCase().includes(name));
    return { system, value, kind: named?.[1] ?? other };
  });
}

/** By what stands in the systems of the files. */
const identifierKinds: Readonly<Record<string, string>> = {
  '/fhir/mpid': 'MPID',
  '/fhir/pmsid': 'PMS_ID',
  '/pcid': 'PCID',
  'who-umc.org/phpid': 'PHPID',
};

/** EMA's list 220000000000 as the files use it. */
const nameKinds: Readonly<Record<string, string>> = {
  '220000000002': 'INVENTED',
  '220000000003': 'SCIENTIFIC',
  '220000000004': 'STRENGTH',
  '220000000005': 'DOSE_FORM',
};

function nameKindOf(type: CodeableConcept | undefined): string | undefined {
  return nameKinds[codesOf(type)[0] ?? ''];
}

/** Countries and languages as the files write them. */
const isoCodes: Readonly<Record<string, string>> = {
  100000000330: 'AT',
  100000000388: 'EE',
  100000000390: 'EU',
  100000000394: 'FI',
  100000000406: 'GR',
  100000000535: 'SE',
  GBR: 'GB',
  FIN: 'FI',
  NOR: 'NO',
};

function isoOf({ system, code = '' }: Coding): string | undefined {
  const isIso = system === 'urn:iso:std:iso:3166' || system === 'urn:ietf:bcp:47';
  return isoCodes[code] ?? (isIso ? code : undefined);
}

/** EMA's units as the files use them; a tablet has no code in UCUM. */
const ucumCodes: Readonly<Record<string, string>> = {
  100000110654: 'g',
  100000110655: 'mg',
  100000110656: 'ug',
  100000110662: 'mL',
  100000110782: "[D'ag'U]",
};

function ucumOf({ system, code = '' }: Coding): string | undefined {
  return system === 'http://unitsofmeasure.org' ? code : ucumCodes[code];
}

/** The files write the systems of EMA's identifiers below two addresses and in either case. */
function numberIn(all: readonly Identifier[] | undefined, name: string): string | undefined {
  return all?.find(({ system, value }) => value && system?.toLowerCase().endsWith(`/${name}`))?.value;
}

function numberOf(authorization: RegulatedAuthorization | undefined): string | undefined {
  return authorization?.identifier?.find(({ value }) => value)?.value;
}

function codesOf(value: CodeableConcept | undefined): (string | undefined)[] {
  return (value?.coding ?? []).map(({ code }) => code);
}

/** Some files write codes that are none of EMA's, with its words beside them. */
function says(value: CodeableConcept | undefined, word: string): boolean {
  return [value?.text, ...(value?.coding ?? []).map(({ display }) => display)].some(
    (text) => text?.toLowerCase() === word,
  );
}

function kindOf({ type }: RegulatedAuthorization): string {
  const isMarketing = codesOf(type).includes('220000000061') || says(type, 'marketing authorisation');
  return isMarketing ? 'MARKETING' : 'OTHER';
}

function roleOf({ role }: Ingredient): string {
  if (codesOf(role).includes('100000072072')) return 'ACTIVE';
  if (codesOf(role).includes('100000072082')) return 'EXCIPIENT';
  return says(role, 'active') ? 'ACTIVE' : 'OTHER';
}

function hasRole(role: string | null | undefined): (ingredient: Ingredient) => boolean {
  return (ingredient) => !role || roleOf(ingredient) === role;
}

function concept(value: CodeableConcept | undefined): object | null {
  if (!value?.coding?.length && !value?.text) return null;
  const codings = (value.coding ?? []).map(({ system, code, display }) => ({ system, code, display }));
  const iso = codings.map(isoOf).find((each) => each !== undefined);
  const ucum = codings.map(ucumOf).find((each) => each !== undefined);
  return { ...codings[0], iso, ucum, text: textOf(value), codings };
}

/** Codings of one list are values of their own, where they stand in a list. */
function valuesOf(value: CodeableConcept): CodeableConcept[] {
  const { coding = [] } = value;
  const isOneList = coding.length > 1 && new Set(coding.map(({ system }) => system)).size === 1;
  return isOneList ? coding.map((each) => ({ ...value, coding: [each] })) : [value];
}

function concepts(values: readonly CodeableConcept[] | undefined): (object | null)[] {
  return (values ?? []).map(concept);
}

/** What was sent, or EMA's own term for the code. */
function textOf({ coding = [], text }: CodeableConcept): string {
  const sent = [text, ...coding.map(({ display }) => display)].filter((each) => each !== undefined);
  const terms = coding.flatMap(({ code = '' }) => Object.values(emaTerms).map((list) => list[code]));
  return oneOf([...sent, ...terms.filter((each) => each !== undefined), ...(sent.length > 0 ? [] : [null])]);
}

function isAtcCode({ system }: Coding): boolean {
  return system === 'http://www.whocc.no/atc';
}

/** Of several kinds of things there is a text alone. */
function sizeOf([only, ...others]: readonly Quantity[]): object | null {
  if (others.length === 0) return quantity(only);
  const text = proportion(only?.value, others[0]?.value);
  return { value: null, comparator: null, ucum: null, unit: null, text };
}

function quantity(amount: Quantity | undefined): object | null {
  if (!amount) return null;
  const { value, comparator, system, code, unit } = amount;
  const hasUnit = code !== undefined || unit !== undefined;
  const coding = { ...(system && { system }), ...(code && { code }), ...(unit && { display: unit }) };
  return {
    value,
    comparator,
    text: value === undefined ? null : proportion(value),
    // One file has a code that is none, beside the unit's name.
    ucum: ucumOf(coding) ?? (/^(mg|milligram\(s\))$/.test(unit ?? '') ? 'mg' : null),
    unit: hasUnit ? concept({ coding: [coding] }) : null,
  };
}

function ratio(value: Ratio | undefined, plain: Quantity | undefined): object | null {
  if (!value && !plain) return null;
  return { numerator: quantity(value?.numerator ?? plain), denominator: quantity(value?.denominator) };
}

/** The strengths themselves, and what they are of a reference substance, which comes first; as `numbersIn` has them. */
function strengthTexts({ substance: { strength = [] } }: Ingredient): (string | null)[] {
  const own = strength.flatMap((each) => [
    numbersOf(each.presentationRatio, each.presentationQuantity),
    numbersOf(each.concentrationRatio, each.concentrationQuantity),
  ]);
  const references = strength.flatMap(({ referenceStrength = [] }) =>
    referenceStrength.map((each) => numbersOf(each.strengthRatio, each.strengthQuantity)),
  );
  const known = own.filter((each) => each !== null);
  return known.length > 0 ? [...known, ...references] : [...references, null];
}

function numbersOf(value: Ratio | undefined, plain: Quantity | undefined): string | null {
  const amount = value?.numerator?.value ?? plain?.value;
  return amount === undefined ? null : proportion(amount, value?.denominator?.value);
}
