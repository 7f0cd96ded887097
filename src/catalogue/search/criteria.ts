/**
 * The parts of a filter: what each reads of a product and of what belongs to it, when it holds, and by which search an
 * upstream may find the same. A new part is one row here.
 */
import type {
  CodeableConcept,
  Coding,
  Identifier,
  IngredientSubstance,
  MedicinalProductDefinition,
} from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { isFhirId, resourceKey } from '../../fhir/reference.js';
import type { FhirResource, ResourceOf, ResourceType } from '../../fhir/resources.js';
import type { SearchParameter } from '../../fhir/search.js';
import { isAtcGroup, isInAtcGroup } from '../../terms/atc.js';
import { authorisedDoseForm, isAtcCode, isAtcTerm } from '../../terms/ema-codes.js';
import { atcCodeOf, atcTermsOf } from '../../terms/ema-terms.js';
import { foldText } from '../../terms/fold.js';
import { countryCodesOf } from '../../terms/languages.js';
import {
  foldNumber,
  foldProcedure,
  isPmsId,
  procedureSpellingsOf,
  spellingsOf,
} from '../../terms/numbers.js';
import { displayIn, idOf, type Key } from '../graph/key.js';
import type { Link } from '../graph/link.js';
import { filterLinks } from '../graph/links.js';
import type { FilterPart } from '../question/filter.js';
import type { Figures } from '../upstream/figures.js';

/** A search that finds records which lead to products, see `above`. */
export interface Finding {
  readonly type: ResourceType;
  readonly parameter: SearchParameter;
  /** What holds of all that an upstream rightly finds, where that is less than what the part asks. */
  readonly expects?: Test;
}

/** How an upstream finds by a part. */
export type Push =
  /** One more parameter of the search for products. */
  | { readonly kind: 'own'; readonly parameter: SearchParameter }
  /** Other searches, or keys that the value itself names; all of them together find every match. */
  | {
      readonly kind: 'found';
      readonly findings: readonly Finding[];
      readonly keys: readonly Key[];
      /** The keys alone find it, where the upstream has no such searches. */
      readonly byKeysAlone?: boolean;
    };

/** Undefined where the record does not tell, or is not there. */
export type Test = (resource: FhirResource | undefined, key: Key) => boolean | undefined;

interface Part {
  /** Any of whose targets may pass; undefined where the product itself is tested. */
  readonly link?: Link;
  readonly reads: readonly (readonly [ResourceType, readonly string[]])[];
  readonly test: (values: readonly string[]) => Test;
  /** Undefined for values that no search finds. */
  readonly push?: (values: readonly string[]) => Push | undefined;
  /** The R5 search that stands behind `push`, for people. */
  readonly pushedBy?: string;
  /** Why no search finds it at all, or not for every value. */
  readonly unpushed?: string;
  /** Whether a search may miss some: records that name it in a way that no search reads. */
  readonly mayMiss?: (figures: Figures) => boolean;
  /** Whether records spell it in more ways than a search can name. */
  readonly isSpelled?: boolean;
}

const productType = 'MedicinalProductDefinition';
type Product = ResourceOf<typeof productType>;

