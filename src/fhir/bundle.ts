/**
 * Parses a searchset Bundle as one page: the resources that this service reads, counts, and the checked `next` link.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isPmsError } from '../errors.js';
import { badResponse, isObject, tooMany } from './answer.js';
import { relative, type BaseUrl } from './base-url.js';
import { guarded } from './guarded.js';
import { ignoredParametersIn } from './ignored-parameters.js';
import { isFhirId, isRecordId, recordId, resourceKey, type ResourceKey } from './reference.js';
import { isResourceType, type FhirResource } from './resources.js';

export interface Page {
  /** Path and query of the request for this page; the path alone after a POST. */
  readonly url: string;
  /** Matches, in the upstream's order. */
  readonly resources: readonly FhirResource[];
  /** Resources that came because of an include. */
  readonly included: readonly FhirResource[];
  /** Number of entries of any type, without outcomes, to compare with `total`. */
  readonly entries: number;
  /** Entries without an id, whose type is read here or may be one of these. */
  readonly unidentified: readonly Unidentified[];
  /** Matches on all pages, where the upstream gives a total that this page does not contradict. */
  readonly total: number | undefined;
  /** The `self` link as written. The upstream has ignored parameters that are missing there. */
  readonly self: string | undefined;
  /** Path and query of the next page, which is within the base. */
  readonly next: string | undefined;
  /** Whether the page has a `next` that cannot be followed: there are more pages, but they cannot be reached. */
  readonly hasLostWay: boolean;
  /** Whether an OperationOutcome says that the results are incomplete. */
  readonly isReportedIncomplete: boolean;
  /** Names of the search parameters that an OperationOutcome says were ignored. */
  readonly ignored: ReadonlySet<string>;
  /** Whether its records may hold only the requested elements. */
  readonly isNarrow: boolean;
  /** When it was requested from the upstream, or last confirmed by it. */
  readonly fetchedAt: Date;
  /** Whether it is a stale copy. */
  readonly stale: boolean;
  /** Bytes of the body after its content coding is undone. */
  readonly bytes: number;
}

/** A record without an id. Only its references are used. */
export interface Unidentified {
  /** Undefined where the entry cannot be read at all: it may belong to any list of the page. */
  readonly resource: FhirResource | undefined;
  readonly isIncluded: boolean;
}

/** Whether `parsePage` accepts it. */
export function isPage(body: unknown): boolean {
  try {
    listsOf(body);
    return true;
  } catch {
    return false;
  }
}

/**
 * Most entries of a bundle. Pages have some hundred, and `$everything` of a big product some thousand. 20 MB hold this
 * many, at 800 bytes each.
 */
const mostEntries = 25_000;
/** Entries after which the event loop gets a turn. */
const slice = 500;

/**
 * Parses a page. Rejects with UPSTREAM_BAD_RESPONSE for anything but a Bundle. A `next` that leaves the base, or leads
 * back to the same page, is reported, and not followed.
 */
export async function parsePage(
  body: unknown,
  url: URL,
  base: BaseUrl,
): Promise<Omit<Page, 'isNarrow' | 'fetchedAt' | 'stale' | 'bytes'>> {
  const { bundle, entry: list, link: links, hasOddLink } = listsOf(body);
  const resources: FhirResource[] = [];
  const included: FhirResource[] = [];
  let entries = 0;
  const unidentified: Unidentified[] = [];
  let alongside = 0;
  let isReportedIncomplete = false;
  // R5 has `Bundle.issues` for problems, beside the entries.
  const ignored = new Set(ignoredParametersIn(bundle['issues']));
  const names = await namesIn(list);
  let seen = 0;
  for (const entry of list) {
    seen += 1;
    if (seen % slice === 0) await nextTurn();
    const mode = modeOf(entry);
    if (mode === 'outcome') {
      isReportedIncomplete ||= saysIncomplete(resourceOf(entry));
      for (const name of ignoredParametersIn(resourceOf(entry))) ignored.add(name);
      continue;
    }
    entries += 1;
    if (mode === 'include') alongside += 1;
    const isIncluded = mode === 'include';
    const given = identified(resourceOf(entry));
    const resource = names.size > 0 ? named(given, names) : given;
    if (mode === unreadable || !hasType(resource)) unidentified.push({ resource: undefined, isIncluded });
    else if (isReadable(resource)) (isIncluded ? included : resources).push(guarded(resource));
    else if (isResourceType(resource.resourceType))
      unidentified.push({ resource: guarded(resource as FhirResource), isIncluded });
  }
  const onward = nextOf(links, hasOddLink, url, base);
  const hasMore = onward.next !== undefined || onward.hasLostWay;
  return {
    url: relative(url),
    resources,
    included,
    entries,
    unidentified,
    total: believable(countOf(bundle['total']), entries - alongside, hasMore),
    self: selfOf(links),
    isReportedIncomplete,
    ignored,
    ...onward,
  };
}

/** Returns the `urn:` names by which entries of the bundle refer to each other. */
async function namesIn(entries: readonly unknown[]): Promise<ReadonlyMap<string, ResourceKey>> {
  const names = new Map<string, ResourceKey>();
  let seen = 0;
  for (const entry of entries) {
    seen += 1;
    if (seen % slice === 0) await nextTurn();
    const name = isObject(entry) ? entry['fullUrl'] : undefined;
    if (typeof name !== 'string' || !name.startsWith('urn:')) continue;
    const resource = identified(resourceOf(entry));
    if (isReadable(resource)) names.set(name, resourceKey(resource.resourceType, resource.id));
  }
  return names;
}

