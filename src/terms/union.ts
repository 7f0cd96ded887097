/** The countries in which an authorization of the European Union is valid. */

/**
 * Members of the European Union as of 1 February 2020, the day after the United Kingdom left: Article 52 of the Treaty
 * on European Union. ISO 3166-1 alpha-2.
 */
export const unionMembers: readonly string[] = [
  'AT',
  'BE',
  'BG',
  'CY',
  'CZ',
  'DE',
  'DK',
  'EE',
  'ES',
  'FI',
  'FR',
  'GR',
  'HR',
  'HU',
  'IE',
  'IT',
  'LT',
  'LU',
  'LV',
  'MT',
  'NL',
  'PL',
  'PT',
  'RO',
  'SE',
  'SI',
  'SK',
];

/**
 * The other states of the European Economic Area as of 1 February 2020, in which authorizations of the Union are valid
 * too: Annex II, chapter XIII of the Agreement on the European Economic Area.
 */
export const otherEeaStates: readonly string[] = ['IS', 'LI', 'NO'];

/** A code for the European Economic Area, which has no code in ISO 3166 and in EMA's list of countries. */
export const eeaCode = 'EEA';
export const eeaWords: readonly string[] = [eeaCode, 'European Economic Area', 'EU/EEA', 'EU and EEA'];

const holders = new Set([...unionMembers, ...otherEeaStates]);

/**
 * Whether an authorization of the Union is valid in a country.
 * @param alpha2 the country's ISO 3166-1 alpha-2 code, in capitals
 */
export function holdsUnionAuthorizations(alpha2: string): boolean {
  return holders.has(alpha2);
}
