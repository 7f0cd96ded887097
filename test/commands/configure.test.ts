/**
 * From EMA's e-mail with credentials to a `.env`: in whatever form the table was copied, and without printing the secret.
 */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configure, ConfigureError } from '../../src/commands/configure.js';
import { readCredentials } from '../../src/commands/credentials.js';
import { dotenvLine, NotWritable, withSettings } from '../../src/commands/dotenv.js';
import { readConfig } from '../../src/config/config.js';
import { propertyRuns } from '../support/tier.js';
import { titled } from '../support/titles.js';

const token = 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token';
const id = '0a1b2c3d-1111-4222-8333-444455556666';
const secret = 'Zx18Q~made-up.for_this-test.only~0123456';
const scope = 'api://euema.onmicrosoft.com/made-up/.default';
const base = 'https://api.pms.ema.europa.eu/public/v1';
const expires = '08/15/2027 11:29:14';
const all = {
  PMS_BASE_URL: base,
  PMS_TOKEN_URL: token,
  PMS_CLIENT_ID: id,
  PMS_CLIENT_SECRET: secret,
  PMS_SCOPE: scope,
  PMS_SECRET_EXPIRES: expires,
};

const rows = [
  ['API URL', base],
  ['Token URL', token],
  ['Client ID', id],
  ['Client Secret', secret],
  ['Scope', scope],
  ['Secret Expiry Date', expires],
] as const;
const written = (write: (label: string, value: string) => string): string =>
  rows.map(([label, value]) => write(label, value)).join('\n');

const copies: Readonly<Record<string, string>> = {
  'tabs between cells': written((label, value) => `${label}\t${value}`),
  'tabs, carriage returns and a greeting': `Dear user,\r\n\r\nyour client secret is below: keep it safe.\r\n${written((label, value) => `${label}\t${value}`).replaceAll('\n', '\r\n')}\r\n\r\nKind regards\r\nEMA`,
  'colons, and capitals of another kind': written((label, value) => `${label.toUpperCase()} : ${value}`),
  'colons without blanks': written((label, value) => `${label}:${value}`),
  'blanks that do not break, of no width': written(
    (label, value) => `\u00a0${label.replace(' ', '\u00a0')}:\u00a0\u200b${value}\u00a0`,
  ),
  'blanks alone': written((label, value) => `${label}      ${value}`),
  'one blank alone': written((label, value) => `${label} ${value}`),
  'each cell on a line of its own': written((label, value) => `${label}\n${value}`),
  'each cell on a line of its own, with empty lines': written((label, value) => `${label}\n\n${value}\n`),
  'labels broken over lines': written((label, value) => `${label.replace(' ', '\n')}: ${value}`),
  'a list': written((label, value) => `  • ${label}: ${value}`),
  'a quoted reply': written((label, value) => `> ${label}: ${value}`),
  Markdown: `| Field | Value |\n| --- | --- |\n${written((label, value) => `| ${label} | ${value} |`)}`,
  'Markdown with marks': written((label, value) => `| **${label}** | \`${value}\` |`),
  'bold labels': written((label, value) => `**${label}:** ${value}`),
  'labels in the head': `${rows.map(([label]) => label).join('\t')}\n${rows.map(([, value]) => value).join('\t')}`,
  'links that Outlook wrote out': written(
    (label, value) => `${label}\t${value}${/:\/\//.test(value) ? `<${value}>` : ''}`,
  ),
  'links that Defender stands before': written(
    (label, value) =>
      `${label}\t${value.startsWith('https') ? `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(value)}&data=05` : value}`,
  ),
  'values broken over lines': written(
    (label, value) => `${label}:\n${value.replace('/v2.0/', '/\nv2.0/').replace('~made', '~\nmade')}`,
  ),
  HTML: `<html><head><style>td { color: red }</style></head><body><p>Dear user,</p><table>${written(
    (label, value) =>
      `<tr><td>\n<p><b>${label}&nbsp;</b></p></td>\n<td><p>${value.replaceAll('-', '&#45;')}</p></td></tr>`,
  )}</table></body></html>`,
  'HTML of tables around tables, with links': `<table><tr><td><table>${written(
    (label, value) =>
      `<tr><th>${label}:</th><td><div>${value.startsWith('http') ? `<a href="https://elsewhere.example/">${value}</a>` : value.replace('~', '~<wbr>')}</div></td></tr>`,
  )}</table></td></tr></table>`,
  'HTML of paragraphs in one cell': `<table><tr><td>${written(
    (label, value) => `<p>${label}:<b> ${value}</b></p>`,
  )}</td></tr></table>`,
  'HTML of lines': `<div>${written((label, value) => `${label}: ${value}<br>`)}</div>`,
  'lines of a .env': Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n'),
};

