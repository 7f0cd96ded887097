/** Reads the type and the id from a reference in any form, as a server does when it indexes references. */

import type { Reference } from 'fhir/r5.js';

export interface Target {
  /** Absent if the reference is only an id. */
  readonly type?: string;
  readonly id: string;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const TYPE = /^[A-Z][A-Za-z]+$/;

/**
 * Parses a literal reference: relative, absolute, with a version, or only an id. Returns undefined for `#…` and
 * `urn:…`.
 */
export function parseReference(reference: string): Target | undefined {
  const segments = reference.replace(/\/_history\/[^/]*$/, '').split('/');
  const id = segments.at(-1) ?? '';
  const type = segments.at(-2);
  if (segments.length === 1) return ID.test(id) ? { id } : undefined;
  // Any other text counts as an id, because some servers do not check ids.
  if (id === '' || /[#?]/.test(id)) return undefined;
  return type !== undefined && TYPE.test(type) ? { type, id } : undefined;
}

/** Returns the target of a reference element; undefined if it has no literal reference. */
export function targetOf(reference: Reference | undefined): Target | undefined {
  return reference?.reference === undefined ? undefined : parseReference(reference.reference);
}

/** Yields every literal reference at any depth of a FHIR resource. */
export function* literalReferences(node: unknown): Generator<string> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'reference' && typeof value === 'string') yield value;
    else yield* literalReferences(value);
  }
}
