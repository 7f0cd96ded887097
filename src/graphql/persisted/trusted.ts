/** The documents that an operator trusts. They are parsed and validated when they are loaded. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import type { Reloadable } from '../../reload/reloadable.js';
import { fault, readManifests, stampOfManifests, type Registered } from './manifest.js';

export interface TrustedDocument {
  /** One of its ids in the manifests. */
  readonly id: string;
  readonly text: string;
  readonly document: DocumentNode;
}

export interface TrustedDocuments extends Reloadable {
  /** @param id an id of a manifest, or the SHA-256 of a document's text; without the prefix `sha256:` */
  find(id: string): TrustedDocument | undefined;
  /** Whether this is the text of a trusted document. */
  has(text: string): boolean;
  /** Returns all documents, each once. */
  all(): Iterable<TrustedDocument>;
}

export interface TrustedDocumentsOptions {
  /** A manifest, or a folder of manifests. */
  readonly path: string;
  readonly schema: GraphQLSchema;
  /** Maximum number of tokens of a document. */
  readonly maxTokens: number;
}

/**
 * Loads trusted documents.
 * @throws ExitError with one line, if a manifest or a document is not valid
 */
export async function openTrustedDocuments(options: TrustedDocumentsOptions): Promise<TrustedDocuments> {
  const { path } = options;
  let byId: ReadonlyMap<string, TrustedDocument> = new Map();
  let byText: ReadonlyMap<string, TrustedDocument> = new Map();

  async function load(): Promise<void> {
    const [ids, texts] = [new Map<string, TrustedDocument>(), new Map<string, TrustedDocument>()];
    for (const registered of readManifests(path)) {
      const { id, text } = registered;
      const made = texts.get(text) ?? byText.get(text) ?? (await prepared(registered, options));
      texts.set(text, made);
      ids.set(id, made);
      // Clients that follow GraphQL over HTTP send the SHA-256, whatever the manifest has.
      ids.set(createHash('sha256').update(text).digest('hex'), made);
    }
    [byId, byText] = [ids, texts];
  }

  await load();
  return {
    name: 'documents',
    stamp: () => stampOfManifests(path),
    load,
    find: (id) => byId.get(id),
    has: (text) => byText.has(text),
    all: () => byText.values(),
  };
}

async function prepared(
  { id, text, file }: Registered,
  { schema, maxTokens }: TrustedDocumentsOptions,
): Promise<TrustedDocument> {
  // Requests are handled between two documents.
  await setImmediate();
  try {
    const document = parse(text, { maxTokens });
    const [error] = validate(schema, document, specifiedRules, { maxErrors: 1 });
    if (error) throw error;
    return { id, text, document };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw fault(
      file,
      `has the document ${JSON.stringify(id.slice(0, 80))}, which is not valid: ${oneLine(error)}`,
    );
  }
}

function oneLine({ message }: GraphQLError): string {
  return message.replaceAll(/\s+/g, ' ');
}