describe('a credentials e-mail', () => {
  it.each(Object.entries(copies))('is read if its table has the form: %s', (_how, text) => {
    expect(readCredentials(text)).toEqual({ found: all, faults: [] });
  });

  it.each([
    [
      'PMS_TOKEN_URL',
      token,
      [
        'Access Token URL',
        'Token Endpoint',
        'OAuth2 token URL',
        'Authorization URL',
        'OAuth 2.0 Endpoint',
        'whatever',
      ],
    ],
    ['PMS_CLIENT_ID', id, ['Application (client) ID', 'client_id', 'ClientId', 'Your client-ID', 'App ID']],
    ['PMS_CLIENT_SECRET', secret, ['Client secret value', 'Secret', 'client_secret', 'Secret Value']],
    ['PMS_SCOPE', scope, ['Scope(s)', 'API scope', 'whatever']],
    [
      'PMS_BASE_URL',
      base,
      [
        'Base URL',
        'API Base URL',
        'FHIR Endpoint',
        'PMS API URL',
        'Service base',
        'API endpoint (production)',
      ],
    ],
    [
      'PMS_SECRET_EXPIRES',
      expires,
      [
        'Client Secret Expiration Date',
        'Expires',
        'Secret valid until',
        'Expiry date',
        'Secret expires on (UTC)',
      ],
    ],
  ] as const)('may have another label than EMA’s for %s', (name, value, wordings) => {
    for (const label of wordings) {
      for (const line of [`${label}\t${value}`, `${label}: ${value}`, `${label}\n${value}`])
        expect([label, readCredentials(line)]).toEqual([label, { found: { [name]: value }, faults: [] }]);
    }
  });

  it('may have rows of other values, which are ignored', () => {
    const text = [
      'Tenant ID\t11111111-2222-3333-4444-555555555555',
      'Secret ID\t99999999-2222-3333-4444-555555555555',
      `Client Secret\t${secret}`,
      'Environment\tProduction',
      'Token validity\t1 hour',
      'Swagger\thttps://api.pms.ema.europa.eu/public/v1/swagger',
    ].join('\n');
    expect(readCredentials(text)).toEqual({ found: { PMS_CLIENT_SECRET: secret }, faults: [] });
  });

  it('is refused if it has two values for one label, or a sentence instead of a secret', () => {
    expect(readCredentials(`Client ID: ${id}\nClient ID: other-1`).faults).toEqual([
      'Client ID (PMS_CLIENT_ID) has several different values.',
    ]);
    const { found, faults } = readCredentials('Client Secret: will be sent in another e-mail');
    expect([found, faults]).toEqual([{}, [expect.stringContaining('Client Secret')]]);
  });

  it.each([
    ['8/15/2027 1:29:14 PM', '8/15/2027 13:29:14'],
    ['08/15/2027, 12:05 AM', '08/15/2027 00:05'],
    ['2027-08-15T11:29:14Z', '2027-08-15T11:29:14Z'],
    ['on 15/08/2027', '15/08/2027'],
  ])('has an expiry date of the form "%s", which is read as $1', (mailed, read) => {
    expect(readCredentials(`Expires: ${mailed}`).found).toEqual({ PMS_SECRET_EXPIRES: read });
  });

  it('is read in a short time, however long and unusual it is', () => {
    for (const text of [
      '<td>'.repeat(20_000),
      '| '.repeat(50_000),
      'Client '.repeat(20_000),
      '\\|'.repeat(50_000),
    ]) {
      const began = performance.now();
      readCredentials(text);
      expect(performance.now() - began).toBeLessThan(2_000);
    }
  });
});

