/**
 * Decides how a search can be sent: in its URL, in a form, or only in parts. A refusal limits only the caller that met
 * it, because the content of its search may be the reason. For all callers a limit is set only by a neutral search, and
 * for an hour.
 */
import { PmsError, isPmsError } from '../errors.js';
import type { BaseUrl } from './base-url.js';
import type { HttpAnswer } from './http.js';
import type { ResourceType } from './resources.js';

/** Types that cannot be searched by POST. */
export interface PostRefusals {
  has(type: ResourceType): boolean;
  add(type: ResourceType): unknown;
}

/** The limits of one caller, from the refusals that it has met. */
export interface Refusals {
  readonly post: PostRefusals;
  /** Characters of the longest URL and of the longest form that are sent for this caller. */
  readonly longest: Record<Vessel, number>;
}

/** The part of a request that carries a search. */
export type Vessel = 'url' | 'form';

export function createRefusals(post: PostRefusals = new Set<ResourceType>()): Refusals {
  return { post, longest: { url: Infinity, form: Infinity } };
}

export interface SearchLimits {
  /** Characters of the longest URL that is sent for any caller. */
  readonly longestUrl: number;
  /**
   * Whether a search can be sent as one request.
   * @param refusals of the caller
   */
  fits(type: ResourceType, query: string, refusals?: Refusals): boolean;
  /** Whether the search has to be sent by POST. */
  isForPost(type: ResourceType, query: string, refusals?: Refusals): boolean;
  takesPost(type: ResourceType, refusals?: Refusals): boolean;
  /**
   * Notes a refused length: from now on nothing as long is sent for the caller with these refusals.
   * @returns the error to throw
   */
  refused(vessel: Vessel, length: number, answer: HttpAnswer, refusals?: Refusals): PmsError;
  /**
   * Notes a refused POST: from now on no search of this type is sent by POST for the caller with these refusals.
   * @returns the error to throw
   */
  refusedPost(type: ResourceType, answer: HttpAnswer, refusals?: Refusals): PmsError;
  /**
   * The longest length that was refused to any caller, and may not be refused to all; undefined where there is none.
   */
  doubted(vessel: Vessel): number | undefined;
  /**
   * Notes the outcome of a neutral search of this length.
   * @param isRefused whether nothing as long is sent for any caller, for an hour
   * @returns the next length to try, after a refusal
   */
  settle(vessel: Vessel, length: number, isRefused: boolean): number | undefined;
}

/** Most characters. Proxies cut longer URLs off; the smallest limit seen is 2 kB. */
const most: Readonly<Record<Vessel, number>> = { url: 2_000, form: 100_000 };
/** The share of a refused length that is tried next. */
const shorter = 0.7;
/** Milliseconds that a limit lasts, since the gateway may change. */
const lastsMs = 3_600_000;

export interface SearchLimitsOptions {
  /** Called for each refusal. The content of the search may have been the reason. */
  readonly onTooLong?: (() => void) | undefined;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

export function createSearchLimits(
  base: Pick<BaseUrl, 'resolve'>,
  { onTooLong, now = () => performance.now() }: SearchLimitsOptions = {},
): SearchLimits {
  const ofAnybody = createRefusals();
  let forgottenAt = now() + lastsMs;
  const shared: Record<Vessel, { longest: number; until: number }> = {
    url: { longest: most.url, until: Infinity },
    form: { longest: most.form, until: Infinity },
  };
  const doubted = new Map<Vessel, number>();

  function longestOf(vessel: Vessel, refusals: Refusals = anybody()): number {
    return Math.min(ofAll(vessel), refusals.longest[vessel]);
  }

  function ofAll(vessel: Vessel): number {
    const { longest, until } = shared[vessel];
    return now() < until ? longest : most[vessel];
  }

  /** Returns the refusals of callers that keep none of their own. */
  function anybody(): Refusals {
    if (now() < forgottenAt) return ofAnybody;
    Object.assign(ofAnybody.longest, createRefusals().longest);
    forgottenAt = now() + lastsMs;
    return ofAnybody;
  }

  /** Returns the length of a search's URL: that of its parts, and two more for each apostrophe, which a URL escapes. */
  function lengthOf(type: ResourceType, query: string): number {
    return base.resolve([type]).href.length + 1 + query.length + 2 * (query.split("'").length - 1);
  }

  return {
    get longestUrl() {
      return ofAll('url');
    },
    fits(type, query, refusals = anybody()) {
      if (lengthOf(type, query) <= longestOf('url', refusals)) return true;
      return query.length <= longestOf('form', refusals) && !refusals.post.has(type);
    },
    isForPost: (type, query, refusals = anybody()) =>
      lengthOf(type, query) > longestOf('url', refusals) && !refusals.post.has(type),
    takesPost: (type, refusals = anybody()) => !refusals.post.has(type),
    refused(vessel, length, { status }, { longest } = anybody()) {
      longest[vessel] = Math.min(longest[vessel], Math.floor(length * shorter));
      // No other caller sends it if it is longer than the limit for all by now.
      if (length <= ofAll(vessel)) doubted.set(vessel, Math.max(length, doubted.get(vessel) ?? 0));
      onTooLong?.();
      return new PmsError('UPSTREAM_UNSUPPORTED', 'The upstream refuses a search as long as this one.', {
        status,
        cause: new MustSplit(`HTTP ${status}`),
      });
    },
    refusedPost(type, { status }, { post } = anybody()) {
      post.add(type);
      return new PmsError('UPSTREAM_UNSUPPORTED', 'The upstream refuses searches by POST.', {
        status,
        cause: new MustSplit(`HTTP ${status}`),
      });
    },
    doubted: (vessel) => doubted.get(vessel),
    settle(vessel, length, isRefused) {
      doubted.delete(vessel);
      if (!isRefused) return undefined;
      const longest = Math.floor(length * shorter);
      shared[vessel] = { longest, until: now() + lastsMs };
      return longest;
    },
  };
}

export function isTooLong({ status }: HttpAnswer): boolean {
  return status === 413 || status === 414 || status === 431;
}

/** The cause of an error after which a search must be split and sent again. */
class MustSplit extends Error {
  override readonly name = 'MustSplit';
}

/**
 * Whether a search failed only by its length or its method. `fits` has changed, so split the search and send it again.
 */
export function mustSplit(error: unknown): error is PmsError {
  return isPmsError(error) && error.cause instanceof MustSplit;
}
