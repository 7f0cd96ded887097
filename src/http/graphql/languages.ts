/** Reads `Accept-Language` and writes `Content-Language`. */
import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { canonicalTag, isLanguage, isLanguageTag } from '../../terms/languages.js';

/** Maximum number of languages that are read from `Accept-Language`. Further languages are ignored. */
const maxLanguages = 32;

/**
 * Returns the tags in `Accept-Language` in the order of their weights, up to `*`. Empty if the client states no
 * preference. Invalid tags are ignored. Tags of unknown languages are ignored if there is a known one. If all are
 * unknown, the client gets the texts that exist, marked as substitutes.
 */
export function acceptedLanguages(request: IncomingMessage): readonly string[] {
  const accepted = new Negotiator(request).languages();
  const any = accepted.indexOf('*');
  const tags = (any < 0 ? accepted : accepted.slice(0, any))
    .filter(isLanguageTag)
    .map(canonicalTag)
    // `und` means an undetermined language, which cannot be matched.
    .filter((tag) => !/^und\b/.test(tag));
  const known = tags.filter(isLanguage);
  return [...new Set(known.length > 0 ? known : tags)].slice(0, maxLanguages);
}

/** Returns the value of `Content-Language`. Tags may come from the upstream, so their number is limited. */
export function contentLanguage(tags: readonly string[]): string {
  return tags.filter(isLanguageTag).slice(0, mostTold).join(', ');
}

const mostTold = 32;
