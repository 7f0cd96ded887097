/**
 * Decides how to send a search: in a URL, in a form by POST, or split into several searches. If a search is refused,
 * the limit applies only to its caller, because its content may be the reason. Only a neutral search sets a limit for
 * all callers, for an hour.
 */
import { PmsError, isPmsError } from '../errors.js';
import type { BaseUrl } from './base-url.js';
import type { HttpAnswer } from './http.js';
import type { ResourceType } from './resources.js';

/** Resource types for which the upstream refuses searches by POST. */
export interface PostRefusals {
  has(type: ResourceType): boolean;
  add(type: ResourceType): unknown;
}

/** The limits of one caller, learned from its refused searches. */
export interface Refusals {
  readonly post: PostRefusals;
  /** Length in characters of the longest URL and the longest form that may be sent for this caller. */
  readonly longest: Record<Vessel, number>;
}

/** The part of a request that contains the search: the URL or the form. */
export type Vessel = 'url' | 'form';

export function createRefusals(post: PostRefusals = new Set<ResourceType>()): Refusals {
  return { post, longest: { url: Infinity, form: Infinity } };
}

export interface SearchLimits {
  /** Length in characters of the longest URL that may be sent for any caller. */
  readonly longestUrl: number;
  /**
   * Whether a search can be sent as one request.
   * @param refusals the limits of the caller
   */
  fits(type: ResourceType, query: string, refusals?: Refusals): boolean;
  /** Whether a search has to be sent by POST. */
  isForPost(type: ResourceType, query: string, refusals?: Refusals): boolean;
  takesPost(type: ResourceType, refusals?: Refusals): boolean;
  /**
   * Records that the upstream refused a length. Searches of that length or longer are no longer sent for the caller
   * with these `refusals`.
   * @returns the error to throw
   */
  refused(vessel: Vessel, length: number, answer: HttpAnswer, refusals?: Refusals): PmsError;
  /**
   * Records that the upstream refused POST. Searches of this type are no longer sent by POST for the caller with these
   * `refusals`.
   * @returns the error to throw
   */
  refusedPost(type: ResourceType, answer: HttpAnswer, refusals?: Refusals): PmsError;
  /**
   * Returns the greatest length that was refused to a caller and was not measured by a neutral search yet; undefined
   * if there is none.
   */
  doubted(vessel: Vessel): number | undefined;
  /**
   * Records the result of a neutral search.
   * @param isRefused if true, searches of this length or longer are not sent for any caller for an hour
   * @returns the next length to measure; undefined if the search was accepted
   */
  settle(vessel: Vessel, length: number, isRefused: boolean): number | undefined;
}

/** Maximum length of a search in characters. Proxies truncate longer URLs. The smallest known limit is 2 kB. */
const most: Readonly<Record<Vessel, number>> = { url: 2_000, form: 100_000 };
/** After a refusal, this fraction of the refused length is tried next. */
const shorter = 0.7;
/** Milliseconds for which a limit applies. After that the gateway's configuration may have changed. */
const lastsMs = 3_600_000;

export interface SearchLimitsOptions {
  /** Called for each refused length. The real reason may have been the content of the search. */
  readonly onTooLong?: (() => void) | undefined;
  /** Returns monotonic milliseconds. @default performance.now */
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
  /** The length of the URL of each type, without a search. */
  const lengths = new Map<ResourceType, number>();

  function longestOf(vessel: Vessel, refusals: Refusals = anybody()): number {
    return Math.min(ofAll(vessel), refusals.longest[vessel]);
  }

  function ofAll(vessel: Vessel): number {
    const { longest, until } = shared[vessel];
    return now() < until ? longest : most[vessel];
  }

  /** Returns the shared refusals, for callers without refusals of their own. They are cleared every hour. */
  function anybody(): Refusals {
    if (now() < forgottenAt) return ofAnybody;
    Object.assign(ofAnybody.longest, createRefusals().longest);
    forgottenAt = now() + lastsMs;
    return ofAnybody;
  }

  /** Returns the length of the URL of a search. Each apostrophe counts three, since it is escaped as `%27`. */
  function lengthOf(type: ResourceType, query: string): number {
    const length = lengths.get(type) ?? base.resolve([type]).href.length;
    lengths.set(type, length);
    return length + 1 + query.length + 2 * (query.split("'").length - 1);
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
      // Other callers send a search of this length only if it is within the limit for all callers.
      if (length <= ofAll(vessel)) doubted.set(vessel, Math.max(length, doubted.get(vessel) ?? 0));
      onTooLong?.();
      return new PmsError(
        'UPSTREAM_UNSUPPORTED',
        'The upstream refuses this search because it is too long.',
        {
          status,
          cause: new MustSplit(`HTTP ${status}`),
        },
      );
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

/** The cause of an error after which the caller must split the search and send the parts. */
class MustSplit extends Error {
  override readonly name = 'MustSplit';
}

/**
 * Whether a search failed only because of its length or method. `fits` then has a new limit: split the search, and send
 * the parts.
 */
export function mustSplit(error: unknown): error is PmsError {
  return isPmsError(error) && error.cause instanceof MustSplit;
}
