/** The faults that the sandbox can simulate, and how they are written on a command line. */

interface Reach {
  /**
   * A text that the path below the base URL, including the query, must contain. Otherwise the fault does not apply.
   */
  readonly match?: string;
  /** How many times the fault happens. If absent, it always happens. */
  readonly times?: number;
}

export type Fault = Reach &
  (
    | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
    | { readonly kind: 'token-status'; readonly status: number }
    | { readonly kind: 'ignore'; readonly parameter: string }
    | { readonly kind: PlainFault }
  );

/**
 * `reset` closes the connection, `hang` sends no response, `html` responds with status 200 and a web page,
 * `truncated-json` sends half the body, `foreign-next` returns `next` links to another host, `expired-next` responds
 * with 410 to every page link, `no-total` leaves out the total, `post-refused` responds with 405 to POST `_search`.
 * `ignore` ignores a search parameter as if it were not in the request.
 */
type PlainFault = (typeof plainFaults)[number];

const plainFaults = [
  'reset',
  'hang',
  'html',
  'truncated-json',
  'foreign-next',
  'expired-next',
  'no-total',
  'post-refused',
] as const;

export type FaultKind = Fault['kind'];

export interface Faults {
  set(faults: readonly Fault[]): void;
  /** Returns the first fault of one of these kinds that applies to the path, and counts that it happened. */
  take<K extends FaultKind>(path: string, ...kinds: readonly K[]): Extract<Fault, { kind: K }> | undefined;
  /**
   * Whether a search parameter, with or without a modifier, must be ignored. This does not count as one of the
   * fault's `times`.
   */
  ignores(path: string, parameter: string): boolean;
}

export function createFaults(initial: readonly Fault[]): Faults {
  let current: { readonly fault: Fault; left: number }[] = [];
  function set(faults: readonly Fault[]): void {
    current = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
  }
  set(initial);
  return {
    set,
    ignores: (path, parameter) =>
      current.some(
        ({ fault }) =>
          fault.kind === 'ignore' &&
          fault.parameter === parameter.split(':')[0] &&
          path.includes(fault.match ?? ''),
      ),
    take<K extends FaultKind>(path: string, ...kinds: readonly K[]) {
      const applies = current.find(
        ({ fault, left }) =>
          left > 0 && kinds.some((kind) => kind === fault.kind) && path.includes(fault.match ?? ''),
      );
      if (applies === undefined) return undefined;
      applies.left -= 1;
      return applies.fault as Extract<Fault, { kind: K }>;
    },
  };
}

const FAULT = /^(?<kind>[a-z-]+)(?:=(?<value>[^@*]+))?(?:@(?<match>[^*]+))?(?:\*(?<times>[1-9]\d{0,5}))?$/;

/**
 * Reads `kind[=value][@path][*times]`: `status=503`, `hang@/Ingredient`, `reset*2`, `ignore=package-for`.
 * Throws a RangeError whose message lists the kinds.
 */
export function parseFault(text: string): Fault {
  const { kind, value, match, times } = FAULT.exec(text)?.groups ?? {};
  const reach: Reach = {
    ...(match === undefined ? {} : { match }),
    ...(times === undefined ? {} : { times: Number(times) }),
  };
  const status = Number(value);
  const isStatus = Number.isInteger(status) && status >= 200 && status <= 599;
  if ((kind === 'status' || kind === 'token-status') && isStatus) return { kind, status, ...reach };
  if (kind === 'ignore' && value !== undefined && times === undefined)
    return { kind, parameter: value, ...reach };
  const plain = plainFaults.find((each) => each === kind);
  if (plain !== undefined && value === undefined) return { kind: plain, ...reach };
  throw new RangeError(
    `a fault is kind[=value][@path][*times]: status=<200-599>, token-status=<200-599>, ignore=<parameter>, ${plainFaults.join(', ')}`,
  );
}
