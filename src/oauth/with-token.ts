/** Puts the bearer on every request of a pipe, and renews it once when the upstream refuses it. */
import { PmsError } from '../errors.js';
import type { TokenCache } from './token-cache.js';

/** What a request must have to carry a token; whatever else it has is passed on. */
interface Authorizable {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface WithTokenOptions {
  readonly tokens: Pick<TokenCache, 'token' | 'invalidate' | 'accept'>;
  /** The only origin that ever sees the bearer, e.g. `https://api.pms.ema.europa.eu`. */
  readonly origin: string;
}

/**
 * The same pipe, authorized. A 401 costs one renewal and one replay; a second 401, or one that a renewal has just
 * failed to cure, is returned as it is. 403 renews nothing. Rejects with TOKEN_UNAVAILABLE where there is no token.
 */
export function withToken<Request extends Authorizable, Answer extends { readonly status: number }>(
  send: (request: Request) => Promise<Answer>,
  { tokens, origin }: WithTokenOptions,
): (request: Request) => Promise<Answer> {
  return async (request) => {
    if (request.url.origin !== origin) {
      throw new PmsError('UPSTREAM_BAD_RESPONSE', 'A request to another host must not carry the token.');
    }
    const token = await tokens.token(request.signal);
    const answer = await send(authorized(request, token));
    if (answer.status !== 401 || !(await tokens.invalidate(token))) return answer;
    const renewed = await tokens.token(request.signal);
    const replay = await send(authorized(request, renewed));
    if (replay.status !== 401) tokens.accept(renewed);
    return replay;
  };
}

function authorized<Request extends Authorizable>(request: Request, token: string): Request {
  return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
}
