/**
 * Suggests what to do if Microsoft Entra refuses to issue a token, by its error code. Source: Microsoft's list of
 * authentication and authorization error codes (learn.microsoft.com/entra/identity-platform/reference-error-codes).
 */
const cures: ReadonlyMap<string, string> = new Map([
  ['AADSTS7000222', 'The client secret has expired: get a new one, and put it into PMS_CLIENT_SECRET.'],
  [
    'AADSTS7000215',
    'The client secret is wrong: PMS_CLIENT_SECRET must be the complete value of the secret, not its ID, without blanks.',
  ],
  ['AADSTS7000216', 'No client secret was sent: PMS_CLIENT_SECRET is empty.'],
  ['AADSTS7000112', 'The application is disabled. The issuer of the credentials can enable it.'],
  [
    'AADSTS700016',
    'The tenant does not know this application: check PMS_CLIENT_ID, and the tenant in PMS_TOKEN_URL.',
  ],
  ['AADSTS700038', 'PMS_CLIENT_ID is not the identifier of an application. Check it.'],
  ['AADSTS90002', 'The tenant does not exist. Check the part of PMS_TOKEN_URL before /oauth2.'],
  ['AADSTS900023', 'The tenant in PMS_TOKEN_URL is neither an identifier nor a domain.'],
  ['AADSTS1002012', 'The scope of client credentials must end with /.default: check PMS_SCOPE.'],
  ['AADSTS70011', 'The scope is not valid: check PMS_SCOPE, which must end with /.default.'],
  ['AADSTS500011', 'The tenant does not know the API that PMS_SCOPE names.'],
  ['AADSTS53003', 'A rule of the tenant blocks this access. The tenant’s administrator can say which one.'],
]);

/** Returns Entra's error code in the text of a refusal. The sentence after the code contains ids and is left out. */
export function entraCodeIn(description: unknown): string | undefined {
  return typeof description === 'string' ? /AADSTS\d{1,9}/.exec(description)?.[0] : undefined;
}

/** Returns what to do about an error code. Undefined if the code is not in the table. */
export function cureOf(code: string | undefined): string | undefined {
  return code === undefined ? undefined : cures.get(code);
}