const anyLine = fc
  .string({ unit: 'binary-ascii', minLength: 1 })
  .map((text) => text.replaceAll(/\p{Cc}/gu, '#'));
const anyValue = fc
  .oneof(
    anyLine,
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.string({ unit: fc.constantFrom(...`'"\`#=\\ $\{}nx`), minLength: 1 }),
  )
  .filter((text) => text.trim() !== '' && !/\p{Cc}/u.test(text));

/** Returns the line for a value; undefined if no form of a `.env` can hold it, and then nothing is written. */
function lineOrNone(name: string, value: string): string | undefined {
  try {
    return dotenvLine(name, value);
  } catch (error) {
    if (error instanceof NotWritable) return undefined;
    throw error;
  }
}

describe('a written .env file', () => {
  it('has values that are read back exactly as they were written', () => {
    let refused = 0;
    fc.assert(
      fc.property(anyValue, anyLine, (value, other) => {
        const line = lineOrNone('PMS_CLIENT_SECRET', value);
        const beside = lineOrNone('CURSOR_KEY', other);
        if (line === undefined || beside === undefined) {
          refused += 1;
          expect(
            [value, other].some(
              (text) => [`'`, '"', '`'].every((quote) => text.includes(quote)) || text.includes('\\n'),
            ),
          ).toBe(true);
          return;
        }
        const env = { PMS_BASE_URL: base, PMS_TOKEN_URL: token, PMS_CLIENT_ID: id, PMS_SCOPE: scope };
        const { secrets } = readConfig(env, `${beside}\n${line}\n`);
        expect(secrets).toMatchObject({
          clientSecret: value,
          ...(other.trim() === '' ? {} : { cursorKey: other }),
        });
      }),
      { numRuns: propertyRuns(1_000) },
    );
    expect(refused).toBeLessThan(500);
  });

  it('has all lines of other settings in their old places', () => {
    const before =
      '# mine\nPORT=5000\nexport PMS_CLIENT_ID = \'old\' # a remark\nLONG="two\nPMS_SCOPE=lines"\nPMS_CLIENT_ID=again\nLOG_LEVEL=debug';
    const after = withSettings(before, { PMS_CLIENT_ID: 'new', PMS_CLIENT_SECRET: "it's # 1" });
    expect(after).toBe(
      '# mine\nPORT=5000\nPMS_CLIENT_ID=new\nLONG="two\nPMS_SCOPE=lines"\nLOG_LEVEL=debug\nPMS_CLIENT_SECRET="it\'s # 1"\n',
    );
  });

  it('either has all other settings of the old file, or is not written', () => {
    const name = fc.constantFrom('A', 'PMS_CLIENT_ID', 'PMS_CLIENT_SECRET', 'PORT', 'X_1');
    const line = fc.oneof(
      fc.tuple(name, anyLine).map(([key, value]) => lineOrNone(key, value) ?? `# ${key}`),
      fc.tuple(name, anyLine).map(([key, value]) => `${key}=${value}`),
      anyLine,
      fc.constantFrom('', '# PMS_CLIENT_ID=old', 'export PORT=1'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const before = lines.join('\n');
        const settings = { PMS_CLIENT_ID: 'new', PMS_CLIENT_SECRET: `a'b#c` };
        try {
          expect(parseEnv(withSettings(before, settings))).toEqual({ ...parseEnv(before), ...settings });
        } catch (error) {
          if (!(error instanceof NotWritable)) throw error;
        }
      }),
    );
  });
});

const now = new Date('2026-12-01T00:00:00Z');
const mail = (text: string | Buffer) => () => Promise.resolve(Buffer.from(text));
const table = copies['tabs between cells'] ?? '';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'pms-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

async function refusalOf(run: Promise<string>): Promise<ConfigureError> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigureError) return error;
  throw error ?? new Error('it was not refused');
}

