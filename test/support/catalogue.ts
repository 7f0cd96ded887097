/** Creates a catalogue over a sandbox, without the rest of the service. */
import { createCatalogue, type Catalogue, type CatalogueOptions } from '../../src/catalogue/catalogue.js';
import { createWhereabouts } from '../../src/catalogue/upstream/whereabouts.js';
import { createLoaders } from '../../src/catalogue/waves/loaders.js';
import { createFhirClient } from '../../src/fhir/client.js';
import type { createSend } from '../../src/fhir/http.js';
import { createCursors } from '../../src/graphql/engine/cursor.js';
import { createExecutor, type Executor } from '../../src/graphql/engine/execute.js';
import { createSchema } from '../../src/graphql/schema/schema.js';
import { createTokenCache } from '../../src/oauth/token-cache.js';
import { createTokenEndpoint } from '../../src/oauth/token-endpoint.js';
import { withToken } from '../../src/oauth/with-token.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { createTerms } from '../../src/terms/terms.js';

export interface OverSandbox
  extends
    Pick<CatalogueOptions, 'capabilities' | 'budget' | 'searchers'>,
    Partial<Pick<CatalogueOptions, 'createLoaders'>> {
  readonly send: ReturnType<typeof createSend>;
}

const schema = createSchema();

/** Creates a catalogue without a cache: every request reaches the sandbox. */
export function catalogueOver(
  { baseUrl, tokenUrl, clientId, clientSecret, scope }: Sandbox,
  { send, ...given }: OverSandbox,
): Catalogue {
  const endpoint = createTokenEndpoint({ tokenUrl, clientId, secrets: () => [clientSecret], scope, send });
  const tokens = createTokenCache({ endpoint });
  const client = createFhirClient({
    baseUrl,
    send: withToken(send, { tokens, origin: new URL(baseUrl).origin }),
  });
  const whereabouts = createWhereabouts({ base: baseUrl });
  return createCatalogue({ client, createLoaders, whereabouts, tokenRequests: () => 0, ...given });
}

export function executorOver(
  { baseUrl }: Sandbox,
  catalogue: Catalogue,
  { capabilities, budget }: Pick<OverSandbox, 'capabilities' | 'budget'>,
): Executor {
  return createExecutor({
    schema,
    catalogue,
    cursors: createCursors('k'),
    terms: createTerms([]),
    baseUrl,
    ready: async () => {},
    service: {
      capabilities,
      version: '0.0.0',
      upstream: 'sandbox',
      requestBudget: budget,
      rate: () => ({ limit: undefined, left: undefined }),
      secretExpires: undefined,
    },
  });
}
