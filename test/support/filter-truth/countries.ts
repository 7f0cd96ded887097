/** Countries in all their spellings, and the countries in which an EU authorization is valid. */
import type { CodeableConcept } from 'fhir/r5.js';
import { codesIn, plain, textsIn } from './words.js';

/** The codes of EMA, the ISO codes and the names of each country. */
const countries: readonly (readonly string[])[] = [
  ['100000000390', 'EU', 'European Union'],
  ['100000000391', 'EEA', 'European Economic Area'],
  ['100000000535', 'SE', 'SWE', 'Sweden', 'Kingdom of Sweden'],
  ['100000000403', 'DE', 'DEU', 'Germany', 'Federal Republic of Germany'],
  ['100000000529', 'ES', 'ESP', 'Spain', 'Kingdom of Spain'],
  ['100000000501', 'PT', 'PRT', 'Portugal', 'Portuguese Republic'],
  ['100000000500', 'PL', 'POL', 'Poland', 'Republic of Poland'],
  ['100000000388', 'EE', 'EST', 'Estonia', 'Republic of Estonia'],
  ['100000000395', '100000000396', 'FR', 'FRA', 'France', 'Metropolitan France'],
  ['100000000394', 'FI', 'FIN', 'Finland', 'Republic of Finland'],
  ['100000000406', 'GR', 'EL', 'GRC', 'Greece', 'Hellenic Republic'],
  ['100000000330', 'AT', 'AUT', 'Austria', 'Republic of Austria'],
  ['100000000427', 'IE', 'IRL', 'Ireland'],
  ['100000000337', 'BE', 'BEL', 'Belgium', 'Kingdom of Belgium'],
  ['100000000376', 'CZ', 'CZE', 'Czechia', 'Czech Republic'],
  ['100000000377', 'DK', 'DNK', 'Denmark', 'Kingdom of Denmark'],
  ['100000000556', 'GB', 'GBR', 'United Kingdom'],
  ['100000000478', 'NL', 'NLD', 'Netherlands', 'Kingdom of the Netherlands'],
];

/** ISO codes of the 27 member states, and of Iceland, Liechtenstein and Norway. */
const ofUnion = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR EL HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO'.split(' '),
);

export function spellingsOfCountry(country: string): readonly string[] {
  const wanted = country.toUpperCase();
  return countries.find((each) => each.some((word) => word.toUpperCase() === wanted)) ?? [country];
}

/** Whether a concept is the country; undefined if it has neither code nor text. */
export function isCountry(concept: CodeableConcept, country: string): boolean | undefined {
  const said = [...codesIn(concept), ...textsIn(concept)].map(plain);
  if (said.length === 0) return undefined;
  const spellings = new Set(spellingsOfCountry(country).map(plain));
  return said.some((each) => spellings.has(each));
}

export function isUnion(concept: CodeableConcept): boolean | undefined {
  const [eu, eea] = [isCountry(concept, 'EU'), isCountry(concept, 'EEA')];
  return eu === undefined ? undefined : eu || eea === true;
}

export function isOfUnion(country: string): boolean {
  return spellingsOfCountry(country).some((each) => ofUnion.has(each.toUpperCase()));
}

export function isUnionItself(country: string): boolean {
  return spellingsOfCountry(country).includes('EU');
}
