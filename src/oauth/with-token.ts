/** Adds the bearer token to every request, and renews the token once when the upstream refuses it. */
import { PmsError } from '../errors.js';
import { isLetIn } from '../cache/freshness.js';
import type { TokenCache } from './token-cache.js';

/** The members of a request to which a token can be added. Other members are passed on unchanged. */
interface Authorizable {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface WithTokenOptions {
  readonly tokens: Pick<TokenCache, 'token' | 'invalidate' | 'accept' | 'replayed'>;
  /** The only origin to which the token is sent, such as `https://api.pms.ema.europa.eu`. */
  readonly origin: string;
}

/**
 * Maximum number of times that a call is repeated with a new token. The second time is needed if another replica's
 * new token has been revoked too.
 */
const mostReplays = 2;

/**
 * Adds authorization to `send`. After a 401, the token is renewed once, and the request is repeated once. The 401 is
 * returned if the new token was never accepted, or if a recent renewal did not help. After a 403, the token is not
 * renewed. Rejects with TOKEN_UNAVAILABLE if no token can be obtained.
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
