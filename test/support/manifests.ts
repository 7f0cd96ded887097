/** Manifests of trusted documents, made by the tools that clients use. */
import {
  defaults,
  generatePersistedQueryManifest,
  type PersistedQueryManifest,
} from '@apollo/generate-persisted-query-manifest';
import { generate } from '@graphql-codegen/cli';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Documents by their ids, as Relay and GraphQL Code Generator write them. */
export type ManifestById = Readonly<Record<string, string>>;

/** Writes the documents to files for a tool. */
async function withFiles<Made>(
  documents: readonly string[],
  make: (pattern: string) => Promise<Made>,
): Promise<Made> {
  const folder = await mkdtemp(path.join(tmpdir(), 'documents-'));
  try {
    await Promise.all(
      documents.map((text, at) => writeFile(path.join(folder, `document-${at}.graphql`), text)),
    );
    return await make(path.join(folder, '*.graphql'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function apolloManifest(documents: readonly string[]): Promise<PersistedQueryManifest> {
  return withFiles(documents, (pattern) =>
    generatePersistedQueryManifest({ ...defaults, documents: [pattern] }, undefined),
  );
}

/** @param hashAlgorithm the tool writes `sha256:` before a SHA-256, and nothing before a SHA-1 */
export function codegenManifest(
  documents: readonly string[],
  hashAlgorithm: 'sha1' | 'sha256',
): Promise<ManifestById> {
  return withFiles(documents, async (pattern) => {
    const written = await generate(
      {
        schema: 'schema/schema.graphql',
        documents: [pattern],
        generates: {
          'client/': { preset: 'client', presetConfig: { persistedDocuments: { hashAlgorithm } } },
        },
        silent: true,
      },
      false,
    );
    const { content } = (written as readonly { readonly filename: string; readonly content: string }[]).find(
      ({ filename }) => filename.endsWith('persisted-documents.json'),
    )!;
    return JSON.parse(content) as ManifestById;
  });
}

/** Relay's compiler writes the MD5 of each text. `npm run test:compilers` checks a manifest of that compiler itself. */
export function relayManifest(documents: readonly string[]): ManifestById {
  return Object.fromEntries(documents.map((text) => [hashOf('md5', text), text]));
}

export function hashOf(algorithm: 'md5' | 'sha1' | 'sha256', text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}
