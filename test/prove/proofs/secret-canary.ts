/**
 * Unique secrets are given to replicas whose upstream and token endpoint fail. No response, log or Redis entry may contain a
 * secret.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { startIssuer, type Mode } from '../issuer.js';
import type { Proof } from '../proof.js';
import { startReplica, type Replica } from '../replicas.js';
import { startUpstream } from '../upstream.js';
import { startRedis } from '../../support/redis.js';

const canary = (name: string): string => `canary-${name}~&=+ %${randomBytes(8).toString('hex')}`;
const secrets = {
  clientSecret: canary('client'),
  nextSecret: canary('next'),
  cursorKey: canary('cursor'),
  encryptionKey: randomBytes(32).toString('base64'),
  redisPassword: `canary-redis-${randomBytes(8).toString('hex')}`,
  tokens: `canary-token-${randomBytes(8).toString('hex')}`,
};

export const secretCanary: Proof = async ({ seed, isShort }) => {
  const lifetime = isShort ? 3 : 5;
  const issuer = await startIssuer({ lifetime, prefix: secrets.tokens });
  const upstream = await startUpstream(issuer.tokens);
  const redis = await startRedis(secrets.redisPassword);
  const env = (encryption: Readonly<Record<string, string>>): Record<string, string> => ({
    PMS_BASE_URL: upstream.baseUrl,
    PMS_TOKEN_URL: issuer.tokenUrl,
    PMS_CLIENT_ID: 'proof',
    PMS_CLIENT_SECRET: secrets.clientSecret,
    PMS_CLIENT_SECRET_NEXT: secrets.nextSecret,
    PMS_SCOPE: `scope-${Object.keys(encryption).length}`,
    PMS_SECRET_EXPIRES: '01/02/2020',
    PMS_PROFILE: 'search',
    PMS_TIMEOUT: '1',
    CURSOR_KEY: secrets.cursorKey,
    LOG_LEVEL: 'trace',
    REDIS_URL: redis.url,
    ...encryption,
  });
  const replicas = await Promise.all([
    // One replica has no cache, so that it must report a failing token endpoint. The other one has a cache.
    startReplica({ ...env({}), CACHE_TTL: '0' }, seed),
    startReplica(env({ REDIS_ENCRYPTION_KEY: `one:${secrets.encryptionKey}` }), seed + 1),
  ]);
  const seen: Record<'answers' | 'redis' | 'outputs', string> = { answers: '', redis: '', outputs: '' };
  const look = async (): Promise<void> => {
    seen.answers += (await Promise.all(replicas.map(askAll))).join('\n');
    seen.redis += await contentOf(redis.url);
  };

  await look();
  const transient: readonly Mode[] = ['503', 'html', 'truncated', 'reset', 'refused', 'black hole'];
  const modes = isShort ? transient.slice(0, 2) : transient;
  for (const mode of modes) {
    await issuer.become(mode);
    await setTimeout(lifetime * 1_000);
    await look();
    const before = issuer.tokens.size;
    await issuer.become('ok');
    while (issuer.tokens.size < before + replicas.length) {
      await look();
      await setTimeout(250);
    }
  }
  for (const status of [401, 403, 200] as const) {
    await upstream.become(status);
    await look();
  }
  redis.pause();
  seen.answers += (await Promise.all(replicas.map(askAll))).join('\n');
  redis.resume();
  // Last, because after a permanent refusal the service sends no token request for a minute.
  await issuer.become('invalid_client');
  await setTimeout(lifetime * 1_000);
  await look();
  seen.outputs += await refusedStart(
    env({ REDIS_ENCRYPTION_KEY: `${secrets.encryptionKey}, ${secrets.redisPassword}` }),
  );
  await Promise.all(replicas.map((replica) => replica.stop()));
  seen.outputs += replicas.map(({ output }) => output).join('\n');
  await Promise.all([issuer.stop(), upstream.stop(), redis.stop()]);

  const found = Object.entries(seen).flatMap(([place, text]) =>
    Object.entries(secrets)
      .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
      .map(([name]) => `${name} in ${place}`),
  );
  return {
    holds: {
      'no secret is found': found.length === 0,
      'tokens were stored':
        seen.redis.includes(':value') && issuer.tokens.size > replicas.length * modes.length,
      'answers were stored': seen.redis.includes(':copy') && seen.redis.includes('"Avelanta"'),
      'failures were logged': seen.outputs.includes('"token.failed"'),
      'metrics were told': seen.answers.includes('pms_graphql_token_requests_total '),
      'there were answers with and without errors':
        seen.answers.includes('"Avelanta"') && seen.answers.includes('TOKEN_UNAVAILABLE'),
    },
    figures: {
      found,
      secrets: Object.keys(secrets),
      charactersSearched: Object.fromEntries(
        Object.entries(seen).map(([place, text]) => [place, text.length]),
      ),
      tokens: issuer.tokens.size,
    },
  };
};

/** Returns the secret as it is, and as in a URL, a form, JSON, Base64 and hexadecimal. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64').replace(/.?=*$/, ''),
    bytes.toString('base64url').slice(0, -1),
    bytes.toString('hex'),
  ];
}

async function askAll(replica: Replica): Promise<string> {
  const answers = await Promise.all([
    replica.ask('{ product(id: "1") { pmsId name source { url } } service { secretExpires upstream } }'),
    replica.ask('{ product(id: "2") { packages { nodes { id } } } }'),
    replica.ask('{ nonsense(secret: "x") }'),
    replica.ask('not GraphQL at all {{{'),
    ...['/health/live', '/health/ready', '/metrics', '/schema.graphql', '/nowhere'].map((path) =>
      replica.get(path),
    ),
  ]);
  return answers.join('\n');
}

/** Returns every key and value in Redis, including decoded and decompressed forms. */
async function contentOf(url: string): Promise<string> {
  const redis = new Redis(url);
  let text = '';
  for (const key of await redis.keys('*')) {
    const value = await valueOf(redis, key);
    const sealed = Buffer.from(value.toString().split(':').at(-1) ?? '', 'base64');
    text += `${key}\n${value.toString()}\n${sealed.toString('latin1')}\n${unpacked(value)}\n`;
  }
  redis.disconnect();
  return text;
}

async function valueOf(redis: Redis, key: string): Promise<Buffer> {
  const type = await redis.type(key);
  if (type === 'hash') return Buffer.from(JSON.stringify(await redis.hgetall(key)));
  if (type === 'zset') return Buffer.from((await redis.zrange(key, 0, -1, 'WITHSCORES')).join('\n'));
  return (await redis.getBuffer(key)) ?? Buffer.alloc(0);
}

/** Decompresses the part of a value that begins with the gzip magic number. */
function unpacked(value: Buffer | null): string {
  const at = value?.indexOf(gzipMagic) ?? -1;
  return value && at >= 0 ? gunzipSync(value.subarray(at)).toString() : '';
}

const gzipMagic = Buffer.of(0x1f, 0x8b, 0x08);

/** Returns the output of a replica that does not start because of an invalid key. */
async function refusedStart(env: Readonly<Record<string, string>>): Promise<string> {
  return startReplica(env, 1).then(
    async (replica) => {
      await replica.stop();
      throw new Error('A wrong key was taken');
    },
    (error: unknown) => String(error),
  );
}
