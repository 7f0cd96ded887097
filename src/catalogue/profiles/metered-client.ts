/**
 * The upstream client of one operation. It counts each request in the operation's ledger. It aborts a request if the
 * operation's client disconnects or its time is over.
 */
import { PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import {
  createRefusals,
  type Call,
  type FhirClient,
  type ReadAnswer,
  type Refusals,
} from '../../fhir/client.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameters } from '../../fhir/search.js';
import { Spent, type Ledger } from './ledger.js';
import { hasExpired } from './pages.js';
import type { CachedClient } from './profile.js';

/** One upstream call, with its outcome. */
export interface MadeCall {
  /** `Ingredient?for`, `MedicinalProductDefinition/1/$everything`, or `next page`. */
  readonly asks: string;
  readonly status: 'answered' | 'absent' | 'failed';
  readonly ms: number;
  readonly bytes: number;
  readonly entries: number;
  /**
   * Number of requests that this operation sent for the call; 0 if a cached copy or a request of another operation
   * answered it.
   */
  readonly sends: number;
}

export interface MeteredClient extends CachedClient {
  readonly calls: readonly MadeCall[];
  /** When the upstream sent the oldest response so far; the present time before the first response. */
  readonly asOf: Date;
}

interface Measured {
  readonly isNarrow?: boolean;
  readonly bytes: number;
  readonly entries?: number;
  readonly fetchedAt: Date;
  readonly next?: string | undefined;
}

/** The caller of an operation, and the limits for its requests. */
export interface OperationLimits {
  readonly signal?: AbortSignal | undefined;
  readonly deadline?: number | undefined;
  readonly client?: string | undefined;
  readonly priority?: Call['priority'] | undefined;
  /** The cache mode of the requests. @default 'default' */
  readonly cache?: Call['cache'];
  readonly handling?: Call['handling'];
  /** Whether searches may be sent by POST. @default they may */
  readonly takesPost?: (() => boolean) | undefined;
}

/**
 * Maximum number of milliseconds between the times at which two pages of one list were sent. If more time lies
 * between them, the list may have changed.
 */
const mostApart = 60_000;

/**
 * @param asker its signal aborts with a TimeoutError if the operation's time is over, and with another reason if its
 * client disconnected
 */
export function meterClient(client: FhirClient, ledger: Ledger, asker: OperationLimits = {}): MeteredClient {
  return new OperationClient(client, ledger, asker);
}

class OperationClient implements MeteredClient {
  readonly calls: MadeCall[] = [];
  /**
   * Refusals because of the length of a URL or form, or because of the method. They apply only to this operation,
   * because its own search value may be the cause.
   */
  private readonly refusals: Refusals;
  /** Options of every call. */
  private readonly from: Call;
  private readonly beganAt = Date.now();
  /** The pages read so far, by the URL of their `next` link. */
  private readonly before = new Map<string, Measured>();
  private mode: Call['cache'];
  private oldest: Date | undefined;

  constructor(
    private readonly client: FhirClient,
    private readonly ledger: Ledger,
    { signal, deadline, client: name, priority, cache, handling, takesPost = () => true }: OperationLimits,
  ) {
    const refused = new Set<ResourceType>();
    this.refusals = createRefusals({
      has: (type) => refused.has(type) || !takesPost(),
      add: (type) => refused.add(type),
    });
    this.mode = cache;
    this.from = {
      ...(signal && { signal }),
      ...(deadline !== undefined && { deadline }),
      ...(name !== undefined && { client: name }),
      ...(priority && { priority }),
      ...(handling && { handling }),
      refusals: this.refusals,
    };
  }

  bypassCopies(): void {
    this.mode ??= 'no-cache';
  }

  get asOf(): Date {
    return this.oldest ?? new Date();
  }

  get longestUrl(): number {
    return Math.min(this.client.longestUrl, this.refusals.longest.url);
  }

  fits(type: ResourceType, parameters: SearchParameters): boolean {
    return this.client.fits(type, parameters, this.refusals);
  }

  measure(): Promise<void> {
    return this.client.measure(this.from);
  }

  /**
   * Returns the page that a link leads to. The previous page was a cached copy if the link has expired, or if the two
   * pages differ a lot in age. From then on, the client bypasses cached copies.
   */
  async page(link: string, given: Pick<Call, 'isNarrow'> = {}): Promise<Page> {
    const before = this.before.get(link);
    const isNarrow = before?.isNarrow ?? given.isNarrow ?? true;
    try {
      const found = await this.counted('next page', (call) => this.client.page(link, { ...call, isNarrow }));
      if (this.mode === undefined && this.areApart(before, found)) throw expired();
      return found;
    } catch (error) {
      if (hasExpired(error)) this.bypassCopies();
      throw error;
    }
  }

  read<Type extends ResourceType>(type: Type, id: string): Promise<ReadAnswer<Type> | undefined> {
    return this.counted(`${type}/${id}`, (call) => this.client.read(type, id, call));
  }

  search(type: ResourceType, parameters: SearchParameters): Promise<Page> {
    const asks = `${type}?${parameters.map(nameOf).join('&')}`;
    return this.counted(asks, (call) => this.client.search(type, parameters, call));
  }

  everything(id: string): Promise<Page | undefined> {
    const asks = `MedicinalProductDefinition/${id}/$everything`;
    return this.counted(asks, (call) => this.client.everything(id, call));
  }

  capabilities(): ReturnType<FhirClient['capabilities']> {
    const { signal } = this.from;
    return this.client.capabilities(signal && { signal });
  }

  description(link?: string): Promise<string | undefined> {
    return this.client.description(link, this.from);
  }

  private async counted<Answer extends Measured | undefined>(
    asks: string,
    ask: (call: Call) => Promise<Answer>,
  ): Promise<Answer> {
    const { ledger, from, mode } = this;
    const began = performance.now();
    let sends = 0;
    const take = (): void => {
      ledger.take();
      sends += 1;
    };
    const made = (status: MadeCall['status'], answer?: Measured): void => {
      const { bytes = 0, entries = answer ? 1 : 0 } = answer ?? {};
      this.calls.push({ asks, status, ms: Math.round(performance.now() - began), bytes, entries, sends });
    };
    try {
      const answer = await ask({ ...from, take, ...(mode && { cache: mode }) });
      made(answer ? 'answered' : 'absent', answer);
      if (answer && (!this.oldest || answer.fetchedAt < this.oldest)) this.oldest = answer.fetchedAt;
      if (answer?.next !== undefined) this.before.set(answer.next, answer);
      if (sends === 0) ledger.hit(answer ? Math.max(0, Date.now() - answer.fetchedAt.getTime()) : 0);
      else if (answer) ledger.receive(answer.bytes);
      return answer;
    } catch (error) {
      if (!(error instanceof Spent)) made('failed');
      throw error === from.signal?.reason && isTimeout(error) ? new Spent('TIME') : error;
    }
  }

  /** Whether too much time lies between two pages. A row that moved in this time may be missing on both pages. */
  private areApart(a: Measured | undefined, b: Measured): boolean {
    if (!a) return false;
    const [from, to] = [a.fetchedAt.getTime(), b.fetchedAt.getTime()];
    return Math.min(from, to) < this.beganAt && Math.abs(from - to) > mostApart;
  }
}

function expired(): PmsError {
  return new PmsError(
    'UPSTREAM_UNAVAILABLE',
    'The pages of this list were read too far apart in time to form one consistent list.',
    {
      status: 410,
    },
  );
}

function nameOf({ name, modifier, values }: Parameters<FhirClient['search']>[1][number]): string {
  const written = modifier === undefined ? name : `${name}:${modifier}`;
  if (name === '_include' || name === '_revinclude') return `${written}=${values.join()}`;
  return values.length > 1 ? `${written} (${values.length})` : written;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
