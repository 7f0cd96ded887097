/** Adds the bearer token to every request, and renews it once when the upstream refuses it. */
import { PmsError } from '../errors.js';
import { isLetIn } from '../cache/freshness.js';
import type { TokenCache } from './token-cache.js';

/** The members that a request needs to carry a token. All others are passed on. */
interface Authorizable {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface WithTokenOptions {
  readonly tokens: Pick<TokenCache, 'token' | 'invalidate' | 'accept' | 'replayed'>;
  /** The only origin that ever receives the bearer, e.g. `https://api.pms.ema.europa.eu`. */
  readonly origin: string;
}

/** The second replay is for a new token of another replica that was revoked as well. */
const mostReplays = 2;

/**
 * Adds authorization to `send`. A 401 costs one renewal and one replay. The 401 is returned if the new token was never
 * accepted, or if a renewal has just failed to help. A 403 renews nothing. Rejects with TOKEN_UNAVAILABLE where there
 * is no token.
 */
export function withToken<Request extends Authorizable, Answer extends { readonly status: number }>(
  send: (request: Request) => Promise<Answer>,
  { tokens, origin }: WithTokenOptions,
): (request: Request) => Promise<Answer> {
  return async (request) => {
    if (request.url.origin !== origin) {
      throw new PmsError('UPSTREAM_BAD_RESPONSE', 'A request to another host must not carry the token.');
    }
    let token = await tokens.token(request.signal);
    let answer = await send(authorized(request, token));
    let replays = 0;
    while (answer.status === 401 && replays < mostReplays && (await tokens.invalidate(token))) {
      replays += 1;
      token = await tokens.token(request.signal);
      answer = await send(authorized(request, token));
    }
    const { status } = answer;
    if (isLetIn(status)) tokens.accept(token);
    if (replays > 0 && (isLetIn(status) || status === 401)) tokens.replayed(token, status !== 401);
    return answer;
  };
}

function authorized<Request extends Authorizable>(request: Request, token: string): Request {
  return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
}
