/** Languages as HTTP names them: what a client accepts, and what an answer is in. */
import type { IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { canonicalTag, isLanguage, isLanguageTag } from '../../terms/languages.js';

/** Most that are told apart: who reads more is served by these. */
const maxLanguages = 32;

/**
 * Returns the tags in `Accept-Language`, by their weights, down to `*`; empty where none is preferred. What is no tag is
 * passed over, and so is the tag of no language beside others. A client that names nothing else gets what there is, as
 * texts that stand in.
 */
export function acceptedLanguages(request: IncomingMessage): readonly string[] {
  const accepted = new Negotiator(request).languages();
  const any = accepted.indexOf('*');
  const tags = (any < 0 ? accepted : accepted.slice(0, any))
    .filter(isLanguageTag)
    .map(canonicalTag)
    // Of a language that is not known nobody can say which it is.
    .filter((tag) => !/^und\b/.test(tag));
  const known = tags.filter(isLanguage);
  return [...new Set(known.length > 0 ? known : tags)].slice(0, maxLanguages);
}

/** The value of `Content-Language`: upstreams name languages too, and a header is no place for a thousand. */
export function contentLanguage(tags: readonly string[]): string {
  return tags.filter(isLanguageTag).slice(0, mostTold).join(', ');
}

const mostTold = 32;