describe('the command `configure`', () => {
  const options = (output: string, force = false, env = {}) => ({ output, force, env, now });

  it('writes a file that the service can read and that other users cannot read, and prints no secret', async () => {
    const output = path.join(folder(), '.env');
    const told = await configure(mail(table), options(output));
    expect(parseEnv(readFileSync(output, 'utf8'))).toEqual(all);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(readConfig({}, readFileSync(output, 'utf8')).secrets.clientSecret).toBe(secret);
    for (const shown of [base, token, id, scope, expires, 'Next: pms-graphql doctor'])
      expect(told).toContain(shown);
    expect(told).not.toContain(secret);
    expect(told).not.toContain('Mind:');
  });

  it('writes EMA’s public base URL if the e-mail has no base URL, and says so', async () => {
    const output = path.join(folder(), '.env');
    const told = await configure(mail(table.replace(/^API URL.*\n/, '')), options(output));
    expect(parseEnv(readFileSync(output, 'utf8'))).toEqual(all);
    expect(told).toContain('(not in the e-mail)');
  });

  it('overwrites no existing setting, and names the option `--force`', async () => {
    const output = path.join(folder(), '.env');
    writeFileSync(output, 'PORT=5000\n');
    const { exitCode, message } = await refusalOf(
      configure(() => Promise.reject(new Error('it was read')), options(output)),
    );
    expect([exitCode, message]).toEqual([73, expect.stringContaining('--force')]);
    expect(readFileSync(output, 'utf8')).toBe('PORT=5000\n');
  });

  it('with --force changes only its own settings, also through a symbolic link, and makes the file private', async () => {
    const at = folder();
    const [file, link] = [path.join(at, 'settings'), path.join(at, '.env')];
    writeFileSync(
      file,
      '# kept\nPORT=5000\nPMS_CLIENT_SECRET_FILE=/run/secret\nPMS_BASE_URL=https://fhir.example/r5\nPMS_SECRET_EXPIRES=2020-01-01\n',
      { mode: 0o644 },
    );
    symlinkSync(file, link);
    const mailWithout = table.replace(/^API URL.*\n/, '').replace(/\nSecret Expiry.*/, '');
    await configure(mail(mailWithout), options(link, true));
    expect(readFileSync(file, 'utf8')).toContain('# kept\nPORT=5000\n');
    expect(parseEnv(readFileSync(link, 'utf8'))).toEqual({
      PORT: '5000',
      PMS_BASE_URL: 'https://fhir.example/r5',
      PMS_TOKEN_URL: token,
      PMS_CLIENT_ID: id,
      PMS_CLIENT_SECRET: secret,
      PMS_SCOPE: scope,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(at).sort()).toEqual(['.env', 'settings']);
  });

  it.each([
    ['the secret', /\nClient Secret.*/, 'Client Secret (PMS_CLIENT_SECRET) is missing.'],
    ['the token URL', /\nToken URL.*/, 'Token URL (PMS_TOKEN_URL) is missing.'],
    ['every value', /[^]*/, 'None of the labels in the e-mail’s table was found'],
  ])('writes nothing if the e-mail lacks %s, and names the missing value', async (_what, part, words) => {
    const at = folder();
    const { exitCode, message } = await refusalOf(
      configure(mail(table.replace(part, '')), options(path.join(at, '.env'))),
    );
    expect([exitCode, message]).toEqual([65, expect.stringContaining(words)]);
    expect(message).not.toContain(secret);
    expect(readdirSync(at)).toEqual([]);
  });

  it('writes nothing if the service would refuse one of the values', async () => {
    const { exitCode, message } = await refusalOf(
      configure(
        mail(table.replaceAll('https://login', 'http://login')),
        options(path.join(folder(), '.env')),
      ),
    );
    expect([exitCode, message]).toEqual([65, expect.stringContaining('PMS_TOKEN_URL must be an https URL')]);
  });

  it('prints no value of a wrong row, because it may be the secret', async () => {
    const swapped = table.replace(id, '·').replace(secret, id).replace('·', secret);
    const told = await configure(mail(swapped), options(path.join(folder(), '.env')));
    expect(told).not.toContain(secret);
    expect(told).toContain('does not look like a client id');
  });

  it.each([
    ['03/04/2027 10:00:00', 'can mean 2027-03-04 or 2027-04-03. The service uses the earlier day.'],
    ['11/12/2026', 'can mean 2026-11-12 or 2026-12-11. The service uses the earlier day, which has passed.'],
    ['10/25/2026 10:00:00', 'the secret expired on that day'],
    ['31/31/2027', 'this date does not exist'],
  ])('prints a warning about the expiry date %s', async (date, words) => {
    const told = await configure(mail(table.replace(expires, date)), options(path.join(folder(), '.env')));
    expect(told).toMatch(new RegExp(`^Mind: .*${words}`, 'm'));
  });

  it.each(
    titled(
      [
        [
          token,
          'https://login.microsoftonline.com/tenant/oauth2/v2.0/authorize',
          'not a token endpoint of Entra',
        ],
        [token, 'https://login.microsoftonline.com/tenant/oauth2/token', 'accepts no scope'],
        [token, 'https://login.microsoftonline.com/tenant', 'not a token endpoint of Entra'],
        [token, 'https://api.example/public/v1', 'does not look like a token endpoint'],
        [scope, 'api://euema.onmicrosoft.com/made-up', 'end with /.default'],
        [scope, 'api://one/.default api://two/read', 'end with /.default'],
      ],
      (_right, wrong, _words) => `prints a warning and writes the file if the e-mail has the value ${wrong}`,
    ),
  )('%s', async (_title, right, wrong, words) => {
    const output = path.join(folder(), '.env');
    const told = await configure(mail(table.replace(right, wrong)), options(output));
    const setting = right === token ? 'Token URL \\(PMS_TOKEN_URL' : 'Scope \\(PMS_SCOPE';
    expect(told).toMatch(new RegExp(`^Mind: ${setting}\\): .*${words}`, 'm'));
    expect(Object.values(parseEnv(readFileSync(output, 'utf8')))).toContain(wrong);
  });

  it.each([
    'https://login.microsoftonline.us/tenant/oauth2/v2.0/token',
    'https://id.example/realms/ema/protocol/openid-connect/token',
    'https://id.example/as/token.oauth2',
  ])('accepts the token endpoint %s without a warning', async (url) => {
    const told = await configure(mail(table.replace(token, url)), options(path.join(folder(), '.env')));
    expect(told).not.toContain('Mind:');
  });

  it('prints a warning if an environment variable overrides the file', async () => {
    const told = await configure(
      mail(table),
      options(path.join(folder(), '.env'), false, { PMS_SCOPE: 'x' }),
    );
    expect(told).toContain('the environment also sets PMS_SCOPE. The service uses');
  });

  it.each([
    ['UTF-16, as Windows saves it', Buffer.from(`\ufeff${table}`, 'utf16le')],
    [
      'windows-1252',
      Buffer.from(table.replaceAll(' ', '\u00a0').replace(expires.replace(' ', '\u00a0'), expires), 'latin1'),
    ],
  ])('reads an e-mail file in the encoding %s', async (_encoding, bytes) => {
    const output = path.join(folder(), '.env');
    await configure(mail(bytes), options(output));
    expect(parseEnv(readFileSync(output, 'utf8'))).toEqual(all);
  });

  it.each([
    ['in quoted-printable encoding', Buffer.from(`Content-Transfer-Encoding: quoted-printable\n\n${table}`)],
    ['in the binary format of Outlook', Buffer.from('d0cf11e0a1b11ae100', 'hex')],
  ])('refuses an e-mail file %s, because a value in it may be broken', async (_form, bytes) => {
    const { exitCode, message } = await refusalOf(
      configure(mail(bytes), options(path.join(folder(), '.env'))),
    );
    expect([exitCode, message]).toEqual([65, expect.stringContaining('copy its table')]);
  });
});
