/**
 * Detects settings that are well-formed, but for which no token endpoint issues a token. Source: Microsoft's client
 * credentials flow (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
 */

/** Hosts of Microsoft Entra, in all of Microsoft's clouds. */
const entraHosts: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
]);

/** Returns why this URL cannot be a token endpoint. Undefined if it may be one. */
export function tokenUrlDoubt(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { hostname, pathname } = new URL(text);
  const path = pathname.replace(/\/+$/, '');
  if (entraHosts.has(hostname)) {
    if (/^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path)) return undefined;
    return /^\/[^/]+\/oauth2\/token$/.test(path)
      ? 'this is the token endpoint of Entra version 1, which accepts no scope. The URL should end with /oauth2/v2.0/token.'
      : 'this is not a token endpoint of Entra: it should be https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token.';
  }
  const isOfTokens = /token/i.test(path.slice(path.lastIndexOf('/')));
  return isOfTokens ? undefined : 'this does not look like a token endpoint, whose path ends with token.';
}

/** Returns why Entra refuses this scope. Undefined if the scope may be valid. */
export function scopeDoubt(scope: string): string | undefined {
  const isWhole = scope.split(/\s+/).every((each) => each.endsWith('/.default'));
  return isWhole
    ? undefined
    : 'a scope for client credentials must end with /.default; Entra refuses any other scope (AADSTS1002012).';
}
