/**
 * Permanent differences of a server from its profile, and how they are written on a command line. Temporary
 * differences are faults.
 */

import { isSelector } from './selection.js';

/**
 * The differences of one server. For a member that is left out, the profile applies. Lists contain selectors of the
 * form `[Type?]name[=value]`, see `selection.ts`.
 */
export interface Guise {
  /** Whether the server has a CapabilityStatement. `swagger`: it has an OpenAPI document at `/swagger` instead. */
  readonly metadata?: 'absent' | 'present' | 'swagger';
  /**
   * Selectors of features that the server neither declares nor supports. A parameter is refused with 400, a type with
   * 404.
   */
  readonly lacks?: readonly string[];
  /** Selectors of features that the server declares but refuses. */
  readonly refuses?: readonly string[];
  /** Selectors of features that the server supports but does not declare. */
  readonly conceals?: readonly string[];
  /** Selectors of parameters that the server declares but ignores, so that the search returns all resources. */
  readonly ignores?: readonly string[];
  /**
   * How the server handles a parameter that it does not support. `told`: it ignores the parameter, and an
   * OperationOutcome among the entries states this; with `Prefer: handling=strict` it refuses the parameter. @default
   * 'refused'
   */
  readonly unknown?: 'refused' | 'ignored' | 'told';
  /**
   * The query in the `self` link of a searchset: only the parameters that were applied (`honoured`), or all
   * parameters (`asked`), or no link.
   * @default 'honoured'
   */
  readonly self?: 'honoured' | 'asked' | 'absent';
  /** Whether resources can be read by id. If not, every read gets 404. */
  readonly read?: 'absent' | 'present';
  /** Whether the server supports `$everything`. `paged`: the bundle has several pages even without `_count`. */
  readonly everything?: 'absent' | 'present' | 'paged';
  /** The HTTP status that refuses POST `_search`. */
  readonly post?: 403 | 404 | 405;
  /** How `name` and other string parameters without a modifier are compared. */
  readonly name?: 'starts-with' | 'contains';
  /**
   * The total of a searchset. `first`: only on the first page. `low` and `high`: a wrong estimate. `page`: the number
   * of matches on the page. `zero`: 0. `asked`: only with `_total=accurate`. With `_total=accurate`, if the server
   * supports it, the total is exact.
   */
  readonly total?: 'absent' | 'asked' | 'first' | 'low' | 'high' | 'page' | 'zero';
  /** Maximum number of included entries on a page. The server leaves out the others without notice. */
  readonly included?: number;
  /**
   * Whether included entries count towards `_count` (`page`), so that a page has fewer matches, or towards `total`.
   */
  readonly counts?: 'page' | 'total';
  /**
   * The form of the `next` link. `base`: the base URL with a query. `relative`: a path below the base URL. `long`:
   * about 6,000 characters. `gateway`: the host behind a gateway, with the path in upper case. `absent`: there is no
   * link, only the total.
   */
  readonly next?: 'base' | 'relative' | 'long' | 'gateway' | 'absent';
  /** How many times a page link can be followed before it expires. With 0, it has expired from the start. */
  readonly uses?: number;
  /** The HTTP status for an expired page link. @default 410 */
  readonly expired?: 404 | 410;
  /**
   * `overlapping`: a page begins with the last match of the previous page, if it has room for two matches.
   * `shrinking`: when the second page of a list is requested, the list's second row is deleted. `shuffled`: each page
   * after the first shows the list in another order.
   */
  readonly pages?: 'overlapping' | 'shrinking' | 'shuffled';
  /**
   * The number of matches that the total counts but no page contains. It applies to lists with more than twice as
   * many matches.
   */
  readonly hides?: number;
  /**
   * Where a page contains an entry with an OperationOutcome: before the matches, or after them. `incomplete`: after
   * the matches, with a code for missing matches.
   */
  readonly outcome?: 'first' | 'last' | 'incomplete';
  /** Maximum length of a URL in characters. @default 8000 */
  readonly url?: number;
  /** The HTTP status of the response to a longer URL. Its body is a web page. @default 414 */
  readonly overlong?: 414 | 431;
}

type Reader<T> = (value: string) => T | undefined;

const readers: { readonly [K in keyof Guise]-?: Reader<NonNullable<Guise[K]>> } = {
  metadata: oneOf('absent', 'present', 'swagger'),
  lacks: selector,
  refuses: selector,
  conceals: selector,
  ignores: selector,
  unknown: oneOf('refused', 'ignored', 'told'),
  self: oneOf('honoured', 'asked', 'absent'),
  read: oneOf('absent', 'present'),
  everything: oneOf('absent', 'present', 'paged'),
  post: oneOf(403, 404, 405),
  name: oneOf('starts-with', 'contains'),
  total: oneOf('absent', 'asked', 'first', 'low', 'high', 'page', 'zero'),
  included: whole,
  counts: oneOf('page', 'total'),
  next: oneOf('base', 'relative', 'long', 'gateway', 'absent'),
  uses: whole,
  expired: oneOf(404, 410),
  pages: oneOf('overlapping', 'shrinking', 'shuffled'),
  hides: whole,
  outcome: oneOf('first', 'last', 'incomplete'),
  url: whole,
  overlong: oneOf(414, 431),
};

/** The names of all differences that can be set. */
export const guiseNames: readonly string[] = Object.keys(readers);

/**
 * Adds `name=value` to the differences: `total=absent`, `ignores=Ingredient?for`, `uses=1`. In lists, the value is
 * added; otherwise it replaces the earlier value. Throws a RangeError whose message lists the names.
 */
export function parseGuise(text: string, before: Guise = {}): Guise {
  const [, name = '', written = ''] = /^([a-z]+)=(.+)$/.exec(text) ?? [];
  const value = isName(name) ? readers[name](written) : undefined;
  if (!isName(name) || value === undefined)
    throw new RangeError(`a guise is name=value: ${guiseNames.join(', ')}; not "${text}"`);
  const known = before[name];
  return { ...before, [name]: Array.isArray(value) && Array.isArray(known) ? [...known, ...value] : value };
}

function isName(name: string): name is keyof Guise {
  return Object.hasOwn(readers, name);
}

function oneOf<T extends string | number>(...choices: readonly T[]): Reader<T> {
  return (value) => choices.find((choice) => String(choice) === value);
}

function whole(value: string): number | undefined {
  return /^\d{1,7}$/.test(value) ? Number(value) : undefined;
}

function selector(value: string): readonly string[] | undefined {
  return isSelector(value) ? [value] : undefined;
}
