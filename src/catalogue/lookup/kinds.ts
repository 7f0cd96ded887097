/** What terms of any kind name: which searches may find each, and which of a record's names and numbers it is. */
import type { Identifier, MedicinalProductDefinition } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { isFhirId, resourceKey } from '../../fhir/reference.js';
import type { FhirResource, ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName } from '../../fhir/search.js';
import { isAtcGroup, isAtcSubstance } from '../../terms/atc.js';
import { identifierSystems } from '../../terms/ema-codes.js';
import { atcTermsOf } from '../../terms/ema-terms.js';
import { foldText } from '../../terms/fold.js';
import {
  foldNumber,
  foldProcedure,
  isPmsId,
  procedureSpellingsOf,
  spellingsOf,
} from '../../terms/numbers.js';
import type { Key } from '../graph/key.js';
import type { MatchedBy, TermWay } from '../question/term.js';
import { atcOf, namesOf } from '../../facts/of-product.js';

const productType = 'MedicinalProductDefinition';

/** A search that finds terms of one kind. */
export interface TermSearch {
  readonly way: Exclude<TermWay, 'id'>;
  readonly type: ResourceType;
  readonly parameter: SearchParameterName;
  /** How records may write the term; none where it cannot be of this kind. */
  readonly values: (term: string) => readonly string[];
  /** Whether many products may bear the same. */
  readonly findsMany?: boolean;
}

export const termSearches: readonly TermSearch[] = [
  {
    way: 'identifier',
    type: productType,
    parameter: 'identifier',
    values: (term) => (isNumberLike(term) || isOneWord(term) ? spellingsOf(term) : []),
  },
  {
    way: 'authorization',
    type: 'RegulatedAuthorization',
    parameter: 'identifier',
    values: (term) => (isOthersNumber(term) ? spellingsOf(term) : []),
  },
  {
    way: 'procedure',
    type: 'RegulatedAuthorization',
    parameter: 'case',
    values: (term) => (isOthersNumber(term) && /\d/.test(term) ? procedureSpellingsOf(term) : []),
  },
  {
    way: 'package',
    type: 'PackagedProductDefinition',
    parameter: 'identifier',
    values: (term) => (isOthersNumber(term) ? spellingsOf(term) : []),
  },
  {
    way: 'atc',
    type: productType,
    parameter: 'product-classification',
    values: (term) => {
      const code = foldNumber(term);
      return isAtcSubstance(code) ? [code, ...atcTermsOf(code)] : [];
    },
    findsMany: true,
  },
  {
    way: 'name',
    type: productType,
    parameter: 'name',
    values: (term) => (isNameLike(term) ? [term.trim()] : []),
    findsMany: true,
  },
];

/** Numbers whose shape says what they are, and no name is like that. */
const isPlainNumber = /^(EU\/\d|EMEA\/|PRD\s*\d+$|[A-Z]{2}-\d+-|[A-Z]{2}\/H\/)/i;
/** Longer texts are names: no register numbers so long. */
const longestNumber = 64;

/** What a register may have given out: `fin-x` as well, but nothing with a word in it. */
function isNumberLike(term: string): boolean {
  const text = term.trim();
  const isWritten = /\d/.test(text) || (/\p{L}/u.test(text) && !/\s/u.test(text));
  return isWritten && text.length <= longestNumber && !hasWord(text);
}

/** Of what belongs to a product. */
function isOthersNumber(term: string): boolean {
  return isNumberLike(term) && !isPmsId(term);
}

