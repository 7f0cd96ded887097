/** Decides in which countries an authorization or a supply status is valid. */
import type { CodeableConcept, RegulatedAuthorization } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { tidyNumber } from '../../terms/ema-codes.js';
import { areaNamed, countryCodesOf, wordsOf } from '../../terms/languages.js';
import { eeaCode, eeaWords, holdsUnionAuthorizations } from '../../terms/union.js';
import { isAuthorizing } from './authorizing.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/** The code of the European Union in EMA's list of countries, and a reserved code in ISO 3166-1. */
const union = 'EU';

const unionWords = new Set(eeaWords.map((word) => word.toLowerCase()));

/**
 * Whether an authorization, whatever its status, allows a medicine to be sold in one of the countries. An
 * authorization of the Union is valid in the member states, Iceland, Liechtenstein and Norway. Undefined if the type
 * or the region of the authorization is unknown.
 * @param asked countries by EMA's term, ISO code or English name; `EU` matches only authorizations of the Union
 */
export function isAuthorizedIn(authorization: RegulatedAuthorization, asked: readonly string[]): Verdict {
  const kind = isAuthorizing(authorization);
  if (kind === false) return false;
  return allOf([kind, holdsIn(authorization, asked)]);
}

/**
 * Returns where an authorization allows a medicine to be sold: countries as ISO 3166-1 codes, other areas as EMA's
 * term, the Union as `EU`. The authorization is valid in a country if one of that country's `placesThatHold` is among
 * them.
 */
export function authorizedPlaces(authorization: RegulatedAuthorization): readonly string[] {
  if (isAuthorizing(authorization) !== true) return [];
  const regions: readonly CodeableConcept[] = elements(authorization.region);
  return [...(isNumberedByUnion(authorization) ? [union] : []), ...placesIn(regions.flatMap(wordsOf))];
}

/**
 * Returns the places whose authorizations are valid in a country: the country itself, and the Union if the country
 * accepts its authorizations.
 */
export function placesThatHold(place: string): readonly string[] {
  return place !== union && holdsUnionAuthorizations(place) ? [place, union] : [place];
}

function isNumberedByUnion({ identifier }: Pick<RegulatedAuthorization, 'identifier'>): boolean {
  return elements(identifier).some(
    ({ value }) => typeof value === 'string' && /^EU\/1\//i.test(tidyNumber(value) ?? ''),
  );
}

function holdsIn(authorization: RegulatedAuthorization, asked: readonly string[]): Verdict {
  const isOfUnion = isNumberedByUnion(authorization);
  const regions: readonly CodeableConcept[] = elements(authorization.region);
  if (isOfUnion && asked.some(isInUnion)) return true;
  if (regions.length === 0) return isOfUnion ? false : undefined;
  return anyOf(regions.map((each) => isAmong(wordsOf(each), asked, isInUnion)));
}

/**
 * Whether a statement, such as a legal status of supply, is valid in one of the countries. A statement without a
 * jurisdiction is valid everywhere. A statement for the Union is valid in the states that accept its authorizations.
 */
export function countsIn(jurisdiction: CodeableConcept | undefined, asked: readonly string[]): Verdict {
  if (jurisdiction === undefined || jurisdiction === null || wordsOf(jurisdiction).length === 0) return true;
  return isAmong(wordsOf(jurisdiction), asked, isInUnion);
}

/**
 * Whether the words in a record name one of the countries. The Union counts as a separate country. Undefined if the
 * words name no known country.
 */
export function isCountryAmong(words: readonly string[], asked: readonly string[]): Verdict {
  return isAmong(words, asked, (country) => placeOf(country) === union);
}

/**
 * Returns the codes for an upstream search of authorizations in these countries: EMA's codes and ISO codes, and the
 * codes of the Union if its authorizations are valid in one of the countries. The search does not find authorizations
 * of the Union that are recognizable only by their number.
 */
export function regionsToSearch(asked: readonly string[]): readonly string[] {
  const ofUnion = asked.some(isInUnion) ? [...countryCodesOf(union), eeaCode] : [];
  return [...new Set([...asked.flatMap(countryCodesOf), ...ofUnion])];
}

/** @param isOfUnion whether a statement for the Union is valid in a country */
function isAmong(
  words: readonly string[],
  asked: readonly string[],
  isOfUnion: (country: string) => boolean,
): Verdict {
  const places = new Set(placesIn(words));
  const isIt = asked.some(
    (country) =>
      words.includes(country.trim().toLowerCase()) ||
      places.has(placeOf(country) ?? '') ||
      (places.has(union) && isOfUnion(country)),
  );
  return isIt || (places.size > 0 ? false : undefined);
}

function isInUnion(country: string): boolean {
  const place = placeOf(country);
  return place !== undefined && (place === union || holdsUnionAuthorizations(place));
}

function placesIn(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => placeOf(word) ?? []);
}

/**
 * Returns the ISO 3166-1 code of a country by code or name; for another area, EMA's term. Undefined for any other word.
 */
export function placeOf(word: string): string | undefined {
  const folded = word.trim().toLowerCase();
  return unionWords.has(folded) ? union : areaNamed(folded);
}
