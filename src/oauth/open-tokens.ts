/** Opens the token cache that the settings require, and connects it to the log. */
import type { Log } from '../log.js';
import type { OpenStore } from '../store/open-store.js';
import { createTokenCache, type TokenCache } from './token-cache.js';
import { createTokenEndpoint, type TokenEndpointOptions } from './token-endpoint.js';
import { isRefusedForGood } from './token-refusal.js';

export interface OpenTokensOptions extends Pick<
  TokenEndpointOptions,
  'clientId' | 'secrets' | 'scope' | 'send'
> {
  readonly tokenUrl: URL;
  readonly shared: Pick<OpenStore, 'store' | 'seal'>;
  readonly log: Log;
}

export function openTokens({ shared, log, ...options }: OpenTokensOptions): TokenCache {
  const { tokenUrl, clientId, scope } = options;
  const endpoint = createTokenEndpoint({
    ...options,
    onNextSecret: () => log.error('secret.next', { advice: 'nextSecret' }),
  });
  return createTokenCache({
    endpoint,
    ...shared,
    subject: [tokenUrl.href, clientId, scope],
    onFailure(error) {
      if (isRefusedForGood(error)) log.error('token.failed', { error, advice: 'credentials' });
      else log.warn('token.failed', { error });
    },
  });
}
