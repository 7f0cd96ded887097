/** Replaces words in filters by codes of EMA's lists, before anything is sent. */
import { PmsError } from '../../errors.js';
import {
  isSubstanceCode,
  substanceNames,
  substanceTerms,
  type SubstanceFilter,
} from '../../facts/substances/substances.js';
import { isAtcGroup } from '../../terms/atc.js';
import { atcList, listsFor } from '../../terms/lists.js';
import { marketingStateNamed } from '../../terms/statuses.js';
import type { Terms } from '../../terms/terms.js';
import type { Values } from './coerce.js';

/** The parts of `ProductFilter` that take terms, each with its lists of terms. */
export const listsOf: Readonly<Record<string, readonly string[]>> = {
  status: listsFor('STATUS'),
  domain: listsFor('DOMAIN'),
  doseForm: listsFor('DOSE_FORM'),
  route: listsFor('ROUTE'),
  country: listsFor('COUNTRY'),
  atc: [atcList, 'CLASSIFICATION'],
  classification: listsFor('CLASSIFICATION'),
  authorizationStatus: listsFor('AUTHORIZATION_STATUS'),
  legalStatusOfSupply: listsFor('LEGAL_STATUS'),
  pediatricUse: listsFor('PEDIATRIC_USE'),
};

const mostNearest = 5;

/**
 * Returns the arguments with the words replaced by codes.
 * @throws BAD_USER_INPUT for a word that matches no term; the message contains the most similar terms
 */
export function withCodes(values: Values, terms: Terms, language: string): Values {
  const { filter, country } = values;
  if (Array.isArray(country)) {
    const given = country as readonly string[];
    return {
      ...values,
      country: codesFor('country', given, listsFor('COUNTRY'), { terms, language }, 'country'),
    };
  }
  if (typeof filter !== 'object' || filter === null) return values;
  const coded = Object.entries(filter).map(([part, given]): readonly [string, unknown] => [
    part,
    given === null ? given : codedPart(part, given, { terms, language }),
  ]);
  return { ...values, filter: Object.fromEntries(coded) };
}

interface Words {
  readonly terms: Terms;
  readonly language: string;
}

function codedPart(part: string, given: unknown, words: Words): unknown {
  if (part === 'actives') return activesIn(given as Actives, words);
  if (part === 'marketed') return marketedIn(given as Marketed, words);
  if (!Array.isArray(given)) return given;
  const texts = given as readonly string[];
  if (part === 'substance' || part === 'withoutSubstance')
    return texts.map((text) => substanceIn(text, words));
  const lists = Object.hasOwn(listsOf, part) ? listsOf[part] : undefined;
  return lists ? codesFor(part, texts, lists, words) : given;
}

interface Actives {
  readonly all: readonly { readonly substance: string }[];
}

function activesIn({ all, ...others }: Actives, words: Words): unknown {
  return { ...others, all: all.map((each) => ({ ...each, substance: substanceIn(each.substance, words) })) };
}

interface Marketed {
  readonly country?: readonly string[] | null;
  readonly status: readonly string[];
}

function marketedIn({ country, status, ...others }: Marketed, words: Words): unknown {
  const isState = (text: string): boolean => marketingStateNamed(text) !== null;
  const inWords = status.filter((text) => !isState(text));
  return {
    ...others,
    ...(country ? { country: codesFor('marketed.country', country, listsFor('COUNTRY'), words) } : {}),
    status: [
      ...status.filter(isState),
      ...codesFor('marketed.status', inWords, listsFor('MARKETING_STATUS'), words),
    ],
  };
}

/** Reads a substance in a filter. If it is a code, its names are added; if it is a name, its codes are added. */
function substanceIn(text: string, { terms }: Words): SubstanceFilter {
  const given = text.trim();
  return isSubstanceCode(given)
    ? { codes: [given], names: substanceNames(terms, given) }
    : { codes: substanceTerms(terms, given), names: [given] };
}

function codesFor(
  part: string,
  given: readonly string[],
  lists: readonly string[],
  { terms, language }: Words,
  argument = `filter.${part}`,
): readonly string[] {
  const codes = given.flatMap((value, at) => {
    const own = isCode(part, value) ? [value] : [];
    // EMA has its own terms for ATC classes. Some records state only these terms, without an ATC code.
    const classes = own.length > 0 && part === 'atc' ? atcTerms(value, terms) : [];
    // The value may be a code, or words with `_` in place of spaces.
    const named = own.length === 0 || value.includes('_') ? terms.codesOf(lists, value) : classes;
    if (own.length > 0 || named.length > 0) return [...own, ...named];
    const place = given.length === 1 ? argument : `${argument}[${at}]`;
    throw new PmsError(
      'BAD_USER_INPUT',
      unknownWord(place, terms.nearest(lists, value, language, mostNearest)),
    );
  });
  return [...new Set(codes)];
}

function atcTerms(value: string, terms: Terms): readonly string[] {
  return terms.atcTermsIn(value.trim().toUpperCase());
}

/**
 * Whether a text is used as a code without conversion: it has a digit and no space, or it is an ATC group, which is
 * the first letters of an ATC code.
 */
function isCode(part: string, value: string): boolean {
  const given = value.trim();
  return (/\d/.test(given) && !/\s/.test(given)) || (part === 'atc' && isAtcGroup(given.toUpperCase()));
}

function unknownWord(place: string, nearest: readonly string[]): string {
  const known = nearest.map((text) => `"${text}"`).join(', ');
  return `"${place}" is not a term that this service knows for this field.${known === '' ? '' : ` The most similar terms are ${known}.`}`;
}
