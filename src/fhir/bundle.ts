/** A searchset bundle as one page: resources that this service reads, counts, and the checked way on. */
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
  /** Path and query that this page was asked for at; the path alone after a POST. */
  readonly url: string;
  /** Matches, in the upstream's order. */
  readonly resources: readonly FhirResource[];
  /** What came along because of an include. */
  readonly included: readonly FhirResource[];
  /** Entries of any type, outcomes apart: what `total` is to be compared with. */
  readonly entries: number;
  /** Entries that cannot be told apart although their type is read here, or may be one of these. */
  readonly unidentified: readonly Unidentified[];
  /** Matches on all pages, where the upstream tells, and its own page does not contradict it. */
  readonly total: number | undefined;
  /** The address that the upstream says it has answered, as written: what is missing there it has ignored. */
  readonly self: string | undefined;
  /** Path and query of the next page, known to stay within the base. */
  readonly next: string | undefined;
  /** Whether the page has a `next` that cannot be followed: there is more, and no way to it. */
  readonly hasLostWay: boolean;
  /** Whether the upstream says, by an OperationOutcome, that what it sent is not all that it found. */
  readonly isReportedIncomplete: boolean;
  /** Names of the search parameters that the upstream says, by an OperationOutcome, that it has ignored. */
  readonly ignored: ReadonlySet<string>;
  /** Whether its records may hold no more than the elements that were asked for. */
  readonly isNarrow: boolean;
  /** When it was asked of the upstream, or last confirmed by it. */
  readonly fetchedAt: Date;
  /** Whether it is a copy that is no longer fresh. */
  readonly stale: boolean;
  /** Of the body, its content coding undone. */
  readonly bytes: number;
}

/** A record without an id: what it refers to can be read, and nothing else of it is used. */
export interface Unidentified {
  /** Undefined where the entry cannot be read at all: any list that the page is for may lack it. */
  readonly resource: FhirResource | undefined;
  readonly isIncluded: boolean;
}

/** Whether `parsePage` takes it. */
export function isPage(body: unknown): boolean {
  try {
    listsOf(body);
    return true;
  } catch {
    return false;
  }
}

/** Pages have some hundred entries, and all of a big product has some thousand: what 20 MB hold, at 800 bytes each. */
const mostEntries = 25_000;
/** Entries after which the event loop has its turn. */
const slice = 500;

/**
 * Rejects with UPSTREAM_BAD_RESPONSE for what is no bundle. A `next` that leaves the base, or leads nowhere, is told, not
 * followed.
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
  // R5 has a place for what is wrong with a bundle beside its entries.
  const ignored = new Set(ignoredParametersIn(bundle['issues']));
  const names = await namesIn(list);
  for (const [index, entry] of list.entries()) {
    if (index % slice === slice - 1) await nextTurn();
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

/** What entries that have no address are called by the others of their bundle. */
async function namesIn(entries: readonly unknown[]): Promise<ReadonlyMap<string, ResourceKey>> {
  const names = new Map<string, ResourceKey>();
  for (const [index, entry] of entries.entries()) {
    if (index % slice === slice - 1) await nextTurn();
    const name = isObject(entry) ? entry['fullUrl'] : undefined;
    if (typeof name !== 'string' || !name.startsWith('urn:')) continue;
    const resource = identified(resourceOf(entry));
    if (isReadable(resource)) names.set(name, resourceKey(resource.resourceType, resource.id));
  }
  return names;
}

/** The same with its references to such entries by their type and id; what has none is not copied. */
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

/** A total of fewer matches than are on the page, or of no more although there are more pages, tells nothing. */
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
  // A page that leads to itself leads nowhere.
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

/** Issues of FHIR's own code system that say that something is missing; informational ones say nothing of the list. */
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

/** A bundle with its two lists. Throws UPSTREAM_BAD_RESPONSE where it is none, or they are malformed or too long. */
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
  /** Whether one of its links cannot be read: it may be the way on. */
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

/** Why an entry is on the page. An OperationOutcome is never a match, even where its entry does not say so. */
function modeOf(entry: unknown): unknown {
  const resource = resourceOf(entry);
  if (isObject(resource) && resource['resourceType'] === 'OperationOutcome') return 'outcome';
  const search = isObject(entry) ? (entry['search'] ?? {}) : null;
  const mode = isObject(search) ? (search['mode'] ?? undefined) : null;
  return mode === undefined || typeof mode === 'string' ? mode : unreadable;
}

/** What may have come along, or be a match. */
const unreadable = Symbol('unreadable');

function resourceOf(entry: unknown): unknown {
  return isObject(entry) ? entry['resource'] : undefined;
}

function hasType(resource: unknown): resource is { readonly resourceType: string } {
  return isObject(resource) && typeof resource['resourceType'] === 'string';
}

/** What the JSON says it is, with an id to name it by; elements are taken as they come, and read with care. */
export function isReadable(resource: unknown): resource is FhirResource {
  return isObject(resource) && isResourceType(resource['resourceType']) && isRecordId(resource['id']);
}

/** The same under the id that it is used by here, where that is not the one that is written. */
export function identified(resource: unknown): unknown {
  if (!isObject(resource) || isFhirId(resource['id'])) return resource;
  const id = recordId(resource['id']);
  return id === undefined ? resource : { ...resource, id };
}

function countOf(total: unknown): number | undefined {
  return typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

/** What a record without an id is called in messages and in the log: its type, and eight digits of a hash of all of it. */
export function nameOf(resource: FhirResource): string {
  return `${resource.resourceType} ${shortHash(JSON.stringify(resource))}`;
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
