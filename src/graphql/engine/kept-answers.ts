/**
 * Caches whole responses as text while all their data are fresh. The same request is then answered without any
 * computation. Responses with errors, gaps or stale data are not cached.
 */
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Executed, Request, UpstreamExtension } from './execute.js';
import { Written } from './written.js';

export interface KeptAnswers {
  find(request: Request): Executed | undefined;
  /** Returns the response with its data as text. If the response may be cached, later calls of `find` return it. */
  keep(request: Request, executed: Executed): Executed;
}

interface Kept {
  readonly data: Written;
  readonly upstream: UpstreamExtension;
  readonly languages: readonly string[];
  /** When the response was made, in monotonic milliseconds. */
  readonly madeAt: number;
  readonly until: number;
}

export interface KeptAnswersOptions {
  /** Maximum number of bytes of all cached responses. */
  readonly maxBytes: number;
  /** Returns monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
  /**
   * Returns a version of everything else that a response depends on. Cached responses of another version are not
   * used.
   * @default an empty text
   */
  readonly epoch?: () => string;
}

export function createKeptAnswers({
  maxBytes,
  now = () => performance.now(),
  epoch = () => '',
}: KeptAnswersOptions): KeptAnswers {
  const all = new LRUCache<string, Kept>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation: ({ data }, name) => 2 * (name.length + data.text.length),
  });
  // Numbers that identify documents and operations. The document store returns the same object for the same text, as
  // long as the object is cached.
  const names = new WeakMap<DocumentNode | OperationDefinitionNode, number>();
  let named = 0;

  function nameOf(node: DocumentNode | OperationDefinitionNode): number {
    const before = names.get(node);
    if (before !== undefined) return before;
    named += 1;
    names.set(node, named);
    return named;
  }

  /**
   * Returns the cache key of a request. Undefined if the response must explain its upstream requests, or if variables
   * are nested too deeply for JSON.
   */
  function questionOf({ document, operation, variables, languages, explain }: Request): string | undefined {
    if (explain) return undefined;
    try {
      const asked = `${nameOf(document)} ${nameOf(operation)} ${languages.join()}`;
      return `${epoch()} ${asked} ${JSON.stringify(variables)}`;
    } catch {
      return undefined;
    }
  }

  return {
    find(request) {
      const question = questionOf(request);
      const kept = question === undefined ? undefined : all.get(question);
      if (!kept || kept.until <= now()) return undefined;
      const { data, upstream, languages, madeAt } = kept;
      return {
        data: data as never,
        languages,
        ageMs: now() - madeAt,
        keepMs: kept.until - now(),
        extensions: { upstream },
      };
    },
    keep(request, executed) {
      const { data, keepMs = 0, extensions, languages = [] } = executed;
      const question = keepMs > 0 && data ? questionOf(request) : undefined;
      if (question === undefined) return executed;
      const written = new Written(JSON.stringify(data));
      const told = extensions?.['upstream'] as UpstreamExtension;
      const cacheHits = told.requests + told.cacheHits;
      all.set(question, {
        data: written,
        upstream: { ...told, requests: 0, cacheHits, tokenRequests: 0, bytes: 0 },
        languages,
        madeAt: now() - (executed.ageMs ?? 0),
        until: now() + keepMs,
      });
      return { ...executed, data: written as never };
    },
  };
}
