/** Finds the documents that clients request by an id, and says which documents clients may send. */
import type { AutomaticQueries } from './automatic.js';
import type { TrustedDocuments } from './trusted.js';

export interface Persisted {
  /** Returns the text of a document. @param id an id in a manifest, or the SHA-256 of the text */
  textOf(id: string): Promise<string | undefined>;
  /** Stores the text of an automatic persisted query, if clients may register documents. */
  register(hash: string, text: string): Promise<void>;
  /** Whether a client may send the text of this document. */
  mayAsk(text: string): boolean;
}

/** @param only whether documents that are not trusted are refused */
export function createPersisted(
  automatic: AutomaticQueries,
  trusted: TrustedDocuments | undefined,
  only: boolean,
): Persisted {
  if (!trusted) return { textOf: automatic.get, register: automatic.set, mayAsk: () => true };
  return {
    async textOf(id) {
      return trusted.find(id)?.text ?? (only ? undefined : automatic.get(id));
    },
    register: async (hash, text) => (only || trusted.has(text) ? undefined : automatic.set(hash, text)),
    mayAsk: (text) => !only || trusted.has(text),
  };
}
