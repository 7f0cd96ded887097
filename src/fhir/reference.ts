/** Ids and references: what may stand in a resource's path, and what a Reference points to. */
import type { Reference } from 'fhir/r5.js';
import { isResourceType } from './resources.js';

/** What a Reference says: a resource by type and id, an id whose type is open, a contained one, or nothing to follow. */
export type ParsedReference =
  | { readonly kind: 'literal'; readonly type: string; readonly id: string }
  | { readonly kind: 'untyped'; readonly id: string }
  | { readonly kind: 'contained'; readonly id: string }
  | { readonly kind: 'logical' };

/** `Type/id`, the name of a resource in every map of this service. */
export type ResourceKey = `${string}/${string}`;

export function resourceKey(type: string, id: string): ResourceKey {
  return `${type}/${id}`;
}

/**
 * Whether the text may be put into a resource's path. FHIR's grammar also takes `.` and `..`, which leave the path,
 * and `metadata`, which on a server's own paths means something else: these are no ids here.
 */
export function isFhirId(text: unknown): text is string {
  return typeof text === 'string' && /^(?!\.{1,2}$|metadata$)[A-Za-z0-9\-.]{1,64}$/.test(text);
}

/**
 * The id of a record as it is used here: as it is written where FHIR allows that, else with escapes as in an address
 * (`k_1` is `k%5F1`), which tell that nothing can be asked about it upstream. Undefined where it has none.
 */
export function recordId(written: unknown): string | undefined {
  const text = typeof written === 'number' ? String(written) : written;
  if (typeof text !== 'string' || text === '') return undefined;
  return isFhirId(text) ? text : escaped(text);
}

/** Whether a text has the form of what `recordId` gives. */
export function isRecordId(text: unknown): text is string {
  return (
    isFhirId(text) || (typeof text === 'string' && /^(?=.*%)(?:[A-Za-z0-9\-.]|%[0-9A-F]{2})+$/.test(text))
  );
}

function escaped(text: string): string {
  const safe = text.replace(/%[0-9a-f]{2}|[^A-Za-z0-9\-.]/giu, (part) =>
    part.length === 3 && part.startsWith('%') ? part.toUpperCase() : escape(part),
  );
  // Too long, or a word that means something else in a path.
  return safe.includes('%') ? safe : escape(safe.slice(0, 1)) + safe.slice(1);
}

function escape(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/**
 * Reads a reference as upstreams write them: relative, absolute (by its `Type/id` tail), with a version (cut off),
 * as a bare id (typed by `Reference.type`, or by the link where that allows one type only), or `#contained`.
 * An identifier alone, a URN and whatever cannot be read are logical.
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
  // What a record of an illegal id is called by others is what it calls itself.
  const known = isResourceType(type) ? recordId(id) : undefined;
  return known === undefined ? { kind: 'logical' } : { kind: 'literal', type, id: known };
}

/** The form that nearly all have: it is worth a way of its own. */
function relativeIn(text: string): ParsedReference | undefined {
  const slash = text.indexOf('/');
  if (slash < 2 || slash !== text.lastIndexOf('/')) return undefined;
  const [type, id] = [text.slice(0, slash), text.slice(slash + 1)];
  return isResourceType(type) && isFhirId(id) ? { kind: 'literal', type, id } : undefined;
}

function bareId(id: string, declared: unknown, allowedTypes: readonly string[]): ParsedReference {
  // Reference.type is a uri: the bare name, or the definition's address with the name at its end.
  const named = typeof declared === 'string' ? declared.slice(declared.lastIndexOf('/') + 1) : undefined;
  const [only, ...others] = named !== undefined && allowedTypes.includes(named) ? [named] : allowedTypes;
  return only !== undefined && others.length === 0
    ? { kind: 'literal', type: only, id }
    : { kind: 'untyped', id };
}