/** Returns the value with such `urn:` references replaced by type and id. A value without any is not copied. */
function named(value: unknown, names: ReadonlyMap<string, ResourceKey>): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value.map((each) => named(each, names));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  let changed: Map<string, unknown> | undefined;
  for (const element of Object.keys(value)) {
    const each = value[element];
    const now =
      element === 'reference' && typeof each === 'string'
        ? (names.get(each.trim()) ?? each)
        : named(each, names);
    if (now !== each) (changed ??= new Map(Object.entries(value))).set(element, now);
  }
  return changed ? Object.fromEntries(changed) : value;
}

/**
 * Returns the total, unless it is wrong: less than the matches on the page, or equal to them although there are more
 * pages.
 */
function believable(total: number | undefined, matches: number, hasMore: boolean): number | undefined {
  if (total === undefined || total < matches) return undefined;
  return hasMore && total === matches ? undefined : total;
}

function selfOf(links: readonly Member[]): string | undefined {
  const link = linkOf(links, 'self');
  return typeof link === 'string' ? link : undefined;
}

function nextOf(
  links: readonly Member[],
  hasOddLink: boolean,
  url: URL,
  base: BaseUrl,
): Pick<Page, 'next' | 'hasLostWay'> {
  const link = linkOf(links, 'next');
  if (link === undefined) return { next: undefined, hasLostWay: hasOddLink };
  const next = typeof link === 'string' ? followed(link, base) : undefined;
  // A page whose `next` is itself has no next page.
  if (next === undefined || next.href === url.href) return { next: undefined, hasLostWay: true };
  return { next: relative(next), hasLostWay: false };
}

function followed(link: string, base: BaseUrl): URL | undefined {
  try {
    return base.follow(link);
  } catch (error) {
    if (isPmsError(error)) return undefined;
    throw error;
  }
}

/** Codes of FHIR's issue types that mean missing results. Informational ones say nothing about the list. */
const incompleteCodes: ReadonlySet<unknown> = new Set([
  'incomplete',
  'too-costly',
  'timeout',
  'exception',
  'throttled',
]);

function saysIncomplete(outcome: unknown): boolean {
  const issues = isObject(outcome) && Array.isArray(outcome['issue']) ? outcome['issue'] : [];
  return issues.some(
    (issue) =>
      isObject(issue) &&
      (incompleteCodes.has(issue['code']) || issue['severity'] === 'error' || issue['severity'] === 'fatal'),
  );
}

function linkOf(links: readonly Member[], relation: 'self' | 'next'): unknown {
  const link = links.find((link) => link['relation'] === relation);
  return link && (link['url'] ?? null);
}

type Member = Readonly<Record<string, unknown>>;

/**
 * Returns a bundle with its two lists. Throws UPSTREAM_BAD_RESPONSE for any other body, and where a list is malformed
 * or too long.
 */
function listsOf(body: unknown): Lists {
  if (!isObject(body) || body['resourceType'] !== 'Bundle')
    throw badResponse('The upstream did not answer with a Bundle.');
  const given = listOf(body, 'link');
  const link = given.filter(isLink);
  return { bundle: body, entry: listOf(body, 'entry'), link, hasOddLink: link.length < given.length };
}

interface Lists {
  readonly bundle: Member;
  readonly entry: readonly unknown[];
  readonly link: readonly Member[];
  /** Whether one of its links cannot be read: it may be the `next` link. */
  readonly hasOddLink: boolean;
}

function listOf(bundle: Member, name: 'entry' | 'link'): readonly unknown[] {
  const list = bundle[name] ?? [];
  if (!Array.isArray(list)) throw badResponse('The upstream answered with a malformed Bundle.');
  if (list.length > mostEntries) throw badResponse(tooMany);
  return list;
}

function isLink(value: unknown): value is Member {
  return isObject(value) && typeof value['relation'] === 'string';
}

/** Returns the search mode of an entry. An OperationOutcome is never a match, even where its entry does not say so. */
function modeOf(entry: unknown): unknown {
  const resource = resourceOf(entry);
  if (isObject(resource) && resource['resourceType'] === 'OperationOutcome') return 'outcome';
  const search = isObject(entry) ? (entry['search'] ?? {}) : null;
  const mode = isObject(search) ? (search['mode'] ?? undefined) : null;
  return mode === undefined || typeof mode === 'string' ? mode : unreadable;
}

/** The mode of an entry that may be an include or a match. */
const unreadable = Symbol('unreadable');

function resourceOf(entry: unknown): unknown {
  return isObject(entry) ? entry['resource'] : undefined;
}

function hasType(resource: unknown): resource is { readonly resourceType: string } {
  return isObject(resource) && typeof resource['resourceType'] === 'string';
}

/**
 * Whether a resource has a type that is read here, and an id. Its elements are not checked here, and are read with
 * care.
 */
export function isReadable(resource: unknown): resource is FhirResource {
  return isObject(resource) && isResourceType(resource['resourceType']) && isRecordId(resource['id']);
}

/** Returns the resource with the id by which it is used here, where that differs from the written one. */
export function identified(resource: unknown): unknown {
  if (!isObject(resource) || isFhirId(resource['id'])) return resource;
  const id = recordId(resource['id']);
  return id === undefined ? resource : { ...resource, id };
}

function countOf(total: unknown): number | undefined {
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

/**
 * Returns a name for a record without an id, for messages and the log: its type, and eight digits of a hash of the
 * whole record.
 */
export function nameOf(resource: FhirResource): string {
  return `${resource.resourceType} ${shortHash(JSON.stringify(resource))}`;
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
