/** Creates a client for background work, whose requests are sent after those of operations. */
import type { Call, FhirClient } from './client.js';

export function inBackground(client: FhirClient): FhirClient {
  const as = (call: Call = {}): Call => ({ priority: 'bulk', ...call });
  return {
    fits: (type, parameters, refusals) => client.fits(type, parameters, refusals),
    measure: (call) => client.measure(as(call)),
    get longestUrl() {
      return client.longestUrl;
    },
    read: (type, id, call) => client.read(type, id, as(call)),
    search: (type, parameters, call) => client.search(type, parameters, as(call)),
    page: (link, call) => client.page(link, as(call)),
    everything: (id, call) => client.everything(id, as(call)),
    capabilities: (call) => client.capabilities(as(call)),
    description: (link, call) => client.description(link, as(call)),
  };
}
