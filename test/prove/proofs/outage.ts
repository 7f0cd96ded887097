/**
 * The upstream fails in each of eight ways under load. Cached copies must be served with their age, and fresh data as soon as the
 * upstream recovers.
 */
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { outages } from '../outages.js';
import { seededRandom, type Proof, type Run } from '../proof.js';
import { startReplica } from '../replicas.js';
import { onStage, type Stage } from '../stage.js';

const modes = [...outages, 'token failure'] as const;
type Mode = (typeof modes)[number];

/**
 * Ages of copies in milliseconds. A young copy is served and renewed in the background, an old one is served only if the upstream
 * fails.
 */
const ages = { young: 10 * 60_000, old: 2 * 3_600_000 };
const recordsOfEach = 10;

interface Outcome {
  readonly mode: Mode;
  readonly asked: number;
  readonly answered: number;
  readonly labelled: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** Requests that reached the upstream or the token endpoint during the outage. */
  readonly attempts: number;
  readonly secondsUntilFresh: number;
  readonly isFreshAgain: boolean;
  /** Number of stale responses to requests sent after the upstream had given a fresh one. */
  readonly late: number;
}

export const outage: Proof = (run) => {
  const [size, perSecond, ms] = run.isShort ? [1, 50, 1_000] : [2, 200, 60_000];
  return onStage({ lifetime: 3_600, has: () => true }, async (stage) => {
    const outcomes: Outcome[] = [];
    for (const mode of modes) outcomes.push(await fail(mode, stage, size, { ...run, perSecond, ms }));
    return {
      holds: {
        'every query is answered': outcomes.every(({ asked, answered }) => asked > 0 && answered === asked),
        'and labelled with its age': outcomes.every(({ asked, labelled }) => labelled === asked),
        'fresh again when it is back': outcomes.every(({ isFreshAgain }) => isFreshAgain),
        'with the first answer': outcomes.every(({ late }) => late === 0),
        'the dead are not run over': outcomes.every(({ asked, attempts }) => attempts < asked),
      },
      figures: {
        replicas: size,
        perSecond,
        outageSeconds: ms / 1_000,
        modes: Object.fromEntries(outcomes.map(({ mode, ...rest }) => [mode, rest])),
      },
    };
  });
};

function environment({ upstream, issuer, redis }: Stage, { isShort }: Run): Readonly<Record<string, string>> {
  return {
    PMS_BASE_URL: upstream.baseUrl,
    PMS_TOKEN_URL: issuer.tokenUrl,
    PMS_CLIENT_ID: 'proof',
    PMS_CLIENT_SECRET: 'proof-secret',
    PMS_SCOPE: 'outage',
    PMS_PROFILE: 'everything',
    PMS_TIMEOUT: '2',
    CURSOR_KEY: 'proof',
    REDIS_URL: redis.url,
    // The short run has eight outages in a minute, which exceed the default rate limit.
    ...(isShort && { PMS_RATE_LIMIT: '10000' }),
  };
}

