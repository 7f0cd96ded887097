/**
 * Documents that were parsed and found valid, for the next time that they are sent. What is compiled of a document
 * hangs on it, and goes with it: so it is weighed by all that, which may be a thousand times its text.
 */
import type { DocumentNode, Token } from 'graphql';
import { LRUCache } from 'lru-cache';

export interface Documents {
  /** Where the server library keeps what it has parsed, by a hash of its text. */
  readonly store: DocumentStore;
  /** Something was compiled of a document, and is kept as long as it: so many bytes more. */
  grow(document: DocumentNode, bytes: number): void;
  /** Of all that is kept. */
  readonly bytes: number;
}

/** As the server library has it. */
export interface DocumentStore {
  get(hash: string): Promise<DocumentNode | undefined>;
  set(hash: string, document: DocumentNode): Promise<void>;
  delete(hash: string): Promise<boolean>;
}

interface Kept {
  readonly document: DocumentNode;
  readonly bytes: number;
}

/** Measured in the heap: a document and its tokens, without what is compiled of them. */
const bytesPerDocument = 1_000;
const bytesPerToken = 300;
/** A text may be kept with two bytes for each character. */
const bytesPerCharacter = 2;

/** @param maxBytes most bytes of all documents, with what hangs on them */
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
      // What was dropped meanwhile goes when its request is over; another of the same text has a weight of its own.
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

/** @returns how many tokens, comments too, the document was written with */
export function countTokens(loc: DocumentNode['loc']): number {
  let count = 0;
  for (let token: Token | null | undefined = loc?.startToken; token; token = token.next) count += 1;
  return count;
}
