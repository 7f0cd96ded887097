/**
 * How a search can be sent to an upstream: in its URL, in a form, or only in parts. What is refused to somebody is cut down
 * for them alone: what they asked may have been to blame. For all it is cut down by neutral questions, for an hour.
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

/** What somebody has been refused, and goes without from then on. */
export interface Refusals {
  readonly post: PostRefusals;
  /** Characters of the longest URL and of the longest form that are sent to them. */
  readonly longest: Record<Vessel, number>;
}

/** What carries a search. */
export type Vessel = 'url' | 'form';

export function createRefusals(post: PostRefusals = new Set<ResourceType>()): Refusals {
  return { post, longest: { url: Infinity, form: Infinity } };
}

export interface SearchLimits {
  /** Characters of the longest URL that is sent, whoever asks. */
  readonly longestUrl: number;
  /** Whether a search can be sent as it is. @param refusals of whoever asks */
  fits(type: ResourceType, query: string, refusals?: Refusals): boolean;
  /** Whether it is to be sent by POST. */
  isForPost(type: ResourceType, query: string, refusals?: Refusals): boolean;
  takesPost(type: ResourceType, refusals?: Refusals): boolean;
  /** From now on nothing as long as this is sent, by whoever these are the refusals of. @returns what to throw */
  refused(vessel: Vessel, length: number, answer: HttpAnswer, refusals?: Refusals): PmsError;
  /** From now on nothing of this type is sent by POST, by whoever these are the refusals of. @returns what to throw */
  refusedPost(type: ResourceType, answer: HttpAnswer, refusals?: Refusals): PmsError;
  /** The longest that was refused to anybody and is not known to be refused to all; undefined where there is none. */
  doubted(vessel: Vessel): number | undefined;
  /**
   * What a neutral question of this length has shown. @param isRefused whether nobody sends anything as long for an hour
   * @returns the length to ask next by, where it was
   */
  settle(vessel: Vessel, length: number, isRefused: boolean): number | undefined;
}

/** Proxies cut longer URLs off; the smallest limit seen is 2 kB. */
const most: Readonly<Record<Vessel, number>> = { url: 2_000, form: 100_000 };
/** What a question is cut down to, of the length that was refused. */
const shorter = 0.7;
/** A gateway may be another tomorrow. */
const lastsMs = 3_600_000;

export interface SearchLimitsOptions {
  /** Told of each refusal: it may have been what was asked. */
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

  /** Those who keep no refusals of their own. */
  function anybody(): Refusals {
    if (now() < forgottenAt) return ofAnybody;
    Object.assign(ofAnybody.longest, createRefusals().longest);
    forgottenAt = now() + lastsMs;
    return ofAnybody;
  }

  /** Of a search's URL, which is its parts and no more; but for apostrophes, which a URL escapes. */
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
      // Nobody else sends it if it is longer than what was refused to all meanwhile.
      if (length <= ofAll(vessel)) doubted.set(vessel, Math.max(length, doubted.get(vessel) ?? 0));
      onTooLong?.();
      return new PmsError('UPSTREAM_UNSUPPORTED', 'The upstream takes no question as long as this.', {
        status,
        cause: new MustSplit(`HTTP ${status}`),
      });
    },
    refusedPost(type, { status }, { post } = anybody()) {
      post.add(type);
      return new PmsError('UPSTREAM_UNSUPPORTED', 'The upstream takes no search by POST.', {
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

/** The cause of an error after which a search is to be split and sent again. */
class MustSplit extends Error {
  override readonly name = 'MustSplit';
}

/** Whether a search failed only by its length or its method: `fits` has changed, so split it and search again. */
export function mustSplit(error: unknown): error is PmsError {
  return isPmsError(error) && error.cause instanceof MustSplit;
}
