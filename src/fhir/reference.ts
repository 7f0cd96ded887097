/** Reads ids and references: which ids may be put into a path, and which record a Reference points to. */
import type { Reference } from 'fhir/r5.js';
import { isResourceType } from './resources.js';

/**
 * The target of a Reference: type and id, an id of unknown type, a contained resource, or none that can be followed.
 */
export type ParsedReference =
  | { readonly kind: 'literal'; readonly type: string; readonly id: string }
  | { readonly kind: 'untyped'; readonly id: string }
  | { readonly kind: 'contained'; readonly id: string }
  | { readonly kind: 'logical' };

/** `Type/id`, the key of a resource in every map of this service. */
export type ResourceKey = `${string}/${string}`;

export function resourceKey(type: string, id: string): ResourceKey {
  return `${type}/${id}`;
}

/**
 * Whether the text may be put into a resource's path. FHIR's grammar also allows `.` and `..`, which change the path,
 * and `metadata`, which has another meaning in a server's paths. These are not accepted as ids.
 */
export function isFhirId(text: unknown): text is string {
  return typeof text === 'string' && /^(?!\.{1,2}$|metadata$)[A-Za-z0-9\-.]{1,64}$/.test(text);
}

/**
 * Returns the id by which a record is used here: as written where FHIR allows it, else percent-encoded (`k_1` becomes
 * `k%5F1`). An encoded id shows that the upstream cannot be asked about the record. Undefined where it has none.
 */
export function recordId(written: unknown): string | undefined {
  const text = typeof written === 'number' ? String(written) : written;
  if (typeof text !== 'string' || text === '') return undefined;
  return isFhirId(text) ? text : escaped(text);
}

/** Whether a text has the form of an id from `recordId`. */
export function isRecordId(text: unknown): text is string {
  return (
    isFhirId(text) || (typeof text === 'string' && /^(?=.*%)(?:[A-Za-z0-9\-.]|%[0-9A-F]{2})+$/.test(text))
  );
}

function escaped(text: string): string {
  const safe = text.replace(/%[0-9a-f]{2}|[^A-Za-z0-9\-.]/giu, (part) =>
    part.length === 3 && part.startsWith('%') ? part.toUpperCase() : escape(part),
  );
  // It is too long, or a word with another meaning in a path.
  return safe.includes('%') ? safe : escape(safe.slice(0, 1)) + safe.slice(1);
}

function escape(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/**
 * Reads a reference in the forms that upstreams write: relative; absolute (by its `Type/id` tail); with a version (cut
 * off); a bare id (typed by `Reference.type`, or by the link where that allows one type only); or `#contained`. An
 * identifier alone, a URN and any other text are logical.
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
  // References to a record with an illegal id are encoded like its own id.
  const known = isResourceType(type) ? recordId(id) : undefined;
  return known === undefined ? { kind: 'logical' } : { kind: 'literal', type, id: known };
}

/** Reads the form of nearly all references, which is worth a fast path. */
function relativeIn(text: string): ParsedReference | undefined {
  const slash = text.indexOf('/');
  if (slash < 2 || slash !== text.lastIndexOf('/')) return undefined;
  const [type, id] = [text.slice(0, slash), text.slice(slash + 1)];
  return isResourceType(type) && isFhirId(id) ? { kind: 'literal', type, id } : undefined;
}

function bareId(id: string, declared: unknown, allowedTypes: readonly string[]): ParsedReference {
  // Reference.type is a uri: the bare type name, or the definition's address that ends with it.
  const named = typeof declared === 'string' ? declared.slice(declared.lastIndexOf('/') + 1) : undefined;
  const [only, ...others] = named !== undefined && allowedTypes.includes(named) ? [named] : allowedTypes;
  return only !== undefined && others.length === 0
    ? { kind: 'literal', type: only, id }
    : { kind: 'untyped', id };
}