/** Whether nobody would take it for a number. */
export function hasWord(term: string): boolean {
  return /(?<!\S)[\p{L}'’®]{5,}(?!\S)/u.test(term);
}

function isOneWord(term: string): boolean {
  return term.trim().length <= longestNumber && /\p{L}/u.test(term) && !/\s/u.test(term.trim());
}

function isNameLike(term: string): boolean {
  const text = term.trim();
  if (text.length > longestNumber) return true;
  const isDigits = !/\p{L}/u.test(text) && text.replaceAll(/\D/g, '').length > mostDigits;
  return !isDigits && !isPlainNumber.test(text) && !isAtcSubstance(foldNumber(text));
}

/** Of a strength in a name. */
const mostDigits = 6;

/** The product that the term may be the id of. */
export function idKeyOf(term: string): Key | undefined {
  const id = term.trim();
  return isFhirId(id) && isNumberLike(id) ? resourceKey(productType, id) : undefined;
}

export const idSearch = 'search MedicinalProductDefinition?_id';

/** Read one by one, only what is surely an id is worth it. */
export function idsToRead(terms: readonly string[], readsMany: boolean): readonly Key[] {
  return terms.filter((term) => readsMany || isPmsId(term)).flatMap((term) => idKeyOf(term) ?? []);
}

/** The ways by which a term may be found. */
export function waysOf(term: string): readonly TermWay[] {
  const ways = termSearches.flatMap(({ way, values }): readonly TermWay[] =>
    values(term).length > 0 ? [way] : [],
  );
  return [...(idKeyOf(term) ? (['id'] as const) : []), ...ways];
}

/** Numbers of what belongs to products. */
export const bundledWays: ReadonlySet<TermWay> = new Set(['authorization', 'procedure', 'package']);

/** The ways without which it is not known whether there is anything of that name or number. */
export function waysToAny(term: string): readonly TermWay[] {
  // An id of EMA's is read, and then it is known whether it is one.
  return isPmsId(term) ? ['id'] : waysOf(term);
}

/** A group of ATC classes: no search finds the products of all of them. */
export function isGroup(term: string): boolean {
  return isAtcGroup(foldNumber(term));
}

/** One of a record's names or numbers. */
export interface Naming {
  readonly by: MatchedBy;
  readonly value: string;
  readonly tier: Tier;
  /** A number, or the name that stands first. */
  readonly isMain: boolean;
  /** The ways by which others would be found that bear the same. */
  readonly others: readonly TermWay[];
}

/** A whole name or number; whole words at a name's start, or further on; the beginning of a word. The first is the best. */
export type Tier = 1 | 2 | 3 | 4;

/** A term as records are compared with it. */
export interface Term {
  readonly text: string;
  readonly number: string;
  readonly procedure: string;
  /** Undefined for what is no name. */
  readonly name: string | undefined;
  /** Whether it may stand in a name, and is a number rather. */
  readonly isNumber: boolean;
}

export function termOf(text: string): Term {
  const isNumber = isNumberLike(text) && !/\p{L}{3}/u.test(text);
  const name = isNameLike(text) ? foldName(text) : '';
  return {
    text,
    number: foldNumber(text),
    procedure: foldProcedure(text),
    name: name === '' ? undefined : name,
    isNumber,
  };
}

/** How a record is named by a term; best first. */
export function namingsIn(resource: FhirResource, term: Term): readonly Naming[] {
  const { numbers, names } = borneBy(resource);
  return [
    ...numbers.flatMap(({ by, value, folded, others }): readonly Naming[] => {
      if (folded !== (by === 'PROCEDURE_NUMBER' ? term.procedure : term.number)) return [];
      return [{ by, value, tier: 1, isMain: true, others: others ?? waysOf(term.text) }];
    }),
    ...bestName(names, term),
  ];
}

function bestName(names: Borne['names'], term: Term): readonly Naming[] {
  const wanted = term.name;
  if (wanted === undefined) return [];
  return names
    .flatMap(({ value, folded }, index): readonly Naming[] => {
      const tier = tierOf(folded, wanted);
      if (!tier) return [];
      // What stands in a name as a number may be somebody's number.
      const others = tier > 1 && term.isNumber ? waysOf(term.text) : (['name'] as const);
      return [{ by: nameTiers[tier], value, tier, isMain: tier === 1 && index === 0, others }];
    })
    .sort((a, b) => a.tier - b.tier)
    .slice(0, 1);
}

/** A name may be broken into lines. */
function foldName(name: string): string {
  return foldText(name).replaceAll(/\s+/gu, ' ');
}

const nameTiers = { 1: 'NAME', 2: 'NAME_PART', 3: 'NAME_PART', 4: 'NAME_BEGINNING' } as const;

/** What stands inside a word is another word: `tazocin` is not `pentazocine`. */
function tierOf(name: string, wanted: string): Tier | undefined {
  if (name === wanted) return 1;
  let best: Tier | undefined;
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (!isBoundary(name, at)) continue;
    if (isBoundary(name, end)) return at === 0 ? 2 : 3;
    // Digits that go on are another number.
    if (!/\p{N}$/u.test(wanted)) best = 4;
  }
  return best;
}