export const filterParts: Readonly<Record<FilterPart, Part>> = {
  ids: {
    reads: [],
    test: (keys) => (_resource, key) => keys.includes(key),
    push: (keys) => ({ kind: 'found', findings: [], keys }),
    pushedBy: 'read by id',
  },
  identifier: {
    reads: [[productType, ['identifier']]],
    test: hasIdentifier,
    push: ([value = '']) => {
      const { bare } = identifierIn(value);
      const parameter: SearchParameter = { name: 'identifier', values: spellingsOf(bare) };
      return {
        kind: 'found',
        // The value alone is searched for: systems are written in too many ways.
        findings: [{ type: productType, parameter, expects: hasIdentifier([bare]) }],
        keys: isFhirId(bare.trim()) ? [resourceKey(productType, bare.trim())] : [],
        byKeysAlone: isPmsId(bare),
      };
    },
    pushedBy: '`identifier`, and read by id',
    isSpelled: true,
  },
  authorizationNumber: {
    link: filterLinks.authorizations,
    reads: [['RegulatedAuthorization', ['identifier']]],
    test: ofType('RegulatedAuthorization', (values) => {
      const wanted = new Set(values.map(foldNumber));
      return ({ identifier }) => identifiers(identifier).some(({ value }) => wanted.has(foldNumber(value)));
    }),
    push: (values) =>
      found('RegulatedAuthorization', { name: 'identifier', values: values.flatMap(spellingsOf) }),
    pushedBy: 'RegulatedAuthorization by `identifier`',
    isSpelled: true,
  },
  procedureNumber: {
    link: filterLinks.authorizations,
    reads: [['RegulatedAuthorization', ['case']]],
    test: ofType('RegulatedAuthorization', (values) => {
      const wanted = new Set(values.map(foldProcedure));
      return (authorization) =>
        identifiers(authorization.case?.identifier).some(({ value }) => wanted.has(foldProcedure(value)));
    }),
    push: (values) =>
      found('RegulatedAuthorization', { name: 'case', values: values.flatMap(procedureSpellingsOf) }),
    pushedBy: 'RegulatedAuthorization by `case`',
    isSpelled: true,
  },
  name: {
    reads: [[productType, ['name']]],
    test: ofNames((text) => (name) => name.includes(text)),
    pushedBy: '`name`',
  },
  nameStartsWith: {
    reads: [[productType, ['name']]],
    test: ofNames((text) => (name) => name.startsWith(text)),
    pushedBy: '`name`',
  },
  nameEquals: {
    reads: [[productType, ['name']]],
    test: ofNames((text) => (name) => name === text),
    pushedBy: '`name`',
  },
  holder: {
    link: filterLinks.holders,
    reads: [['Organization', ['name', 'identifier', 'alias']]],
    test: (values) => {
      const isIt = organizationTest(values);
      return (resource, key) => isIt(resource?.resourceType === 'Organization' ? resource : undefined, key);
    },
    push: (values) => {
      const names = values.flatMap((value) => nameOfHolder(value) ?? []);
      return {
        kind: 'found',
        findings:
          names.length > 0 ? [{ type: 'Organization', parameter: { name: 'name', values: names } }] : [],
        keys: values.flatMap((value) => keyOfHolder(value) ?? []),
      };
    },
    pushedBy: 'RegulatedAuthorization by `holder`, Organization by `name`',
    mayMiss: () => true,
  },
  substance: {
    link: filterLinks.ingredients,
    reads: [['Ingredient', ['substance']]],
    test: ofType('Ingredient', (values) => {
      const codes = new Set(values.map(foldNumber));
      const names = new Set(values.map(foldText));
      return ({ substance }) => {
        const { concept, reference } = substance?.code ?? {};
        const told = [concept?.text, reference?.display, ...codings(concept).map(({ display }) => display)];
        const isIt =
          codings(concept).some(({ code }) => code !== undefined && codes.has(foldNumber(code))) ||
          told.some((name) => typeof name === 'string' && names.has(foldText(name)));
        // What is known by a reference alone may be any substance.
        return isIt || !isUncoded(substance) ? isIt : undefined;
      };
    }),
    push: (values) =>
      values.every((value) => isSubstanceCode.test(value.trim()))
        ? found('Ingredient', { name: 'substance-code', values: values.map((value) => value.trim()) })
        : undefined,
    pushedBy: 'Ingredient by `substance-code`',
    mayMiss: ({ hasUncodedSubstances }) => hasUncodedSubstances,
    unpushed: 'substances given by name',
  },
  atc: {
    reads: [[productType, ['classification']]],
    test: ofProduct((values) => {
      const wanted = values.map(foldNumber);
      return ({ classification }) =>
        atcOf(classification).some(
          (code) => wanted.includes(code) || wanted.some((each) => isInAtcGroup(code, each)),
        );
    }),
    push: (values) =>
      values.every((value) => !isAtcGroup(foldNumber(value)))
        ? own({
            name: 'product-classification',
            values: [...new Set(values.map(foldNumber).flatMap((code) => [code, ...atcTermsOf(code)]))],
          })
        : undefined,
    pushedBy: '`product-classification`',
    unpushed: 'ATC groups',
  },
  status: coded('status'),
  domain: coded('domain'),
  updatedSince: {
    reads: [],
    test: ofProduct(([since = '']) => ({ meta }) => {
      const updated = Date.parse(meta?.lastUpdated ?? '');
      return Number.isNaN(updated) ? undefined : updated >= Date.parse(since);
    }),
    push: ([since = '']) => own({ name: '_lastUpdated', values: [`ge${since}`] }),
    pushedBy: '`_lastUpdated`',
  },
  country: {
    link: filterLinks.authorizations,
    reads: [['RegulatedAuthorization', ['region']]],
    test: ofType('RegulatedAuthorization', (values) => {
      const isIt = codeTest(values.flatMap(countryCodesOf));
      return ({ region }) => concepts(region).flatMap(codings).some(isIt);
    }),
    push: (values) =>
      found('RegulatedAuthorization', {
        name: 'region',
        values: [...new Set(values.flatMap(countryCodesOf))],
      }),
    pushedBy: 'RegulatedAuthorization by `region`',
  },
  doseForm: {
    reads: [[productType, ['combinedPharmaceuticalDoseForm', 'extension']]],
    test: ofProduct((values) => {
      const isIt = codeTest(values);
      return (product) => doseFormOf(product).some(isIt);
    }),
    unpushed: 'R5 has no search for it',
  },
  route: {
    link: filterLinks.routes,
    reads: [
      [productType, ['route']],
      ['AdministrableProductDefinition', ['routeOfAdministration']],
    ],
    test: (values) => {
      const isIt = codeTest(values);
      return (resource) => {
        if (resource?.resourceType === productType)
          return concepts(resource.route).flatMap(codingsOrText).some(isIt);
        if (resource?.resourceType !== 'AdministrableProductDefinition') return undefined;
        return elements(resource.routeOfAdministration)
          .flatMap(({ code }) => codingsOrText(code))
          .some(isIt);
      };
    },
    unpushed: 'R5 has no search for a product’s own route',
  },
};

