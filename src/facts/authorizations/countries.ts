/** The countries in which an authorization holds, or a supply status counts. */
import type { CodeableConcept, RegulatedAuthorization } from 'fhir/r5.js';
import { elements } from '../../fhir/elements.js';
import { tidyNumber } from '../../terms/ema-codes.js';
import { areaNamed, countryCodesOf, wordsOf } from '../../terms/languages.js';
import { eeaCode, eeaWords, holdsUnionAuthorizations } from '../../terms/union.js';
import { isAuthorizing } from './authorizing.js';
import { allOf, anyOf, type Verdict } from '../verdict.js';

/** The Union, by its code in EMA's list of countries and in ISO 3166-1's reserved ones. */
const union = 'EU';

const unionWords = new Set(eeaWords.map((word) => word.toLowerCase()));

/**
 * Whether an authorization, in any status, allows a medicine to be sold in one of the countries. An authorization of
 * the Union does in its members, Iceland, Liechtenstein and Norway. Undefined where its kind or its region is unknown.
 * @param asked EMA's terms, ISO codes or English names; `EU` asks for authorizations of the Union alone
 */
export function isAuthorizedIn(authorization: RegulatedAuthorization, asked: readonly string[]): Verdict {
  const kind = isAuthorizing(authorization);
  if (kind === false) return false;
  return allOf([kind, holdsIn(authorization, asked)]);
}

/**
 * Returns the places in which an authorization allows a medicine to be sold: countries by their ISO 3166-1 codes, other
 * areas by EMA's term, the Union as `EU`. It is valid in a country where any of `placesThatHold` is among them.
 */
export function authorizedPlaces(authorization: RegulatedAuthorization): readonly string[] {
  if (isAuthorizing(authorization) !== true) return [];
  const regions: readonly CodeableConcept[] = elements(authorization.region);
  return [...(isNumberedByUnion(authorization) ? [union] : []), ...placesIn(regions.flatMap(wordsOf))];
}

/** Returns the places whose authorizations hold in a place: itself, and the Union where it covers the place. */
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
 * Whether a statement for one jurisdiction, or for none, counts in any of the countries: a legal status of supply, say.
 * A statement for the Union counts in its members.
 */
export function countsIn(jurisdiction: CodeableConcept | undefined, asked: readonly string[]): Verdict {
  if (jurisdiction === undefined || jurisdiction === null || wordsOf(jurisdiction).length === 0) return true;
  return isAmong(wordsOf(jurisdiction), asked, isInUnion);
}

/**
 * Whether the words for a place name one of the countries. The Union counts as a country of its own. Undefined where
 * they name no known place.
 */
export function isCountryAmong(words: readonly string[], asked: readonly string[]): Verdict {
  return isAmong(words, asked, (country) => placeOf(country) === union);
}

/**
 * Returns every code that records may have as the region of an authorization in these countries, for a search upstream:
 * EMA's and ISO's, and those of the Union where it covers the country. Union authorizations that can be recognized only
 * by their numbers are not found by these codes.
 */
export function regionsToSearch(asked: readonly string[]): readonly string[] {
  const ofUnion = asked.some(isInUnion) ? [...countryCodesOf(union), eeaCode] : [];
  return [...new Set([...asked.flatMap(countryCodesOf), ...ofUnion])];
}

/** @param isOfUnion whether a statement for the Union counts in a country */
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
 * Returns the country of a code or a name by its ISO 3166-1 code; another area by EMA's term. Undefined for other
 * words.
 */
export function placeOf(word: string): string | undefined {
  const folded = word.trim().toLowerCase();
  return unionWords.has(folded) ? union : areaNamed(folded);
}
