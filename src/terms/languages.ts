/** Languages and countries, which records name by EMA's term, by a tag or ISO code, or in words. */
import type { CodeableConcept, Coding } from 'fhir/r5.js';

/** RMS list 100000072057, the languages of the Union, Iceland and Norway: BCP 47 tag, term, English name. */
const languages: readonly (readonly [tag: string, term: string, name: string])[] = [
  ['bg', '100000072142', 'Bulgarian'],
  ['cs', '100000072167', 'Czech'],
  ['da', '100000072168', 'Danish'],
  ['de', '100000072178', 'German'],
  ['el', '100000072181', 'Greek'],
  ['en', '100000072147', 'English'],
  ['es', '100000072264', 'Spanish'],
  ['et', '100000072172', 'Estonian'],
  ['fi', '100000072149', 'Finnish'],
  ['fr', '100000072175', 'French'],
  ['ga', '100000072179', 'Irish'],
  ['hr', '100000072258', 'Croatian'],
  ['hu', '100000072187', 'Hungarian'],
  ['is', '100000072156', 'Icelandic'],
  ['it', '100000072194', 'Italian'],
  ['lt', '100000072206', 'Lithuanian'],
  ['lv', '100000072205', 'Latvian'],
  ['mt', '100000072236', 'Maltese'],
  ['nb', '100000072213', 'Norwegian Bokmål'],
  ['nl', '100000072169', 'Dutch'],
  ['nn', '100000072242', 'Norwegian Nynorsk'],
  ['no', '100000072243', 'Norwegian'],
  ['pl', '100000072217', 'Polish'],
  ['pt', '100000072251', 'Portuguese'],
  ['ro', '100000072254', 'Romanian'],
  ['sk', '100000072259', 'Slovak'],
  ['sl', '100000072260', 'Slovenian'],
  ['sv', '100000072288', 'Swedish'],
];

/** RMS list 100000000002, the Union, the EEA and their neighbours: ISO 3166 codes, term, common and official name. */
const countries: readonly (readonly [
  alpha2: string,
  alpha3: string,
  term: string,
  name: string,
  official: string,
])[] = [
  ['AT', 'AUT', '100000000330', 'Austria', 'Republic of Austria'],
  ['BE', 'BEL', '100000000337', 'Belgium', 'Kingdom of Belgium'],
  ['BG', 'BGR', '100000000349', 'Bulgaria', 'Republic of Bulgaria'],
  ['CY', 'CYP', '100000000375', 'Cyprus', 'Republic of Cyprus'],
  ['CZ', 'CZE', '100000000376', 'Czechia', 'Czech Republic'],
  ['DE', 'DEU', '100000000403', 'Germany', 'Federal Republic of Germany'],
  ['DK', 'DNK', '100000000377', 'Denmark', 'Kingdom of Denmark'],
  ['EE', 'EST', '100000000388', 'Estonia', 'Republic of Estonia'],
  ['ES', 'ESP', '100000000529', 'Spain', 'Kingdom of Spain'],
  ['FI', 'FIN', '100000000394', 'Finland', 'Republic of Finland'],
  ['FR', 'FRA', '100000000395', 'France', 'French Republic'],
  ['GR', 'GRC', '100000000406', 'Greece', 'Hellenic Republic'],
  ['HR', 'HRV', '100000000373', 'Croatia', 'Republic of Croatia'],
  ['HU', 'HUN', '100000000421', 'Hungary', 'Republic of Hungary'],
  ['IE', 'IRL', '100000000427', 'Ireland', 'Ireland'],
  ['IS', 'ISL', '100000000422', 'Iceland', 'Republic of Iceland'],
  ['IT', 'ITA', '100000000430', 'Italy', 'Italian Republic'],
  ['LI', 'LIE', '100000000449', 'Liechtenstein', 'Principality of Liechtenstein'],
  ['LT', 'LTU', '100000000450', 'Lithuania', 'Republic of Lithuania'],
  ['LU', 'LUX', '100000000451', 'Luxembourg', 'Grand Duchy of Luxembourg'],
  ['LV', 'LVA', '100000000443', 'Latvia', 'Republic of Latvia'],
  ['MT', 'MLT', '100000000459', 'Malta', 'Republic of Malta'],
  ['NL', 'NLD', '100000000478', 'Netherlands', 'Kingdom of the Netherlands'],
  ['NO', 'NOR', '100000000489', 'Norway', 'Kingdom of Norway'],
  ['PL', 'POL', '100000000500', 'Poland', 'Republic of Poland'],
  ['PT', 'PRT', '100000000501', 'Portugal', 'Portuguese Republic'],
  ['RO', 'ROU', '100000000505', 'Romania', 'Romania'],
  ['SE', 'SWE', '100000000535', 'Sweden', 'Kingdom of Sweden'],
  ['SI', 'SVN', '100000000524', 'Slovenia', 'Republic of Slovenia'],
  ['SK', 'SVK', '100000000523', 'Slovakia', 'Slovak Republic'],
  ['EU', 'EU', '100000000390', 'European Union', 'European Union'],
  ['CH', 'CHE', '100000000536', 'Switzerland', 'Swiss Confederation'],
  ['GB', 'GBR', '100000000556', 'United Kingdom', 'United Kingdom of Great Britain and Northern Ireland'],
  ['XI', 'XI', '240000000000', 'Northern Ireland', 'United Kingdom (Northern Ireland)'],
];