function own(parameter: SearchParameter): Push {
  return { kind: 'own', parameter };
}

function found(type: ResourceType, parameter: SearchParameter): Push {
  return { kind: 'found', findings: [{ type, parameter }], keys: [] };
}

function ofProduct(
  make: (values: readonly string[]) => (product: Product) => boolean | undefined,
): Part['test'] {
  return ofType(productType, make);
}

function ofType<Type extends ResourceType>(
  type: Type,
  make: (values: readonly string[]) => (resource: ResourceOf<Type>) => boolean | undefined,
): Part['test'] {
  return (values) => {
    const test = make(values);
    return (resource) => (resource?.resourceType === type ? test(resource as ResourceOf<Type>) : undefined);
  };
}

function ofNames(make: (text: string) => (name: string) => boolean): Part['test'] {
  return ofProduct(([text = '']) => {
    const isIt = make(foldText(text));
    return (product) => namesOf(product).some((name) => isIt(foldText(name)));
  });
}

/** An element of the product that is a concept, and has a search parameter of its name. */
function coded(element: 'status' | 'domain'): Part {
  return {
    reads: [[productType, [element]]],
    test: ofProduct((values) => {
      const isIt = codeTest(values);
      return (product) => codings(product[element]).some(isIt);
    }),
    push: (values) => own({ name: element, values: values.map((value) => value.trim()) }),
    pushedBy: `\`${element}\``,
  };
}

function codeTest(values: readonly string[]): (coding: Coding) => boolean {
  const wanted = new Set(values.map((value) => value.trim()));
  return ({ code }) => typeof code === 'string' && wanted.has(code);
}

/** The names of a product, whole. */
export function namesOf(product: FhirResource): readonly string[] {
  if (product.resourceType !== productType) return [];
  return elements(product.name).flatMap(({ productName }) =>
    typeof productName === 'string' ? [productName] : [],
  );
}

/** All ATC codes and EMA's ATC terms that a product's classes tell, in capitals. */
export function atcOf(classification: MedicinalProductDefinition['classification']): readonly string[] {
  return concepts(classification)
    .flatMap(codings)
    .flatMap((coding) => {
      const { code } = coding;
      if (typeof code !== 'string') return [];
      if (isAtcCode(coding)) return [foldNumber(code)];
      return isAtcTerm(coding) ? [code, atcCodeOf(code) ?? []].flat() : [];
    });
}

function doseFormOf(product: Product): readonly Coding[] {
  const combined = codingsOrText(product.combinedPharmaceuticalDoseForm);
  return combined.length > 0 ? combined : authorisedDoseForm(product);
}

/** A number of EMA's Substance Management Service, or a UNII. */
const isSubstanceCode = /^(\d{6,}|(?=(.*\d){2})[A-Z0-9]{10})$/;

interface NamedIdentifier {
  readonly bare: string;
  readonly value: string;
  readonly isIt: (identifier: { readonly system?: string; readonly value: string }) => boolean;
}

