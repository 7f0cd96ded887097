/** Reads references as a server that indexes them does: by type and id, whatever form they were written in. */

import type { Reference } from 'fhir/r5.js';

export interface Target {
  /** Absent where the reference is a bare id. */
  readonly type?: string;
  readonly id: string;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const TYPE = /^[A-Z][A-Za-z]+$/;

/** What a literal reference names: relative, absolute, with a version, or a bare id; undefined for `#…` and `urn:…`. */
export function parseReference(reference: string): Target | undefined {
  const segments = reference.replace(/\/_history\/[^/]*$/, '').split('/');
  const id = segments.at(-1) ?? '';
  const type = segments.at(-2);
  if (segments.length === 1) return ID.test(id) ? { id } : undefined;
  // Servers that do not look at ids store any.
  if (id === '' || /[#?]/.test(id)) return undefined;
  return type !== undefined && TYPE.test(type) ? { type, id } : undefined;
}

/** The target of a reference element; undefined where it has no literal reference. */
export function targetOf(reference: Reference | undefined): Target | undefined {
  return reference?.reference === undefined ? undefined : parseReference(reference.reference);
}

/** Every literal reference anywhere in a piece of FHIR JSON. */
export function* literalReferences(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'reference' && typeof value === 'string') yield value;
    else yield* literalReferences(value);
  }
}
