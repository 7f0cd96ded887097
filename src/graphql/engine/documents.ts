/**
 * Caches parsed and validated documents by their text. Code that is compiled from a document is attached to it, and
 * removed with it. A document's size includes this code, which may be a thousand times the size of the text.
 */
import type { DocumentNode, Token } from 'graphql';
import { LRUCache } from 'lru-cache';

export interface Documents {
  /** The store of parsed documents for Apollo Server, by a hash of the text. */
  readonly store: DocumentStore;
  /** Adds bytes to the size of a document, for code that was compiled from it. */
  grow(document: DocumentNode, bytes: number): void;
  /** Total bytes of all documents. */
  readonly bytes: number;
}

/** Apollo Server's interface of a document store. */
export interface DocumentStore {
  get(hash: string): Promise<DocumentNode | undefined>;
  set(hash: string, document: DocumentNode): Promise<void>;
  delete(hash: string): Promise<boolean>;
}

interface Kept {
  readonly document: DocumentNode;
  readonly bytes: number;
}

/** Bytes of memory of a document and of a token, as measured in the heap, without compiled code. */
const bytesPerDocument = 1_000;
const bytesPerToken = 300;
/** A string may take two bytes per character. */
const bytesPerCharacter = 2;

/** Returns a parsed document that is never removed. Undefined if there is none with this hash. */
export type PinnedDocument = (hash: string) => DocumentNode | undefined;

/**
 * @param maxBytes maximum number of bytes of all documents, including the code compiled from them
 * @param pinned finds documents that are stored elsewhere and are not counted here
 */
export function createDocuments(maxBytes: number, pinned?: PinnedDocument): Documents {
  const kept = new LRUCache<string, Kept>({
    maxSize: Math.max(1, maxBytes),
    sizeCalculation: ({ bytes }) => bytes,
  });
  const hashes = new WeakMap<DocumentNode, string>();

  return {
    store: {
      get: async (name) => pinned?.(hashIn(name)) ?? kept.get(name)?.document,
      async set(hash, document) {
        hashes.set(document, hash);
        kept.set(hash, { document, bytes: bytesOf(document) });
      },
      delete: async (hash) => kept.delete(hash),
    },
    grow(document, bytes) {
      const hash = hashes.get(document);
      const before = hash === undefined ? undefined : kept.peek(hash);
      // If the cache has removed the document, it is freed with its request. A newer document with the same text has
      // its own size.
      if (hash === undefined || before?.document !== document) return;
      kept.set(hash, { document, bytes: before.bytes + bytes });
    },
    get bytes() {
      return kept.calculatedSize;
    },
  };
}

/** Returns the hash in the name of a document. Apollo Server writes the version of the schema and a colon before it. */
function hashIn(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function bytesOf({ loc }: DocumentNode): number {
  return (
    bytesPerDocument + bytesPerToken * countTokens(loc) + bytesPerCharacter * (loc?.source.body.length ?? 0)
  );
}

/** Counts the tokens of a document, including comments. */
export function countTokens(loc: DocumentNode['loc']): number {
  let count = 0;
  for (let token: Token | null | undefined = loc?.startToken; token; token = token.next) count += 1;
  return count;
}