function hasIdentifier(values: readonly string[]): Test {
  const wanted = identifierIn(values[0] ?? '');
  return (resource) =>
    resource?.resourceType === productType
      ? foldNumber(resource.id) === wanted.value || identifiers(resource.identifier).some(wanted.isIt)
      : undefined;
}

/** `system|value`, or a value of any system; EMA writes its systems with either scheme and in either case. */
function identifierIn(text: string): NamedIdentifier {
  const [, system, after] = /^((?:https?:\/\/|urn:)[^|]*)\|(.+)$/i.exec(text) ?? [];
  const bare = after ?? text;
  const value = foldNumber(bare);
  const wanted = system === undefined ? undefined : foldSystem(system);
  return {
    bare,
    value,
    isIt: (identifier) =>
      foldNumber(identifier.value) === value &&
      (wanted === undefined || foldSystem(identifier.system ?? '') === wanted),
  };
}

function foldSystem(system: string): string {
  return system
    .trim()
    .toLowerCase()
    .replace(/^https:/, 'http:')
    .replace(/\/$/, '');
}

/** The organizations that a value may name: by id, by a business number, or by name. */
function organizationTest(
  values: readonly string[],
): (organization: ResourceOf<'Organization'> | undefined, key: Key) => boolean | undefined {
  const keys = new Set(values.flatMap((value) => keyOfHolder(value) ?? []));
  const names = new Set(values.flatMap((value) => nameOfHolder(value) ?? []).map(foldText));
  const numbers = new Set([...keys].map((key) => foldNumber(idOf(key))));
  return (organization, key) => {
    if (keys.has(key)) return true;
    const own = [idOf(key), ...identifiers(organization?.identifier).map(({ value }) => value)];
    if (own.some((value) => numbers.has(foldNumber(value)))) return true;
    // Who is known by a location alone, say, may be the organization that is asked for.
    const kinds = new Set(own.map(kindOfNumber));
    const isComparable = [...keys].every((each) => {
      const kind = kindOfNumber(idOf(each));
      return kind === undefined || kinds.has(kind);
    });
    const otherwise = isComparable ? false : undefined;
    if (!organization) return names.size === 0 ? otherwise : undefined;
    const told = [organization.name, ...(Array.isArray(organization.alias) ? organization.alias : [])];
    return told.some((name) => typeof name === 'string' && names.has(foldText(name))) || otherwise;
  };
}

/** EMA numbers organizations and their locations apart. */
function kindOfNumber(value: string): string | undefined {
  return /^\s*(ORG|LOC)-/i.exec(value)?.[1]?.toUpperCase();
}

/** An id, as FHIR or this schema gives it; undefined for what can only be a name. */
function keyOfHolder(value: string): Key | undefined {
  const id = value.trim().replace(/^Organization[:/]/, '');
  return isFhirId(id) ? resourceKey('Organization', id) : undefined;
}

/** Undefined for what can only be an id. */
function nameOfHolder(value: string): string | undefined {
  const id = value.trim().replace(/^Organization[:/]/, '');
  const display = displayIn(id);
  if (display) return display.name;
  return /^(ORG|LOC)-\d+$/i.test(id) || id !== value.trim() ? undefined : value.trim();
}

function concepts(value: readonly CodeableConcept[] | undefined): readonly CodeableConcept[] {
  return elements(value);
}

/** Whether a substance is named by a reference alone: no code finds it, and it may be any. */
export function isUncoded(substance: IngredientSubstance | undefined): boolean {
  const { concept, reference } = substance?.code ?? {};
  return reference !== undefined && !codings(concept).some(({ code }) => code);
}

function codings(concept: CodeableConcept | undefined): readonly Coding[] {
  return elements(concept?.coding);
}

/** A value without any code is known by its text: what is looked through here finds it by that. */
function codingsOrText(concept: CodeableConcept | undefined): readonly Coding[] {
  const given = codings(concept);
  if (given.some(({ code }) => typeof code === 'string')) return given;
  return [concept?.text, ...given.map(({ display }) => display)].flatMap((text) =>
    typeof text === 'string' ? [{ code: text.trim() }] : [],
  );
}

function identifiers(
  given: Identifier | readonly Identifier[] | undefined,
): readonly { readonly system?: string; readonly value: string }[] {
  return elements(given as readonly Identifier[] | undefined).flatMap(({ system, value }) =>
    typeof value === 'string' ? [{ value, ...(typeof system === 'string' ? { system } : {}) }] : [],
  );
}
