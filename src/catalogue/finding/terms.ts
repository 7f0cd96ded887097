/** What terms of any kind name: which searches may find each, and which of a record's names and numbers it is. */
import type { Identifier } from 'fhir/r5.js';
import { isFhirId, resourceKey } from '../../fhir/reference.js';
import type { FhirResource, ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName } from '../../fhir/search.js';
import { atcTermsOf } from '../../terms/ema-terms.js';
import { foldText } from '../../terms/fold.js';
import { foldNumber, foldProcedure, procedureSpellingsOf, spellingsOf } from '../../terms/numbers.js';
import type { Key } from '../key.js';
import { atcOf, namesOf } from './criteria.js';

export type TermWay = 'id' | 'identifier' | 'authorization' | 'procedure' | 'package' | 'atc' | 'name';

/** By which of its names or numbers a product was found. */
export type MatchedBy =
  | 'NAME'
  | 'PMS_ID'
  | 'MPID'
  | 'EV_CODE'
  | 'IDENTIFIER'
  | 'AUTHORIZATION_NUMBER'
  | 'PROCEDURE_NUMBER'
  | 'PCID'
  | 'ATC';

const productType = 'MedicinalProductDefinition';

/** A search that finds terms of one kind. */
export interface TermSearch {
  readonly way: Exclude<TermWay, 'id'>;
  readonly type: ResourceType;
  readonly parameter: SearchParameterName;
  /** How records may write the term; none where it cannot be of this kind. */
  readonly values: (term: string) => readonly string[];
}

export const termSearches: readonly TermSearch[] = [
  { way: 'identifier', type: productType, parameter: 'identifier', values: ifNumber(spellingsOf) },
  {
    way: 'authorization',
    type: 'RegulatedAuthorization',
    parameter: 'identifier',
    values: ifNumber(spellingsOf),
  },
  {
    way: 'procedure',
    type: 'RegulatedAuthorization',
    parameter: 'case',
    values: (term) => (term.includes('/') ? ifNumber(procedureSpellingsOf)(term) : []),
  },
  {
    way: 'package',
    type: 'PackagedProductDefinition',
    parameter: 'identifier',
    values: ifNumber(spellingsOf),
  },
  {
    way: 'atc',
    type: productType,
    parameter: 'product-classification',
    values: (term) => {
      const code = foldNumber(term);
      return isAtc.test(code) ? [code, ...atcTermsOf(code)] : [];
    },
  },
  {
    way: 'name',
    type: productType,
    parameter: 'name',
    values: (term) => (isNameLike(term) ? [term.trim()] : []),
  },
];

const isAtc = /^[A-Z]\d\d[A-Z]{2}\d\d$/;
const isAtcGroup = /^[A-Z]\d\d([A-Z]{1,2})?$/;
/** Numbers whose shape says what they are, and no name is like that. */
const isPlainNumber = /^(EU\/\d|EMEA\/|PRD\s*\d+$|[A-Z]{2}-\d+-|[A-Z]{2}\/H\/)/i;

function ifNumber(spell: (term: string) => readonly string[]): TermSearch['values'] {
  return (term) => (/\d/.test(term) && term.trim().length <= longestNumber ? spell(term) : []);
}

/** Longer texts are names: no register numbers so long. */
const longestNumber = 64;

function isNameLike(term: string): boolean {
  const text = term.trim();
  return /\p{L}{2}/u.test(text) && !isPlainNumber.test(text) && !isAtc.test(foldNumber(text));
}

/** The product that the term may be the id of. */
export function idKeyOf(term: string): Key | undefined {
  const id = term.trim();
  return isFhirId(id) && /\d/.test(id) ? resourceKey(productType, id) : undefined;
}

/** The ways by which a term may be found. */
export function waysOf(term: string): readonly TermWay[] {
  const ways = termSearches.flatMap(({ way, values }): readonly TermWay[] =>
    values(term).length > 0 ? [way] : [],
  );
  return [...(idKeyOf(term) ? (['id'] as const) : []), ...ways];
}

