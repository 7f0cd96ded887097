/** `pms-graphql doctor`: checks the settings and the upstream, and reports what the upstream can do. */
import { neededFeatures, type Capabilities } from '../catalogue/plan/capabilities.js';
import { refusedArguments, supportOfAll } from '../catalogue/search/ways.js';
import type { Config } from '../config/config.js';
import { isPmsError } from '../errors.js';
import { clockAdvice, inWords, isOff } from '../network/clock.js';
import { connectionFailureIn } from '../network/connection-failure.js';
import { renewalAdvice, secretExpiry } from '../oauth/secret-expiry.js';
import { tokenRefusalIn } from '../oauth/token-refusal.js';
import { documentOf } from '../doctor-page/document.js';
import type { Picture } from '../doctor-page/picture.js';
import type { UpstreamConnection } from '../service.js';

export interface Check {
  readonly name: 'settings' | 'store' | 'index' | 'secret' | 'token' | 'upstream' | 'clock' | 'capabilities';
  readonly ok: boolean;
  /** The result of the check, as a sentence. It contains no secret and no host name. */
  readonly says: string;
}

export interface Diagnosis extends Pick<Picture, 'profiles' | 'index' | 'rate' | 'requestBudget'> {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** The profile that most operations use; null if the upstream did not respond. */
  readonly profile: string | null;
  /** The features of the upstream. If the upstream did not respond, `capabilities`, `filters` and `refused` are empty. */
  readonly capabilities: readonly {
    readonly feature: string;
    readonly offered: boolean;
    readonly evidence: string;
  }[];
  /**
   * For each part of a product filter, what applies it: the upstream, the index or the service. Or that it is
   * refused.
   */
  readonly filters: readonly { readonly part: string; readonly by: string; readonly reason: string }[];
  /** Arguments of the schema that will be refused with UPSTREAM_UNSUPPORTED. */
  readonly refused: readonly string[];
  /** When the client secret expires, and the whole days until then; null if PMS_SECRET_EXPIRES is not set. */
  readonly secret: { readonly expires: Date; readonly daysLeft: number } | null;
}

type Asked = Pick<Config, 'secretExpires' | 'index' | 'requestBudget'>;

/**
 * Sends the upstream every request that the service sends, at its start or later, to learn what the upstream
 * supports.
 */
export async function diagnose(
  connection: UpstreamConnection,
  { secretExpires, index, requestBudget }: Asked,
): Promise<Diagnosis> {
  const { capabilities, learning, held } = connection;
  const store = await checkStore(connection);
  const token = await checkToken(connection);
  const upstream = token?.ok === false ? undefined : await checkUpstream(connection);
  await learning.learnt();
  await learning.known();
  const kept = index && !isInMemory(index) ? await checkIndex(connection) : undefined;
  const isKnown = upstream?.ok === true;
  const { redis, rate } = connection;
  const { limit, left } = rate();
  const checks: Check[] = [
    { name: 'settings', ok: true, says: 'all settings are valid' },
    ...(store ? [store] : []),
    ...(kept ? [kept] : []),
    ...(secretExpires ? [checkSecret(secretExpires)] : []),
    ...(token ? [token] : []),
    ...(upstream ? [upstream] : []),
    ...checkClock(connection),
    {
      name: 'capabilities',
      ok: isKnown,
      says: isKnown
        ? `the profile is "${capabilities.profile}"`
        : 'the upstream did not respond as expected, so its capabilities are unknown',
    },
  ];
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    // If the upstream did not respond, the report must not present assumptions about it as results.
    ...(isKnown ? found(capabilities, held !== undefined) : nothingFound),
    index: indexOf(connection, index),
    // Without Redis, each process counts only its own requests. So the count of this process says nothing about the
    // running service.
    rate: { limit: limit ?? null, left: redis ? (left ?? null) : null },
    requestBudget,
    secret: secretExpires ? { expires: secretExpires, daysLeft: secretExpiry(secretExpires).daysLeft } : null,
  };
}

type Found = Pick<Diagnosis, 'profile' | 'profiles' | 'capabilities' | 'filters' | 'refused'>;

const nothingFound: Found = { profile: null, profiles: [], capabilities: [], filters: [], refused: [] };

function found({ profile, offered, features }: Capabilities, hasIndex: boolean): Found {
  return {
    profile,
    profiles: [...(hasIndex ? ['held'] : []), ...offered],
    capabilities: [...features.all]
      .map(([feature, evidence]) => ({ feature, offered: evidence !== 'refuted', evidence }))
      .sort((a, b) => (a.feature < b.feature ? -1 : 1)),
    filters: supportOfAll(features, hasIndex),
    refused: refusedArguments(features, hasIndex),
  };
}

/** An index in memory is that of another process, so it cannot be checked. */
function isInMemory({ file, inDatabase = false }: NonNullable<Config['index']>): boolean {
  return file === undefined && !inDatabase;
}

function indexOf({ held }: UpstreamConnection, index: Config['index']): Picture['index'] {
  if (!index) return 'none';
  if (isInMemory(index)) return 'in another process';
  if (!held || held.index.fault) return 'unavailable';
  const { products, withDetails, upstreamTotal, complete, asOf, gaps } = held.index.coverage;
  return { products, withDetails, upstreamTotal: upstreamTotal ?? null, complete, asOf: asOf ?? null, gaps };
}

