/**
 * Each of four replicas gets 500 identical operations at once, about data that none has cached. Each upstream request must be sent
 * once.
 */
import { setTimeout } from 'node:timers/promises';
import type { Proof } from '../proof.js';
import { startReplica, type Replica } from '../replicas.js';
import { onStage } from '../stage.js';

interface Product {
  readonly name: string;
  readonly packages?: { readonly nodes: readonly unknown[] };
}

interface Answered {
  readonly data: Readonly<Record<'read' | 'linked' | 'none', Product | null>>;
  readonly errors?: unknown;
  readonly extensions?: { readonly upstream: { readonly requests: number; readonly cacheHits: number } };
}

export const fhirHerd: Proof = ({ seed, isShort }) => {
  const [trials, operations] = isShort ? [2, 100] : [10, 500];
  const replicas = 4;
  const has = (id: string): boolean => !id.endsWith('none');
  return onStage({ lifetime: 3_600, has }, async ({ issuer, upstream, redis }) => {
    const env = {
      PMS_BASE_URL: upstream.baseUrl,
      PMS_TOKEN_URL: issuer.tokenUrl,
      PMS_CLIENT_ID: 'proof',
      PMS_CLIENT_SECRET: 'proof-secret',
      PMS_SCOPE: 'herd',
      // With a fixed profile, the service sends no requests at its start.
      PMS_PROFILE: 'everything',
      PMS_TIMEOUT: '60',
      OPERATION_TIMEOUT: '120',
      CURSOR_KEY: 'proof',
      REDIS_URL: redis.url,
    };
    const started = await Promise.all(
      Array.from({ length: replicas }, (_, at) => startReplica(env, seed * 1_000 + at)),
    );
    const herd = async (trial: number): Promise<Trial> => {
      await until(() => count(started, 'store.up') === count(started, 'store.down'));
      const awayBefore = count(started, 'store.down');
      // The upstream responds only when all operations have arrived.
      await upstream.become('held');
      const asks = started.flatMap(({ ask }) =>
        Array.from({ length: operations }, () => ask(queryOf(trial))),
      );
      await setTimeout(500);
      await upstream.become(200);
      const answers = (await Promise.all(asks)).map(
        (text) => JSON.parse(text.slice(text.indexOf('\n'))) as Answered,
      );
      const calls = [...upstream.calls].filter(([path]) => path.includes(`/${trial}-`));
      return {
        answered: answers.filter(({ data, errors }) => errors === undefined && isRight(data)).length,
        receipts: sum(answers.map(({ extensions }) => extensions?.upstream.requests ?? 0)),
        cacheHits: sum(answers.map(({ extensions }) => extensions?.upstream.cacheHits ?? 0)),
        questions: calls.length,
        sent: sum(calls.map(([, call]) => call.count)),
        isShared: count(started, 'store.down') === awayBefore,
      };
    };
    const all: Trial[] = [];
    // A replica on a busy machine may take Redis for unavailable, and then sends its own requests. The trial is repeated.
    while (all.filter(({ isShared }) => isShared).length < trials && all.length < 3 * trials)
      all.push(await herd(all.length));
    await Promise.all(started.map((replica) => replica.stop()));
    const shared = all.filter(({ isShared }) => isShared);
    return {
      holds: {
        'each distinct question is sent once':
          shared.length === trials && shared.every(({ sent, questions }) => sent === questions && sent > 0),
        'and at most once by each replica without Redis': all.every(
          ({ sent, questions }) => sent <= questions * replicas,
        ),
        'every operation is answered': all.every(({ answered }) => answered === replicas * operations),
        'receipts count what was sent': all.every(({ sent, receipts }) => sent === receipts),
      },
      figures: {
        trials: all.length,
        trialsWithoutRedis: all.length - shared.length,
        replicas,
        operations,
        answered: sum(all.map(({ answered }) => answered)),
        questions: all.map(({ questions }) => questions),
        sent: all.map(({ sent }) => sent),
        cacheHits: sum(all.map(({ cacheHits }) => cacheHits)),
      },
    };
  });
};

interface Trial {
  readonly answered: number;
  readonly receipts: number;
  readonly cacheHits: number;
  readonly questions: number;
  readonly sent: number;
  /** Whether all replicas could use Redis throughout the trial. */
  readonly isShared: boolean;
}

function queryOf(trial: number): string {
  return `{
    read: product(id: "${trial}-read") { name }
    linked: product(id: "${trial}-linked") { name packages { nodes { id } } }
    none: product(id: "${trial}-none") { name packages { nodes { id } } }
  }`;
}

/** Returns how often the replicas have logged an event. */
function count(replicas: readonly Replica[], event: string): number {
  return sum(replicas.map(({ output }) => output.split(`"${event}"`).length - 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(50);
}

function isRight({ read, linked, none }: NonNullable<Answered['data']>): boolean {
  return read?.name === 'Avelanta' && linked?.packages?.nodes.length === 1 && none === null;
}
