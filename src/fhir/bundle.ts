/**
 * Parses a searchset Bundle as one page: the resources of the types in `resources.ts`, the counts, and the checked
 * `next` link.
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
  /** Path and query of the request for this page. After a POST, only the path. */
  readonly url: string;
  /** Resources with the search mode `match`, in the upstream's order. */
  readonly resources: readonly FhirResource[];
  /** Resources with the search mode `include`. */
  readonly included: readonly FhirResource[];
  /** Number of entries of any resource type, to compare with `total`. OperationOutcomes do not count. */
  readonly entries: number;
  /** Entries without an id, if their resource type is one that this service reads, or is unknown. */
  readonly unidentified: readonly Unidentified[];
  /**
   * Number of matches on all pages; undefined if the upstream states none, or states a number that contradicts this
   * page.
   */
  readonly total: number | undefined;
  /**
   * The `self` link as the upstream wrote it. Search parameters that are missing in it were ignored by the upstream.
   */
  readonly self: string | undefined;
  /** Path and query of the next page, which is below the base URL. */
  readonly next: string | undefined;
  /** Whether the page has a `next` link that cannot be followed. So further pages exist, but cannot be read. */
  readonly hasLostWay: boolean;
  /** Whether an OperationOutcome states that the results are incomplete. */
  readonly isReportedIncomplete: boolean;
  /** The names of search parameters that the upstream ignored, according to an OperationOutcome. */
  readonly ignored: ReadonlySet<string>;
  /** Whether the records may contain only some of their elements, because the search had `_elements`. */
  readonly isNarrow: boolean;
  /** When this page was requested from the upstream, or last confirmed by it. */
  readonly fetchedAt: Date;
  /** Whether this page is a stale copy from the cache. */
  readonly stale: boolean;
  /** Size of the decompressed response body in bytes. */
  readonly bytes: number;
}

/** A record without an id. Only its references are read. */
export interface Unidentified {
  /** The record; undefined if the entry cannot be read. Such an entry may belong to any list of the page. */
  readonly resource: FhirResource | undefined;
  readonly isIncluded: boolean;
}

/** Whether `parsePage` accepts the body. */
export function isPage(body: unknown): boolean {
  try {
    listsOf(body);
    return true;
  } catch {
    return false;
  }
}

/**
 * Maximum number of entries of a Bundle. A page has some hundred, and `$everything` of a big product some thousand. At
 * 800 bytes each, 20 MB hold this number.
 */
const mostEntries = 25_000;
/** The number of entries that are parsed before other events are processed. */
const slice = 500;

/**
 * Parses a page. Rejects with UPSTREAM_BAD_RESPONSE if the body is not a Bundle. A `next` link that leads outside the
 * base URL, or back to the same page, is not followed. It sets `hasLostWay`.
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
  // R5 reports problems also in `Bundle.issues`, beside the entries.
  const issues = bundle['issues'];
  const ignored = new Set(issues === undefined ? [] : ignoredParametersIn(issues));
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

/**
 * Returns the `urn:` names by which entries of the Bundle refer to each other. Each name has the key of its record.
 */
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

/**
 * Returns the value with `urn:` references replaced by record keys. A value without such references is returned itself,
 * not copied.
 */
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
 * Returns the total; undefined if it must be wrong, because it is lower than the number of matches on the page, or
 * equal to it although there are more pages.
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
  // A `next` link to the page itself leads to no further page.
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

/**
 * FHIR issue codes that mean missing results. An issue with another code means so only with severity `error` or
 * `fatal`.
 */
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
 * Returns the entries and links of a Bundle. Throws UPSTREAM_BAD_RESPONSE for any other body, and for a malformed or
 * too long list.
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
  /** Whether one of the links cannot be read. It may be the `next` link. */
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

/**
 * Returns the search mode of an entry. An OperationOutcome always has the mode `outcome`, even if the entry does not
 * state it.
 */
function modeOf(entry: unknown): unknown {
  const resource = resourceOf(entry);
  if (isObject(resource) && resource['resourceType'] === 'OperationOutcome') return 'outcome';
  const search = isObject(entry) ? (entry['search'] ?? {}) : null;
  const mode = isObject(search) ? (search['mode'] ?? undefined) : null;
  return mode === undefined || typeof mode === 'string' ? mode : unreadable;
}

/** Represents a search mode that cannot be read. The entry may be an include or a match. */
const unreadable = Symbol('unreadable');

function resourceOf(entry: unknown): unknown {
  return isObject(entry) ? entry['resource'] : undefined;
}

function hasType(resource: unknown): resource is { readonly resourceType: string } {
  return isObject(resource) && typeof resource['resourceType'] === 'string';
}

/** Whether a resource has an id and a type that this service reads. Its elements are not checked here. */
export function isReadable(resource: unknown): resource is FhirResource {
  return isObject(resource) && isResourceType(resource['resourceType']) && isRecordId(resource['id']);
}

/** Returns the resource with the id that this service uses for it. (See `recordId`.) */
export function identified(resource: unknown): unknown {
  if (!isObject(resource) || isFhirId(resource['id'])) return resource;
  const id = recordId(resource['id']);
  return id === undefined ? resource : { ...resource, id };
}

function countOf(total: unknown): number | undefined {
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

/**
 * Returns a name for a record without an id, for messages and the log: its type, and eight hexadecimal digits of a hash
 * of the record.
 */
export function nameOf(resource: FhirResource): string {
  return `${resource.resourceType} ${shortHash(JSON.stringify(resource))}`;
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