async function fail(
  mode: Mode,
  stage: Stage,
  size: number,
  run: Run & { readonly perSecond: number; readonly ms: number },
): Promise<Outcome> {
  const { upstream, issuer, redis } = stage;
  const { seed, perSecond, ms } = run;
  const random = seededRandom(seed);
  const records = Object.entries(ages).flatMap(([kind, ageMs]) =>
    Array.from({ length: recordsOfEach }, (_, at) => ({
      id: `${mode.replace(' ', '-')}-${kind}-${at}`,
      kind,
      leastAge: ageMs / 1_000,
    })),
  );
  // The replicas that read the records would have them in memory. So new replicas are started, which find only the copies in Redis,
  // whose age is set.
  for (const kind of ['old', 'young'] as const) {
    const earlier = await startReplica(environment(stage, run), seed * 10);
    for (const record of records) if (record.kind === kind) await earlier.ask(queryFor(record.id));
    // Before it ends, the replica writes all copies to Redis.
    await earlier.stop();
    await age(redis.url, kind === 'old' ? ages.old - ages.young : ages.young);
  }
  const replicas = await Promise.all(
    Array.from({ length: size }, (_, at) => startReplica(environment(stage, run), seed * 10 + at)),
  );
  const ask = async (id: string, at: number): Promise<Answer> =>
    read((await replicas[at % replicas.length]?.ask(queryFor(id))) ?? '');

  const attemptsBefore = attempts();
  if (mode === 'token failure') {
    await issuer.become('503');
    upstream.revoke();
  } else await upstream.become(mode);
  const times: number[] = [];
  let answered = 0;
  let labelled = 0;
  const began = performance.now();
  const asks: Promise<void>[] = [];
  while (performance.now() - began < ms) {
    const at = asks.length;
    const record = records[Math.floor(random() * records.length)];
    if (record) asks.push(askOnce(record.id, record.leastAge, at));
    // Sends by the clock instead of by fixed pauses, so that a delayed process catches up.
    await setTimeout(Math.max(0, began + asks.length * (1_000 / perSecond) - performance.now()));
  }
  await Promise.all(asks);
  const attemptsDuring = attempts() - attemptsBefore;

  await issuer.become('ok');
  await upstream.become(200);
  const recovery = await recover();
  await Promise.all(replicas.map((replica) => replica.stop()));
  times.sort((a, b) => a - b);
  return {
    mode,
    asked: asks.length,
    answered,
    labelled,
    p99Ms: Math.round(times[Math.floor(times.length * 0.99)] ?? 0),
    slowestMs: Math.round(times.at(-1) ?? 0),
    attempts: attemptsDuring,
    ...recovery,
  };

  function attempts(): number {
    const calls = [...upstream.calls.values()].reduce((sum, { count }) => sum + count, 0);
    return calls + issuer.requests.length;
  }

  async function askOnce(id: string, leastAge: number, at: number): Promise<void> {
    const askedAt = performance.now();
    const answer = await ask(id, at);
    times.push(performance.now() - askedAt);
    if (answer.isRight) answered++;
    if (answer.isRight && answer.isStale && answer.age >= leastAge) labelled++;
  }

  /** Requests each record until it is fresh. After a failed token request the service waits up to a minute before the next. */
  async function recover(): Promise<Pick<Outcome, 'secondsUntilFresh' | 'isFreshAgain' | 'late'>> {
    const backAt = performance.now();
    const patience = mode === 'token failure' ? 75_000 : 15_000;
    let late = 0;
    const isFresh = await Promise.all(
      records.map(async ({ id }, at) => {
        let newSince = Infinity;
        while (performance.now() - backAt < patience) {
          // A busy machine may take this long to store a received response in the cache.
          const mustBeNew = performance.now() - newSince > 1_000;
          const answer = await ask(id, at);
          if (answer.isRight && !answer.isStale) return true;
          if (mustBeNew) late++;
          if (newSince === Infinity && (upstream.calls.get(pathOf(id))?.answered ?? 0) > 1)
            newSince = performance.now();
          await setTimeout(100);
        }
        return false;
      }),
    );
    const seconds = Number(((performance.now() - backAt) / 1_000).toFixed(1));
    return { secondsUntilFresh: seconds, isFreshAgain: isFresh.every(Boolean), late };
  }
}

function queryFor(id: string): string {
  return `{ product(id: "${id}") { name source { stale } } }`;
}

function pathOf(id: string): string {
  return `/MedicinalProductDefinition/${id}`;
}

interface Answer {
  readonly isRight: boolean;
  readonly isStale: boolean;
  /** Age of the data in seconds. */
  readonly age: number;
}

function read(text: string): Answer {
  const body = JSON.parse(text.slice(text.indexOf('\n')) || '{}') as {
    readonly errors?: unknown;
    readonly data?: { readonly product?: { readonly name: string; readonly source: { stale: boolean } } };
    readonly extensions?: { readonly upstream: { readonly stale: readonly { readonly age: number }[] } };
  };
  const [told] = body.extensions?.upstream.stale ?? [];
  const product = body.data?.product;
  return {
    isRight: body.errors === undefined && product?.name === 'Avelanta',
    isStale: told !== undefined && product?.source.stale === true,
    age: told?.age ?? 0,
  };
}

/** Shortens the time to live of copies in Redis, from which their age is computed. */
async function age(url: string, ms: number): Promise<void> {
  const redis = new Redis(url);
  for (const key of await redis.keys('*:copy')) await redis.pexpire(key, (await redis.pttl(key)) - ms);
  redis.disconnect();
}
