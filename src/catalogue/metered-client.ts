/** The upstream as one operation may use it: every send is taken from its ledger, and ends with its client. */
import type { Call, FhirClient } from '../fhir/client.js';
import type { Ledger } from './ledger.js';

export function meterClient(client: FhirClient, ledger: Ledger, signal: AbortSignal | undefined): FhirClient {
  const call: Call = { take: () => ledger.take(), ...(signal ? { signal } : {}) };
  const counted = <Answer extends { readonly bytes: number } | undefined>(answer: Answer): Answer => {
    if (answer) ledger.receive(answer.bytes);
    return answer;
  };
  return {
    ...client,
    read: async (type, id) => counted(await client.read(type, id, call)),
    search: async (type, parameters) => counted(await client.search(type, parameters, call)),
    page: async (link) => counted(await client.page(link, call)),
    everything: async (id) => counted(await client.everything(id, call)),
    capabilities: () => client.capabilities(call),
  };
}
