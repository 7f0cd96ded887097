/**
 * Compares this machine's clock with those of the upstream and of the token endpoint, by the `Date` header of
 * responses.
 */
import type { Place } from './connection-failure.js';

export interface ClockDifference {
  readonly place: Place;
  /**
   * Whole seconds by which this machine's clock is ahead of the other server's. Negative if it is behind, 0 if they
   * agree.
   */
  readonly seconds: number;
}

export interface Clocks {
  /** Wraps `send` so that the `Date` of each response is checked. */
  watch<Request, Answer extends Dated>(
    place: Place,
    send: (request: Request) => Promise<Answer>,
  ): (request: Request) => Promise<Answer>;
  /** The difference according to the last response of each server. A server that never sent a date is missing. */
  readonly differences: readonly ClockDifference[];
}

interface Dated {
  readonly headers: { get(name: string): string | null };
}

export interface ClocksOptions {
  /** Called once for each server whose clock differs too much. */
  readonly onOff: (difference: ClockDifference) => void;
  /** Returns milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Maximum number of seconds by which two clocks may differ. */
export const mostDifference = 60;

export function createClocks({ onOff, now = Date.now }: ClocksOptions): Clocks {
  const found = new Map<Place, ClockDifference>();
  const told = new Set<Place>();

  function note(place: Place, seconds: number): void {
    const difference = { place, seconds };
    found.set(place, difference);
    if (!isOff(difference) || told.has(place)) return;
    told.add(place);
    onOff(difference);
  }

  return {
    watch: (place, send) => async (request) => {
      const sentAt = now();
      const answer = await send(request);
      const seconds = secondsAhead(answer, sentAt, now());
      if (seconds !== undefined) note(place, seconds);
      return answer;
    },
    get differences() {
      return [...found.values()];
    },
  };
}

export function isOff({ seconds }: ClockDifference): boolean {
  return Math.abs(seconds) > mostDifference;
}

/**
 * Returns the difference of the clocks. The other server wrote its date between the sending of the request and the
 * arrival of the response, so only a date outside of that time counts. A cache in between returns an old date, with
 * an `Age` header.
 */
function secondsAhead({ headers }: Dated, sentAt: number, receivedAt: number): number | undefined {
  const date = Date.parse(headers.get('date') ?? '');
  // Nearly every date is right, and node-fetch takes long to look up a header. A date has whole seconds.
  if (date <= receivedAt && date + 1_000 > sentAt) return 0;
  const age = Number(headers.get('age') ?? 0);
  if (Number.isNaN(date) || !Number.isFinite(age)) return undefined;
  const theirs = date + age * 1_000;
  if (theirs > receivedAt) return Math.ceil((receivedAt - theirs) / 1_000);
  return Math.max(0, Math.floor((sentAt - theirs) / 1_000));
}

/** Returns the difference in words for people: `3 h 2 min ahead of`. */
export function inWords({ seconds }: ClockDifference): string {
  const all = Math.abs(seconds);
  const [days, hours, minutes] = [all / 86_400, (all / 3_600) % 24, (all / 60) % 60].map(Math.floor);
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
    [all % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count !== 0);
  const told = parts.slice(first, first + 2).flatMap(([count, unit]) => (count ? [`${count} ${unit}`] : []));
  return `${told.join(' ')} ${seconds > 0 ? 'ahead of' : 'behind'}`;
}

export const clockAdvice =
  'Set the clock of this machine with NTP: certificates, the expiry of the client secret and the age of data depend on it. If it is right, the clock of the other server is wrong.';