async function checkStore({ redis }: UpstreamConnection): Promise<Check | undefined> {
  if (!redis) return undefined;
  const began = performance.now();
  const ok = await redis.attempt(
    async (client) => (await client.ping()) === 'PONG',
    async () => false,
  );
  return { name: 'store', ok, says: ok ? `Redis answered in ${since(began)}` : 'Redis cannot be reached' };
}

async function checkIndex({ held, indexFault }: UpstreamConnection): Promise<Check> {
  if (!held) return { name: 'index', ok: false, says: indexFault?.message ?? 'it was not opened' };
  return attempt('index', async () => {
    const { products, withDetails, gaps } = await held.index.refreshed();
    const { because } = await held.index.status();
    const holds = `it contains ${products} products, ${withDetails} with all their records`;
    return [holds, ...gaps, ...(because === undefined ? [] : [because])].join('. ');
  });
}

function checkSecret(expires: Date): Check {
  const { at, daysLeft, warning } = secretExpiry(expires);
  const ok = warning !== 0;
  const says = ok ? `it expires in ${daysLeft} days` : 'it has expired';
  const advice = warning === undefined ? '' : `. ${renewalAdvice}`;
  return { name: 'secret', ok, says: `${says}, on ${at.toISOString().slice(0, 10)}${advice}` };
}

async function checkToken({ tokens }: UpstreamConnection): Promise<Check | undefined> {
  if (!tokens) return undefined;
  const began = performance.now();
  return attempt('token', async () => {
    await tokens.token();
    return `a token was given in ${since(began)}`;
  });
}

async function checkUpstream({ client }: UpstreamConnection): Promise<Check> {
  const began = performance.now();
  return attempt('upstream', async () => {
    const { resources } = await client.search(
      'MedicinalProductDefinition',
      [{ name: '_count', values: [1] }],
      { cache: 'no-store' },
    );
    return `it answered in ${since(began)}${resources.length === 0 ? ', and has no products' : ''}`;
  });
}

/** Checks the clock against the `Date` headers of responses. Returns no check if no response had one. */
function checkClock({ clocks: { differences } }: UpstreamConnection): readonly Check[] {
  if (differences.length === 0) return [];
  const off = differences.filter(isOff);
  if (off.length === 0) {
    const places = differences.map(({ place }) => place).join(' and ');
    return [{ name: 'clock', ok: true, says: `it agrees with the clock of ${places}` }];
  }
  const told = off.map((difference) => `it is ${inWords(difference)} the clock of ${difference.place}`);
  return [{ name: 'clock', ok: false, says: `${told.join(', and ')}. ${clockAdvice}` }];
}

async function attempt(name: Check['name'], check: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, says: await check() };
  } catch (error) {
    if (!isPmsError(error)) throw error;
    const { code, message, retryAfter } = error;
    const wait = retryAfter === undefined ? '' : ` The service sends it no requests for ${retryAfter} s.`;
    // Only the operator of the service may see why a token was refused or a connection failed. Clients never see this
    // cause.
    const cause = tokenRefusalIn(error) ?? connectionFailureIn(error);
    const reason = cause ? ` ${cause.message.replace(/\.?$/, '.')}` : '';
    return { name, ok: false, says: `${code}: ${message}${reason}${wait}` };
  }
}

function since(began: number): string {
  return `${Math.round(performance.now() - began)} ms`;
}

/** Returns the diagnosis as one self-contained HTML page. */
export function pictured(diagnosis: Diagnosis, about: Pick<Picture, 'version' | 'upstream' | 'at'>): string {
  const { capabilities, filters, secret, ...same } = diagnosis;
  return documentOf({
    ...same,
    ...about,
    features: capabilities.map(({ feature, ...rest }) => ({ name: feature, ...rest })),
    filters: filters.map(({ by, ...rest }) => ({ support: by, ...rest })),
    secretExpires: secret?.expires ?? null,
  });
}

/** Returns the diagnosis as text for people. */
export function printed(diagnosis: Diagnosis): string {
  const checks = diagnosis.checks.map(({ name, ok, says }) => `${ok ? 'ok   ' : 'WRONG'} ${name}: ${says}`);
  const tables = diagnosis.profile === null ? [notAsked] : tablesOf(diagnosis);
  return [...checks, '', ...tables, ''].join('\n');
}

const notAsked = 'The upstream did not respond as expected, so its features are unknown.';

function tablesOf({ capabilities: all, filters, refused }: Diagnosis): readonly string[] {
  const needed = new Set<string>(neededFeatures);
  const capabilities = all.filter(({ feature, evidence }) => needed.has(feature) || evidence !== 'declared');
  const partWidth = Math.max(...filters.map(({ part }) => part.length));
  const width = Math.max(0, ...capabilities.map(({ feature }) => feature.length));
  return [
    'Features of the upstream, and the evidence for each:',
    ...capabilities.map(
      ({ feature, offered, evidence }) => `  ${offered ? '+' : '-'} ${feature.padEnd(width)}  ${evidence}`,
    ),
    '',
    'Parts of a product filter, and what searches or checks them:',
    ...filters.map(
      ({ part, by, reason }) => `  ${part.padEnd(partWidth)}  ${by.toLowerCase().padEnd(8)}  ${reason}`,
    ),
    '',
    refused.length === 0
      ? 'This service refuses no argument because of the upstream.'
      : `Arguments that are refused with UPSTREAM_UNSUPPORTED: ${refused.join(', ')}`,
  ];
}
