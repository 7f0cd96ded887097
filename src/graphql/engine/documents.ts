/**
 * Keeps parsed and valid documents for the next request with the same text. What is compiled from a document is
 * attached to it, and is dropped with it. So the weight of a document includes that, which may be a thousand times its
 * text.
 */
import type { DocumentNode, Token } from 'graphql';
import { LRUCache } from 'lru-cache';

export interface Documents {
  /** The server library's store of parsed documents, by a hash of the text. */
  readonly store: DocumentStore;
  /** Adds bytes to a document's weight, for what was compiled from it and is kept with it. */
  grow(document: DocumentNode, bytes: number): void;
  /** Bytes of all documents. */
  readonly bytes: number;
}

/** The server library's interface of a document store. */
export interface DocumentStore {
  get(hash: string): Promise<DocumentNode | undefined>;
  set(hash: string, document: DocumentNode): Promise<void>;
  delete(hash: string): Promise<boolean>;
}

interface Kept {
  readonly document: DocumentNode;
  readonly bytes: number;
}

/** Bytes of a document and of a token, measured in the heap, without what is compiled from them. */
const bytesPerDocument = 1_000;
const bytesPerToken = 300;
/** A string may take two bytes for each character. */
const bytesPerCharacter = 2;

/** @param maxBytes most bytes of all documents, with what is attached to them */
export function createDocuments(maxBytes: number): Documents {
  const kept = new LRUCache<string, Kept>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation: ({ bytes }) => bytes,
  });
  const hashes = new WeakMap<DocumentNode, string>();

  return {
    store: {
      get: async (hash) => kept.get(hash)?.document,
      async set(hash, document) {
        hashes.set(document, hash);
        kept.set(hash, { document, bytes: bytesOf(document) });
      },
      delete: async (hash) => kept.delete(hash),
    },
    grow(document, bytes) {
      const hash = hashes.get(document);
      const before = hash === undefined ? undefined : kept.peek(hash);
      // A document that was dropped meanwhile is freed with its request. Another one of the same text is weighed by
      // itself.
      if (hash === undefined || before?.document !== document) return;
      kept.set(hash, { document, bytes: before.bytes + bytes });
    },
    get bytes() {
      return kept.calculatedSize;
    },
  };
}

function bytesOf({ loc }: DocumentNode): number {
  return (
    bytesPerDocument + bytesPerToken * countTokens(loc) + bytesPerCharacter * (loc?.source.body.length ?? 0)
  );
}

/**
 * Counts the tokens of a document.
 * @returns the number of tokens, including comments
 */
export function countTokens(loc: DocumentNode['loc']): number {
  let count = 0;
  for (let token: Token | null | undefined = loc?.startToken; token; token = token.next) count += 1;
  return count;
}
