/** Lasting deviations of a server from its profile, and their syntax on a command line. Temporary ones are faults. */

import { isSelector } from './selection.js';

/** A deviation that is left out is as the profile has it. Lists contain selectors `[Type?]name[=value]`: see `selection.ts`. */
export interface Guise {
  /** Whether there is a CapabilityStatement. `swagger`: there is an OpenAPI document at `/swagger` instead. */
  readonly metadata?: 'absent' | 'present' | 'swagger';
  /** Selectors of features neither declared nor supported: a parameter is refused with 400, a type with 404. */
  readonly lacks?: readonly string[];
  /** Selectors of features that are declared but refused. */
  readonly refuses?: readonly string[];
  /** Selectors of features that are supported but not declared. */
  readonly conceals?: readonly string[];
  /** Selectors of parameters that are declared but ignored, so that the search returns all resources. */
  readonly ignores?: readonly string[];
  /**
   * How a parameter that the server does not know or lacks is handled. `told`: it is ignored, and an OperationOutcome among the
   * entries says so; with `Prefer: handling=strict` it is refused. @default 'refused'
   */
  readonly unknown?: 'refused' | 'ignored' | 'told';
  /**
   * The query in the `self` link of a searchset: only the applied parameters (`honoured`), all of them (`asked`), or no link.
   * @default 'honoured'
   */
  readonly self?: 'honoured' | 'asked' | 'absent';
  /** Whether resources can be read by id. If absent, every read gets 404. */
  readonly read?: 'absent' | 'present';
  /** Whether there is `$everything`. `paged`: its bundle has several pages even without `_count`. */
  readonly everything?: 'absent' | 'present' | 'paged';
  /** The HTTP status that refuses POST `_search`. */
  readonly post?: 403 | 404 | 405;
  /** How `name` and other string parameters are compared without a modifier. */
  readonly name?: 'starts-with' | 'contains';
  /**
   * The total of a searchset. `first`: on the first page only. `low` and `high`: an estimate. `page`: the number of matches on the
   * page. `zero`: 0. With `_total=accurate`, if offered, the total is exact. `asked`: a total only with `_total=accurate`.
   */
  readonly total?: 'absent' | 'asked' | 'first' | 'low' | 'high' | 'page' | 'zero';
  /** Most included entries on a page. The server drops the others silently. */
  readonly included?: number;
  /** Whether included entries count towards `_count` (`page`), so that a page has fewer matches, or towards the `total`. */
  readonly counts?: 'page' | 'total';
  /**
   * The form of the `next` link. `base`: the base URL with a query. `relative`: a path below the base URL. `long`: about 6,000
   * characters. `gateway`: the host behind a gateway, with the path in upper case. `absent`: no link, only the total.
   */
  readonly next?: 'base' | 'relative' | 'long' | 'gateway' | 'absent';
  /** How often a page link can be followed before it expires. With 0 it has expired from the start. */
  readonly uses?: number;
  /** The HTTP status for an expired page link. @default 410 */
  readonly expired?: 404 | 410;
  /**
   * `overlapping`: a page begins with the last match of the page before, if it has room for two matches. `shrinking`: the second
   * row of a list is deleted for good when its second page is requested. `shuffled`: each page after the first is taken from
   * another order.
   */
  readonly pages?: 'overlapping' | 'shrinking' | 'shuffled';
  /** Number of matches that the total counts but no page contains. Applies to lists with more than twice as many matches. */
  readonly hides?: number;
  /**
   * Where a page has an entry with an OperationOutcome: before the matches or after them. `incomplete`: after the matches, and its
   * code says that matches are missing.
   */
  readonly outcome?: 'first' | 'last' | 'incomplete';
  /** The longest URL accepted, in characters. @default 8000 */
  readonly url?: number;
  /** The HTTP status for a longer URL. The body is a web page. @default 414 */
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

/** The names of all deviations. */
export const guiseNames: readonly string[] = Object.keys(readers);

/**
 * Adds `name=value` to a guise: `total=absent`, `ignores=Ingredient?for`, `uses=1`. Values of lists are added, other values are
 * replaced.
 * Throws a RangeError whose message lists the names.
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