/** A group of ATC classes: no search finds the products of all of them. */
export function isGroup(term: string): boolean {
  return isAtcGroup.test(foldNumber(term));
}

/** The way by which more products of the same name or number would be found; undefined where one has it alone. */
export const moreBy: Readonly<Partial<Record<MatchedBy, TermWay>>> = {
  NAME: 'name',
  ATC: 'atc',
  AUTHORIZATION_NUMBER: 'authorization',
  PROCEDURE_NUMBER: 'procedure',
};

/** One of a record's names or numbers. */
export interface Naming {
  readonly by: MatchedBy;
  readonly value: string;
  /** 1: just this; 2: another name, or how one begins; 3: within a name. */
  readonly rank: 1 | 2 | 3;
}

/** How a record is named by each of the terms; best first. */
export function namingsIn(resource: FhirResource, term: string): readonly Naming[] {
  switch (resource.resourceType) {
    case 'MedicinalProductDefinition':
      return [
        ...numbers([{ value: resource.id }], 'PMS_ID', term),
        ...listed(resource.identifier).flatMap((identifier) =>
          numbers([identifier], kindOf(identifier.system), term),
        ),
        ...classes(resource, term),
        ...names(resource, term),
      ];
    case 'PackagedProductDefinition':
      return numbers(resource.identifier, 'PCID', term);
    case 'RegulatedAuthorization': {
      const wanted = foldProcedure(term);
      return [
        ...numbers(resource.identifier, 'AUTHORIZATION_NUMBER', term),
        ...listed(resource.case?.identifier ? [resource.case.identifier] : []).flatMap(
          ({ value }): readonly Naming[] =>
            typeof value === 'string' && foldProcedure(value) === wanted
              ? [{ by: 'PROCEDURE_NUMBER', value, rank: 1 }]
              : [],
        ),
      ];
    }
    default:
      return [];
  }
}

function numbers(
  identifiers: readonly Pick<Identifier, 'value'>[] | undefined,
  by: MatchedBy,
  term: string,
): readonly Naming[] {
  const wanted = foldNumber(term);
  return listed(identifiers).flatMap(({ value }): readonly Naming[] =>
    typeof value === 'string' && foldNumber(value) === wanted ? [{ by, value, rank: 1 }] : [],
  );
}

function kindOf(system: string | undefined): MatchedBy {
  if (/\/mpId$/i.test(system ?? '')) return 'MPID';
  if (system?.endsWith('/100000075665')) return 'EV_CODE';
  return /\/(pmsId$|pms\/api\/)/i.test(system ?? '') ? 'PMS_ID' : 'IDENTIFIER';
}

function classes(resource: FhirResource, term: string): readonly Naming[] {
  const code = foldNumber(term);
  if (resource.resourceType !== productType || !isAtc.test(code)) return [];
  return atcOf(resource.classification).includes(code) ? [{ by: 'ATC', value: code, rank: 1 }] : [];
}

function names(product: FhirResource, term: string): readonly Naming[] {
  if (!isNameLike(term)) return [];
  const wanted = foldText(term);
  return namesOf(product)
    .flatMap((value, index): readonly Naming[] => {
      const name = foldText(value);
      if (name === wanted) return [{ by: 'NAME', value, rank: index === 0 ? 1 : 2 }];
      const next = name.charAt(wanted.length);
      if (name.startsWith(wanted) && !/[\p{L}\p{N}]/u.test(next)) return [{ by: 'NAME', value, rank: 2 }];
      return name.includes(wanted) ? [{ by: 'NAME', value, rank: 3 }] : [];
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, 1);
}

function listed<Item extends object>(value: readonly Item[] | undefined): readonly Item[] {
  const given: unknown = value ?? [];
  const all: readonly unknown[] = Array.isArray(given) ? given : [given];
  return all.filter((each): each is Item => typeof each === 'object' && each !== null);
}
