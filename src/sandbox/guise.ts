/** What a server is like for good, where servers differ, and how it is written on a command line. Faults come and go. */

import { isSelector } from './selection.js';

/** Whatever is left out is as the profile has it. Lists hold selectors, `[Type?]name[=value]`: see `selection.ts`. */
export interface Guise {
  /** Whether there is a CapabilityStatement; `swagger` has an OpenAPI document at `/swagger` in its place. */
  readonly metadata?: 'absent' | 'present' | 'swagger';
  /** Neither declared nor answered: a parameter is refused with 400, a type with 404. */
  readonly lacks?: readonly string[];
  /** Declared, but refused all the same. */
  readonly refuses?: readonly string[];
  /** Answered, but not declared. */
  readonly conceals?: readonly string[];
  /** Declared, but dropped as if it had not been given, so that all is found. */
  readonly ignores?: readonly string[];
  /**
   * What becomes of a parameter that the server does not know; what it lacks counts among them. Where it is `told`, it is
   * ignored, and an OperationOutcome among the entries says so; `Prefer: handling=strict` has it refused. @default 'refused'
   */
  readonly unknown?: 'refused' | 'ignored' | 'told';
  /** What a searchset's `self` link shows: what was honoured of the query, or all of it; or there is none. @default 'honoured' */
  readonly self?: 'honoured' | 'asked' | 'absent';
  /** Reading by id; where it is absent every read is 404. */
  readonly read?: 'absent' | 'present';
  /** `paged` comes in pages where `_count` is not given. */
  readonly everything?: 'absent' | 'present' | 'paged';
  /** How POST `_search` is refused. */
  readonly post?: 403 | 404 | 405;
  /** What `name` and other strings mean without a modifier. */
  readonly name?: 'starts-with' | 'contains';
  /**
   * `first` is on the first page only; `low` and `high` are estimates, `page` counts the page alone, and `zero` nothing.
   * `_total=accurate`, where offered, gets the truth. With `asked` it is there wherever it is asked for, and nowhere else.
   */
  readonly total?: 'absent' | 'asked' | 'first' | 'low' | 'high' | 'page' | 'zero';
  /** The most entries that are included with a page; more are dropped silently. */
  readonly included?: number;
  /** What included entries count towards: `page`, so that fewer matches have room on it, or the `total`. */
  readonly counts?: 'page' | 'total';
  /**
   * `base` links to the base itself with a query, `relative` to below the base, `long` has about 6,000 characters.
   * `gateway` links to the host behind a gateway, in other letters; with `absent` there is no link, only the total.
   */
  readonly next?: 'base' | 'relative' | 'long' | 'gateway' | 'absent';
  /** How often a page link can be followed before it expires; with 0 it has when it is given out. */
  readonly uses?: number;
  /** What an expired page link answers. @default 410 */
  readonly expired?: 404 | 410;
  /**
   * `overlapping` ones begin with what the page before ended with, if they have room for two. Of a list of several pages
   * the second row is deleted, once and for good, as soon as the second is asked for (`shrinking`), or each page after the
   * first is of another order (`shuffled`).
   */
  readonly pages?: 'overlapping' | 'shrinking' | 'shuffled';
  /** So many matches are counted, and on no page, where there are more than twice as many. */
  readonly hides?: number;
  /** Where an entry with an OperationOutcome stands, before the matches or after them; `incomplete` says that they are not all. */
  readonly outcome?: 'first' | 'last' | 'incomplete';
  /** The longest URL in characters. @default 8000 */
  readonly url?: number;
  /** What a longer URL is answered with, as a web page. @default 414 */
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

/** What a guise may have. */
export const guiseNames: readonly string[] = Object.keys(readers);

/**
 * Adds `name=value` to a guise: `total=absent`, `ignores=Ingredient?for`, `uses=1`. Lists grow, the rest is replaced.
 * Throws a RangeError that tells what there is.
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
