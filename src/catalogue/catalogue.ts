/** The catalogue: opens a session for each operation, on the route that this upstream allows. */
import type { FhirClient } from '../fhir/client.js';
import type { Capabilities } from './capabilities.js';
import { createKnown, type Known } from './known.js';
import { createLedger } from './ledger.js';
import { meterClient } from './metered-client.js';
import { plan, type PlannedProfile } from './plan.js';
import { createEverythingRoute } from './routes/everything.js';
import type { Operation, Route } from './routes/route.js';
import { createSearchRoute } from './routes/search.js';
import { run } from './run.js';
import type { Selection } from './selection.js';
import type { Loaders } from './wanted.js';

/** What one operation cost upstream. */
export interface Receipt {
  readonly profile: PlannedProfile;
  /** Sends, replays too; token requests apart. */
  readonly requests: number;
  /** The bound promised before the first of them. */
  readonly estimated: number;
  readonly cacheHits: number;
  readonly tokenRequests: number;
  /** Of the upstream's bodies. */
  readonly bytes: number;
}

/** One operation's stay in the catalogue. */
export interface Session {
  readonly known: Known;
  readonly loaders: Loaders;
  /** Fetches all that the selections need. */
  run(): Promise<void>;
  receipt(): Receipt;
}

export interface Catalogue {
  /** @throws UPSTREAM_BUDGET_EXCEEDED before anything is sent */
  open(selections: readonly Selection[], signal: AbortSignal | undefined): Promise<Session>;
}

export interface CatalogueOptions {
  readonly client: FhirClient;
  readonly capabilities: Capabilities;
  /** The loaders of one operation, over its route. */
  readonly createLoaders: (route: Route, known: Known) => Loaders;
  /** Most upstream requests of one operation. */
  readonly budget: number;
  /** Token requests made so far, by anybody. */
  readonly tokenRequests: () => number;
}

const routes: Readonly<Record<PlannedProfile, (operation: Operation) => Route>> = {
  everything: createEverythingRoute,
  search: createSearchRoute,
};

export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { client, capabilities, createLoaders, budget, tokenRequests } = options;
  return {
    async open(selections, signal) {
      const tokensBefore = tokenRequests();
      const profile = await capabilities.profile();
      const { estimated, planned } = plan(selections, profile, budget);
      const ledger = createLedger(estimated);
      const known = createKnown();
      const route = routes[profile]({ client: meterClient(client, ledger, signal), known, ledger });
      const loaders = createLoaders(route, known);
      return {
        known,
        loaders,
        run: () => run(selections, { known, loaders, ledger, planned }),
        receipt: () => ({
          profile,
          requests: ledger.spent,
          estimated: ledger.estimated,
          cacheHits: 0,
          tokenRequests: tokenRequests() - tokensBefore,
          bytes: ledger.bytes,
        }),
      };
    },
  };
}
