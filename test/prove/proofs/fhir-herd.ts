/** Four replicas are asked 500 identical operations each at once, of what none of them knows: each question is sent once. */
import { setTimeout } from 'node:timers/promises';
import type { Proof } from '../proof.js';
import { startReplica } from '../replicas.js';
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
      // Nothing is asked at the start.
      PMS_PROFILE: 'everything',
      PMS_TIMEOUT: '60',
      OPERATION_TIMEOUT: '120',
      CURSOR_KEY: 'proof',
      REDIS_URL: redis.url,
    };
    const started = await Promise.all(
      Array.from({ length: replicas }, (_, at) => startReplica(env, seed * 1_000 + at)),
    );
    let answered = 0;
    let receipts = 0;
    let cacheHits = 0;
    const questions: number[] = [];
    const sent: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      const query = `{
        read: product(id: "${trial}-read") { name }
        linked: product(id: "${trial}-linked") { name packages { nodes { id } } }
        none: product(id: "${trial}-none") { name packages { nodes { id } } }
      }`;
      // Nothing is answered before all operations are there.
      await upstream.become('held');
      const asks = started.flatMap(({ ask }) => Array.from({ length: operations }, () => ask(query)));
      await setTimeout(500);
      await upstream.become(200);
      for (const text of await Promise.all(asks)) {
        const { data, errors, extensions } = JSON.parse(text.slice(text.indexOf('\n'))) as Answered;
        receipts += extensions?.upstream.requests ?? 0;
        cacheHits += extensions?.upstream.cacheHits ?? 0;
        if (errors === undefined && isRight(data)) answered++;
      }
      const calls = [...upstream.calls].filter(([path]) => path.includes(`/${trial}-`));
      questions.push(calls.length);
      sent.push(calls.reduce((sum, [, { count }]) => sum + count, 0));
    }
    await Promise.all(started.map((replica) => replica.stop()));
    const total = sent.reduce((sum, count) => sum + count, 0);
    return {
      holds: {
        'each distinct question is sent once': sent.every(
          (count, at) => count === questions[at] && count > 0,
        ),
        'every operation is answered': answered === trials * replicas * operations,
        'receipts count what was sent': receipts === total,
      },
      figures: { trials, replicas, operations, answered, questions, sent, receipts, cacheHits },
    };
  });
};

function isRight({ read, linked, none }: NonNullable<Answered['data']>): boolean {
  return read?.name === 'Avelanta' && linked?.packages?.nodes.length === 1 && none === null;
}
