/** How a search can be sent to an upstream: in its URL, in a form, or only in parts. What is too long is learnt downwards. */
import { PmsError, isPmsError } from '../errors.js';
import type { BaseUrl } from './base-url.js';
import type { HttpAnswer } from './http.js';
import type { ResourceType } from './resources.js';

/** Types that cannot be searched by POST. */
export interface PostRefusals {
  has(type: ResourceType): boolean;
  add(type: ResourceType): unknown;
}

export interface SearchLimits {
  /** Characters of the longest URL that is sent. */
  readonly longestUrl: number;
  /** Whether a search can be sent as it is. */
  fits(type: ResourceType, query: string, refused?: PostRefusals): boolean;
  /** Whether it is to be sent by POST. */
  isForPost(type: ResourceType, query: string, refused?: PostRefusals): boolean;
  takesPost(type: ResourceType, refused?: PostRefusals): boolean;
  /** From now on no URL as long as this is sent. @returns what to throw */
  refusedUrl(url: URL, answer: HttpAnswer): PmsError;
  /** From now on no form as long as this is sent. @returns what to throw */
  refusedForm(query: string, answer: HttpAnswer): PmsError;
  /** From now on nothing of this type is sent by POST, by whoever these are the refusals of. @returns what to throw */
  refusedPost(type: ResourceType, answer: HttpAnswer, refused?: PostRefusals): PmsError;
}

/** Proxies cut longer URLs off; the smallest limit seen is 2 kB. */
const mostOfUrl = 2_000;
const longestForm = 100_000;
/** What a question is cut down to, of the length that was refused. */
const shorter = 0.7;

export function createSearchLimits(base: Pick<BaseUrl, 'resolve'>): SearchLimits {
  const byAnybody: PostRefusals = new Set<ResourceType>();
  let maxUrlLength = mostOfUrl;
  let maxFormLength = longestForm;

  /** Of a search's URL, which is its parts and no more; but for apostrophes, which a URL escapes. */
  function lengthOf(type: ResourceType, query: string): number {
    return base.resolve([type]).href.length + 1 + query.length + 2 * (query.split("'").length - 1);
  }

  return {
    get longestUrl() {
      return maxUrlLength;
    },
    fits(type, query, refused = byAnybody) {
      if (lengthOf(type, query) <= maxUrlLength) return true;
      return query.length <= maxFormLength && !refused.has(type);
    },
    isForPost: (type, query, refused = byAnybody) =>
      lengthOf(type, query) > maxUrlLength && !refused.has(type),
    takesPost: (type, refused = byAnybody) => !refused.has(type),
    refusedUrl({ href }, answer) {
      maxUrlLength = Math.min(maxUrlLength, Math.floor(href.length * shorter));
      return tooLong(answer);
    },
    refusedForm(query, answer) {
      maxFormLength = Math.min(maxFormLength, Math.floor(query.length * shorter));
      return tooLong(answer);
    },
    refusedPost(type, { status }, refused = byAnybody) {
      refused.add(type);
      return new PmsError('UPSTREAM_UNSUPPORTED', 'The upstream takes no search by POST.', {
        status,
        cause: new MustSplit(`HTTP ${status}`),
      });
    },
  };
}

export function isTooLong({ status }: HttpAnswer): boolean {
  return status === 413 || status === 414 || status === 431;
}

function tooLong({ status }: HttpAnswer): PmsError {
  return new PmsError('UPSTREAM_UNSUPPORTED', 'The upstream takes no question as long as this.', {
    status,
    cause: new MustSplit(`HTTP ${status}`),
  });
}

/** The cause of an error after which a search is to be split and sent again. */
class MustSplit extends Error {
  override readonly name = 'MustSplit';
}

/** Whether a search failed only by its length or its method: `fits` has changed, so split it and search again. */
export function mustSplit(error: unknown): error is PmsError {
  return isPmsError(error) && error.cause instanceof MustSplit;
}
