/** The upstream as one operation may use it: every send is taken from its ledger, and ends with its client or its time. */
import type { Call, FhirClient } from '../fhir/client.js';
import { Spent, type Ledger } from './ledger.js';

/** One question that was really sent. */
export interface MadeCall {
  /** `Ingredient?for`, `MedicinalProductDefinition/1/$everything`, or `next page`. */
  readonly asks: string;
  readonly status: 'answered' | 'absent' | 'failed';
  readonly ms: number;
  readonly bytes: number;
  readonly entries: number;
}

export interface MeteredClient extends FhirClient {
  readonly calls: readonly MadeCall[];
  /** When the oldest answer so far was read; now while there is none. */
  readonly asOf: Date;
}

interface Measured {
  readonly bytes: number;
  readonly fetchedAt?: Date;
  readonly entries?: number;
}

/** Who asks upstream, and for how long. */
export interface Asker {
  readonly signal?: AbortSignal | undefined;
  readonly deadline?: number | undefined;
  readonly client?: string | undefined;
  readonly priority?: Call['priority'] | undefined;
}

/** @param asker its signal is aborted with a TimeoutError when the operation's time is over, with anything else when its client left */
export function meterClient(client: FhirClient, ledger: Ledger, asker: Asker = {}): MeteredClient {
  const { signal, deadline, client: name, priority } = asker;
  const call: Call = {
    take: () => ledger.take(),
    ...(signal && { signal }),
    ...(deadline !== undefined && { deadline }),
    ...(name !== undefined && { client: name }),
    ...(priority && { priority }),
  };
  const calls: MadeCall[] = [];
  let asOf: Date | undefined;

  async function counted<Answer extends Measured | undefined>(
    asks: string,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    const began = performance.now();
    const made = (status: MadeCall['status'], answer?: Measured): void => {
      const { bytes = 0, entries = answer ? 1 : 0 } = answer ?? {};
      calls.push({ asks, status, ms: Math.round(performance.now() - began), bytes, entries });
    };
    try {
      const answer = await ask();
      made(answer ? 'answered' : 'absent', answer);
      if (answer) ledger.receive(answer.bytes);
      if (answer?.fetchedAt && (!asOf || answer.fetchedAt < asOf)) asOf = answer.fetchedAt;
      return answer;
    } catch (error) {
      if (!(error instanceof Spent)) made('failed');
      throw error === signal?.reason && isTimeout(error) ? new Spent('TIME') : error;
    }
  }

  return {
    ...client,
    calls,
    get asOf() {
      return asOf ?? new Date();
    },
    read: (type, id) => counted(`${type}/${id}`, () => client.read(type, id, call)),
    search: (type, parameters) =>
      counted(`${type}?${parameters.map(nameOf).join('&')}`, () => client.search(type, parameters, call)),
    page: (link) => counted('next page', () => client.page(link, call)),
    everything: (id) =>
      counted(`MedicinalProductDefinition/${id}/$everything`, () => client.everything(id, call)),
    capabilities: () => client.capabilities(call),
  };
}

function nameOf({ name, modifier, values }: Parameters<FhirClient['search']>[1][number]): string {
  const written = modifier === undefined ? name : `${name}:${modifier}`;
  if (name === '_include' || name === '_revinclude') return `${written}=${values.join()}`;
  return values.length > 1 ? `${written} (${values.length})` : written;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