/** What is said of a country beside that: older codes, and a second term for the same. */
const countryAliases = new Map([
  ['el', 'GR'],
  ['uk', 'GB'],
  ['100000000396', 'FR'],
  ['metropolitan france', 'FR'],
]);

export const languageTerms: Readonly<Record<string, string>> = Object.fromEntries(
  languages.map(([, term, name]) => [term, name]),
);
export const countryTerms: Readonly<Record<string, string>> = {
  ...Object.fromEntries(countries.map(([, , term, , official]) => [term, official])),
  '100000000396': 'Metropolitan France',
};

const tagOf = new Map(
  languages.flatMap(([tag, term, name]) => [
    [term, tag],
    [name.toLowerCase(), tag],
  ]),
);
const countryOf = new Map(
  countries.flatMap(([alpha2, ...others]) =>
    [alpha2, ...others].map((each) => [each.toLowerCase(), alpha2] as const),
  ),
);

/** Longer ones name no language that texts are in. */
const longestTag = 35;

/** Whether it is a language tag as BCP 47 has it; `en_US` and `C`, which operating systems have, are none. */
export function isLanguageTag(tag: string): boolean {
  if (tag.length > longestTag) return false;
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

const displayNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Whether it is a tag, and its first part is the code of a language: `pt-BR` is one, `xx` none. */
export function isLanguage(tag: string): boolean {
  if (!isLanguageTag(tag)) return false;
  return displayNames.of(new Intl.Locale(tag).language) !== undefined;
}

/** The tags of the languages that a concept names: by EMA's term, by tag, or in English words. */
export function languageTagsOf(concept: CodeableConcept | undefined): readonly string[] {
  return [...new Set(wordsOf(concept).flatMap((word) => tagOf.get(word) ?? (isLanguage(word) ? word : [])))];
}

/** Whether a usage's country is the one asked for by its code, EMA's or ISO's, or by its name. */
export function countryMatches(concept: CodeableConcept | undefined, country: string): boolean {
  const wanted = countryNamed(country.trim().toLowerCase());
  return wordsOf(concept).some((word) => countryNamed(word) === wanted);
}

/** The codes of a country that is given by one of them or by its name: EMA's terms and ISO's; else what was given. */
export function countryCodesOf(country: string): readonly string[] {
  const alpha2 = countryNamed(country.trim().toLowerCase());
  const [, alpha3, term] = countries.find(([each]) => each === alpha2) ?? [];
  if (alpha3 === undefined || term === undefined)
    return [...new Set([country.trim(), country.trim().toUpperCase()])];
  const aliases = [...countryAliases].flatMap(([alias, of]) => (of === alpha2 ? [alias] : []));
  const codes = aliases.filter((alias) => /^(\d+|\w\w)$/.test(alias)).map((alias) => alias.toUpperCase());
  return [...new Set([term, alpha2, alpha3, ...codes])];
}

function countryNamed(word: string): string {
  return countryAliases.get(word) ?? countryOf.get(word) ?? word;
}

const languageNames = new Map(languages.map(([tag, , name]) => [tag, name]));
const countryNames = new Map(countries.map(([alpha2, , , name]) => [alpha2, name]));

/** English name of the language or country that a coding of IETF's or ISO's system names; undefined for others. */
export function nameOfTag({ system, code = '' }: Coding): string | undefined {
  if (system === 'urn:ietf:bcp:47') return languageNames.get(code.toLowerCase());
  if (system !== 'urn:iso:std:iso:3166') return undefined;
  return countryNames.get(countryNamed(code.toLowerCase()));
}

/** All that a concept says, in lower case: its codes, their displays, its text. */
function wordsOf(concept: CodeableConcept | undefined): readonly string[] {
  const codings = (concept?.coding ?? []).flatMap(({ code, display }) => [code, display]);
  return [...codings, concept?.text].flatMap((word) => word?.trim().toLowerCase() || []);
}
