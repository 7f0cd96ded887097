/** Reads FHIR ids and References: whether an id is valid in a URL path, and which record a Reference points to. */
import type { Reference } from 'fhir/r5.js';
import { isResourceType } from './resources.js';

/**
 * The target of a Reference: `literal`, a record by type and id; `untyped`, an id of unknown type; `contained`, a
 * contained resource; `logical`, no record.
 */
export type ParsedReference =
  | { readonly kind: 'literal'; readonly type: string; readonly id: string }
  | { readonly kind: 'untyped'; readonly id: string }
  | { readonly kind: 'contained'; readonly id: string }
  | { readonly kind: 'logical' };

/** `Type/id`, the key of a record in every map of this service. */
export type ResourceKey = `${string}/${string}`;

export function resourceKey(type: string, id: string): ResourceKey {
  return `${type}/${id}`;
}

/**
 * Whether a text is an id that is valid in a path. FHIR also allows `.` and `..`, which change the path, and
 * `metadata`, which is the path of the CapabilityStatement. These three are not accepted.
 */
export function isFhirId(text: unknown): text is string {
  return typeof text === 'string' && /^(?!\.{1,2}$|metadata$)[A-Za-z0-9\-.]{1,64}$/.test(text);
}

/**
 * Returns the id that this service uses for a record. If FHIR allows the id, it is unchanged; otherwise it is
 * percent-encoded (`k_1` becomes `k%5F1`). A record with an encoded id cannot be requested from the upstream.
 * Undefined if the record has no id.
 */
export function recordId(written: unknown): string | undefined {
  const text = typeof written === 'number' ? String(written) : written;
  if (typeof text !== 'string' || text === '') return undefined;
  return isFhirId(text) ? text : escaped(text);
}

/** Whether a text has the form of an id that `recordId` returns. */
export function isRecordId(text: unknown): text is string {
  return (
    isFhirId(text) || (typeof text === 'string' && /^(?=.*%)(?:[A-Za-z0-9\-.]|%[0-9A-F]{2})+$/.test(text))
  );
}

function escaped(text: string): string {
  const safe = text.replace(/%[0-9a-f]{2}|[^A-Za-z0-9\-.]/giu, (part) =>
    part.length === 3 && part.startsWith('%') ? part.toUpperCase() : escape(part),
  );
  // The id has only valid characters, but is too long or a reserved word.
  return safe.includes('%') ? safe : escape(safe.slice(0, 1)) + safe.slice(1);
}

function escape(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/**
 * Reads a Reference. Upstreams write it in these forms: relative; absolute (the last `Type/id` is used); with a
 * version (which is ignored); as an id alone (its type is `Reference.type`, or the only allowed type); as
 * `#contained`. A Reference with only an identifier, a URN or any other text is `logical`.
 * @param allowedTypes the resource types that FHIR allows for this Reference
 */
export function parseReference(reference: Reference, allowedTypes: readonly string[]): ParsedReference {
  const text = typeof reference.reference === 'string' ? reference.reference.trim() : '';
  const relative = relativeIn(text);
  if (relative) return relative;
  if (text.startsWith('#')) return { kind: 'contained', id: recordId(text.slice(1)) ?? '' };
  if (isFhirId(text)) return bareId(text, reference.type, allowedTypes);
  const tail = /^(?:https?:\/\/[^?#]+\/|\/)?([A-Z][A-Za-z]{1,63})\/([^/?#]+)(?:\/_history\/[^/?#]+)?$/.exec(
    text,
  );
  const [, type, id] = tail ?? [];
  if (type === undefined) return { kind: 'logical' };
  if (isFhirId(id)) return { kind: 'literal', type, id };
  // An id that FHIR does not allow is encoded as in `recordId`.
  const known = isResourceType(type) ? recordId(id) : undefined;
  return known === undefined ? { kind: 'logical' } : { kind: 'literal', type, id: known };
}

/** Reads `Type/id`, the form of nearly all references, without a regular expression for the whole text. */
function relativeIn(text: string): ParsedReference | undefined {
  const slash = text.indexOf('/');
  if (slash < 2 || slash !== text.lastIndexOf('/')) return undefined;
  const [type, id] = [text.slice(0, slash), text.slice(slash + 1)];
  return isResourceType(type) && isFhirId(id) ? { kind: 'literal', type, id } : undefined;
}

function bareId(id: string, declared: unknown, allowedTypes: readonly string[]): ParsedReference {
  // `Reference.type` is a type name, or a URL that ends with the type name.
  const named = typeof declared === 'string' ? declared.slice(declared.lastIndexOf('/') + 1) : undefined;
  const [only, ...others] = named !== undefined && allowedTypes.includes(named) ? [named] : allowedTypes;
  return only !== undefined && others.length === 0
    ? { kind: 'literal', type: only, id }
    : { kind: 'untyped', id };
}