/** Whether a word ends or begins here: between letters and digits too, as in `5mg`. */
function isBoundary(text: string, at: number): boolean {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const joins = /[\p{L}\p{M}]$/u.test(before)
    ? /^[\p{L}\p{M}]/u
    : /\p{N}$/u.test(before)
      ? /^\p{N}/u
      : undefined;
  return !joins?.test(after);
}

/** The names and numbers of a record. */
interface Borne {
  readonly numbers: readonly {
    readonly by: MatchedBy;
    readonly value: string;
    readonly folded: string;
    /** Undefined for all by which the term may be found. */
    readonly others: Naming['others'] | undefined;
  }[];
  readonly names: readonly { readonly value: string; readonly folded: string }[];
}

/** Many terms are compared with many records: each record is folded once. */
const folded = new WeakMap<FhirResource, Borne>();

function borneBy(resource: FhirResource): Borne {
  const before = folded.get(resource);
  if (before) return before;
  const borne: Borne = {
    numbers: numbersOf(resource),
    names: namesOf(resource).map((value) => ({ value, folded: foldName(value) })),
  };
  folded.set(resource, borne);
  return borne;
}

function numbersOf(resource: FhirResource): Borne['numbers'] {
  switch (resource.resourceType) {
    case 'MedicinalProductDefinition':
      return [
        ...numbers([{ value: resource.id }], 'PMS_ID', () => []),
        ...elements(resource.identifier).flatMap((identifier) => {
          const by = kindOf(identifier.system);
          return numbers([identifier], by, () => (by === 'IDENTIFIER' ? undefined : ['identifier']));
        }),
        ...classes(resource.classification),
      ];
    case 'PackagedProductDefinition':
      return numbers(resource.identifier, 'PCID', ({ system }) =>
        isOf(identifierSystems.pcId, system) ? [] : ['package'],
      );
    case 'RegulatedAuthorization': {
      const procedure = resource.case?.identifier;
      return [
        ...numbers(resource.identifier, 'AUTHORIZATION_NUMBER', () => ['authorization']),
        ...numbers(procedure ? [procedure] : [], 'PROCEDURE_NUMBER', () => ['procedure'], foldProcedure),
      ];
    }
    default:
      return [];
  }
}

type Numbered = Pick<Identifier, 'system' | 'value'>;

function numbers(
  identifiers: readonly Numbered[] | undefined,
  by: MatchedBy,
  others: (identifier: Numbered) => Naming['others'] | undefined,
  fold = foldNumber,
): Borne['numbers'] {
  return elements(identifiers).flatMap((identifier) => {
    const { value } = identifier;
    return typeof value === 'string' ? [{ by, value, folded: fold(value), others: others(identifier) }] : [];
  });
}

function kindOf(system: string | undefined): MatchedBy {
  if (isOf(identifierSystems.mpId, system)) return 'MPID';
  if (isOf(identifierSystems.evCode, system)) return 'EV_CODE';
  return isOf(identifierSystems.pmsId, system) ? 'PMS_ID' : 'IDENTIFIER';
}

function isOf(systems: RegExp, system: string | undefined): boolean {
  return systems.test(system ?? '');
}

function classes(classification: MedicinalProductDefinition['classification']): Borne['numbers'] {
  const registered = elements(classification)
    .flatMap(({ coding }) => elements(coding))
    .flatMap(({ code }) => (typeof code === 'string' ? [code] : []));
  return atcOf(classification)
    .filter((code) => isAtcSubstance(code))
    .map((code) => ({
      by: 'ATC',
      value: registered.find((each) => foldNumber(each) === code) ?? code,
      folded: code,
      others: ['atc'],
    }));
}
