/**
 * Provides the terms that are built into this service. Names of countries and languages in European languages come
 * from Node's `Intl` (Unicode's CLDR). No package has more recent names, and they use no memory before they are
 * needed.
 */
import { countries, otherAreas } from './countries.js';
import { atcCodeOf, emaTerms } from './ema-terms.js';
import { languages } from './language-tags.js';
import { fhirLists, namedLists } from './lists.js';
import type { Term, TermSource } from './source.js';
import type { TermTable } from './terms.js';
import { ucumCodes } from './ucum.js';
import { shortFormOf } from './units.js';

/** The official languages of the European Union, Iceland and Norway. */
const tagsOfEurope: ReadonlySet<string> = new Set(
  'bg cs da de el en es et fi fr ga hr hu is it lt lv mt nb nl nn no pl pt ro sk sl sv'.split(' '),
);

/** FHIR R5 value sets as HL7 publishes them (CC0 1.0): publication-status, medicinal-product-domain. */
const fhirTerms: TermTable = {
  [fhirLists.STATUS]: { draft: 'Draft', active: 'Active', retired: 'Retired', unknown: 'Unknown' },
  [fhirLists.DOMAIN]: { Human: 'Human use', Veterinary: 'Veterinary use' },
};

/** Short names for legal statuses of supply, because EMA's names are too long to type. */
const legalStatusNames: Readonly<Record<string, readonly string[]>> = {
  100000072076: ['without prescription', 'non-prescription', 'over the counter', 'OTC'],
  100000072077: ['renewable or non-renewable prescription'],
  100000072078: ['restricted prescription'],
  100000072079: ['non-renewable prescription'],
  100000072084: ['prescription', 'prescription only'],
  100000072085: ['special prescription'],
  100000072086: ['renewable prescription'],
  100000157313: ['special and restricted prescription'],
};

/** Codes and names of countries that ISO does not have. */
const moreCountryNames: Readonly<Record<string, readonly string[]>> = {
  FR: [otherAreas['100000000396'] ?? 'Metropolitan France'],
  GB: ['UK', 'Great Britain'],
  GR: ['EL'],
  MK: ['Macedonia'],
  NL: ['Holland'],
  TR: ['Turkey'],
};

type NamesIn = (tag: string) => Intl.DisplayNames;
type MakeTerm = (code: string, text: string) => Term;

let built: TermSource | undefined;

/** Returns the built-in terms. They are built once per process. Each list is built on its first use. */
export function createBuiltInTerms(): TermSource {
  built ??= buildTerms();
  return built;
}

function buildTerms(): TermSource {
  const tables = new Map(Object.entries({ ...emaTerms, ...fhirTerms }));
  const made = new Map<string, ReadonlyMap<string, Term>>();
  const makers = makersOf();
  let listsByCode: ReadonlyMap<string, readonly string[]> | undefined;

  function listOfTerms(list: string): ReadonlyMap<string, Term> | undefined {
    const before = made.get(list);
    if (before) return before;
    const table = tables.get(list);
    if (!table) return undefined;
    const make = makers.get(list) ?? plainTerm;
    const terms = new Map(Object.entries(table).map(([code, text]) => [code, make(code, text)]));
    made.set(list, terms);
    return terms;
  }

  return {
    version: 1,
    lists: () => [...tables.keys()],
    term: (list, code) => listOfTerms(list)?.get(code),
    anywhere(code) {
      listsByCode ??= listsOfCodes(tables);
      return (listsByCode.get(code) ?? []).flatMap((list) => listOfTerms(list)?.get(code) ?? []);
    },
    terms: (list) => [...(listOfTerms(list)?.values() ?? [])],
  };
}

/** Returns the lists of each code, so that a code that no list has is known without a look into all of them. */
function listsOfCodes(
  tables: ReadonlyMap<string, Readonly<Record<string, string>>>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [list, table] of tables)
    for (const code of Object.keys(table)) {
      const lists = found.get(code);
      if (lists) lists.push(list);
      else found.set(code, [list]);
    }
  return found;
}

/** Returns functions that make terms, for lists whose terms have more than an English text. */
function makersOf(): ReadonlyMap<string, MakeTerm> {
  const [regions, tongues] = [namesBy('region'), namesBy('language')];
  const countryBy = new Map(countries.map((country) => [country[2], country]));
  const tagBy = new Map(languages.map(([tag, term]) => [term, tag]));
  const country: MakeTerm = (code, text) => {
    const [alpha2, alpha3, , name] = countryBy.get(code) ?? [];
    if (alpha2 === undefined || alpha3 === undefined || name === undefined) return plainTerm(code, text);
    const otherNames = [...new Set([name, alpha2, alpha3, ...(moreCountryNames[alpha2] ?? [])])];
    return { code, otherNames, texts: textsIn(regions, alpha2, text) };
  };
  const language: MakeTerm = (code, text) => {
    const tag = tagBy.get(code);
    return tag === undefined
      ? plainTerm(code, text)
      : { code, otherNames: [tag], texts: textsIn(tongues, tag, text) };
  };
  const unit: MakeTerm = (code, text) => {
    const names = [ucumCodes[code], shortFormOf(text)].flatMap((name) => name ?? []);
    return { ...plainTerm(code, text), otherNames: [...new Set(names)] };
  };
  return new Map<string, MakeTerm>([
    [namedLists.COUNTRY[0], country],
    [namedLists.LANGUAGE[0], language],
    [namedLists.UNIT[0], unit],
    [
      namedLists.LEGAL_STATUS[0],
      (code, text) => ({ ...plainTerm(code, text), otherNames: legalStatusNames[code] ?? [] }),
    ],
    [namedLists.CLASSIFICATION[0], (code, text) => ({ ...plainTerm(code, text), atc: atcCodeOf(code) })],
  ]);
}

function plainTerm(code: string, text: string): Term {
  return { code, texts: new Map([['en', text]]), otherNames: [] };
}

function namesBy(type: 'region' | 'language'): NamesIn {
  const byTag = new Map<string, Intl.DisplayNames>();
  return (tag) => {
    const names = byTag.get(tag) ?? new Intl.DisplayNames(tag, { type, fallback: 'none' });
    byTag.set(tag, names);
    return names;
  };
}

/**
 * Returns the texts of a term by language. The English text is EMA's. Other languages are looked up on demand,
 * because most are never used.
 */
function textsIn(namesIn: NamesIn, code: string, english: string): ReadonlyMap<string, string> {
  const textIn = (tag: string): string | undefined => {
    if (tag === 'en') return english;
    return tagsOfEurope.has(tag) ? namesIn(tag).of(code) : undefined;
  };
  const all = (): ReadonlyMap<string, string> =>
    new Map(
      [...tagsOfEurope].flatMap((tag): readonly (readonly [string, string])[] => {
        const text = textIn(tag);
        return text === undefined ? [] : [[tag, text]];
      }),
    );
  return {
    get: textIn,
    has: (tag) => textIn(tag) !== undefined,
    get size() {
      return all().size;
    },
    forEach: (each) => all().forEach(each),
    keys: () => all().keys(),
    values: () => all().values(),
    entries: () => all().entries(),
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  };
}
