/**
 * Clients send values that a firewall refuses or that a server compares too loosely, and pages have entries that do not match.
 * Meanwhile and afterwards, the service must assume the same features as before, and other clients must get the same responses.
 */
import { setTimeout } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../../../src/sandbox/server.js';
import { oddWays, startPoisoner } from '../../support/poisoner.js';
import { seededRandom, type Proof, type Run } from '../proof.js';
import { startReplica, type Replica } from '../replicas.js';

/** Profile and deviations of the upstream, and profile setting of the service. */
const stages = [
  { profile: 'include', setting: 'auto', guise: { everything: 'present' } },
  { profile: 'everything', setting: 'auto', guise: {} },
  { profile: 'search', setting: 'search', guise: { self: 'asked' } },
] as const;

const refusedProduct = '600000000003';

/** Queries of an ordinary client: a search, a lookup and a product page. */
const neutral = [
  '{ products(filter: { name: "velanta" }, first: 10) { nodes { id name } } }',
  '{ lookup(terms: ["Avelanta", "600000000001"]) { term kind matches { product { id } } } }',
  '{ product(id: "600000000001") { name packages { nodes { id } } ingredients { nodes { id } } authorizations { id } } }',
] as const;

const known =
  '{ service { capabilities { profiles sort lookup readsById filters { part support } features { name offered } } } }';

export const poison: Proof = async (run) => {
  const { isShort } = run;
  const [values, pages] = isShort ? [240, 60] : [10_000, 500];
  const holds: Record<string, boolean> = {};
  const figures: Record<string, unknown> = {};
  for (const stage of stages) {
    const name = `${stage.profile} as ${stage.setting}`;
    const { faults, ...told } = await playOn(stage, Math.ceil(values / 3), Math.ceil(pages / 3), run);
    figures[name] = told;
    for (const [claim, isSo] of Object.entries(faults)) holds[`${claim}, over ${name}`] = isSo;
  }
  return { holds, figures };
};

async function playOn(
  { profile, setting, guise }: (typeof stages)[number],
  values: number,
  pages: number,
  { seed }: Run,
) {
  const sandbox = await startSandbox({ profile, guise, resources: await fewProducts() });
  const poisoner = await startPoisoner(sandbox.baseUrl, refusedProduct);
  const replica = await startReplica(
    {
      PMS_BASE_URL: poisoner.baseUrl,
      PMS_TOKEN_URL: sandbox.tokenUrl,
      PMS_CLIENT_ID: sandbox.clientId,
      PMS_CLIENT_SECRET: sandbox.clientSecret,
      PMS_SCOPE: sandbox.scope,
      PMS_PROFILE: setting,
      // Without a cache, so that every query reaches the upstream.
      CACHE_TTL: '0',
      PMS_RATE_LIMIT: '1000000',
      LOG_LEVEL: 'warn',
    },
    seed,
  );
  const random = seededRandom(seed);
  try {
    const before = await untilSettled(replica);
    const wholes = await Promise.all(neutral.map((query) => dataOf(replica, query)));
    let wrong = 0;
    const isAnswered = async (): Promise<boolean> => {
      const answers = await Promise.all(neutral.map((query) => dataOf(replica, query)));
      return answers.every((answer, index) => answer === wholes[index]);
    };
    for (let sent = 0; sent < values; sent += 1) {
      await replica.ask(hostileQuestion(random));
      if (sent % 20 === 0 && !(await isAnswered())) wrong += 1;
    }
    for (let turn = 0; poisoner.oddPages < pages && turn < 3 * pages; turn += 1) {
      poisoner.becomeOdd(oddWays[turn % oddWays.length]);
      await replica.ask(oddlyAnswered(random));
      poisoner.becomeOdd(undefined);
      if (turn % 20 === 0 && !(await isAnswered())) wrong += 1;
    }
    const after = await untilSettled(replica);
    return {
      faults: {
        'what the service goes by is as before': JSON.stringify(after) === JSON.stringify(before),
        'others are answered': wholes.every((whole) => !whole.includes('"errors"')),
        'others are answered as before, meanwhile and afterwards': wrong === 0 && (await isAnswered()),
        'the poison was tasted':
          poisoner.refused > values / 10 && (profile === 'everything' || poisoner.oddPages > 0),
        'its own questions are few': poisoner.asked.byItself < 200 + poisoner.asked.byOperations / 5,
      },
      values,
      refused: poisoner.refused,
      oddPages: poisoner.oddPages,
      wrong,
      ...poisoner.asked,
      changed: differenceOf(before, after),
    };
  } finally {
    await replica.stop();
    await poisoner.stop();
    await sandbox.stop();
  }
}

/** Returns only a few products. A refused search makes the service read all products, so few make many queries possible. */
async function fewProducts(): Promise<SandboxResources> {
  const sandbox = await startSandbox();
  const { resources } = sandbox;
  await sandbox.stop();
  return resources.filter(
    ({ resourceType, id = '' }) => resourceType !== 'MedicinalProductDefinition' || id <= '600000000008',
  );
}

type SandboxResources = Sandbox['resources'];

/** Waits until the features are the same for 4 s, because requests that learn features may still be running. */
async function untilSettled(replica: Replica): Promise<readonly string[]> {
  const told = async (): Promise<readonly string[]> => {
    const { features, ...others } = JSON.parse(await dataOf(replica, known)).service.capabilities;
    return [JSON.stringify(others), ...features.map((each: object) => JSON.stringify(each))];
  };
  let last = await told();
  for (let same = 0; same < 4;) {
    await setTimeout(1_000);
    const now = await told();
    same = JSON.stringify(now) === JSON.stringify(last) ? same + 1 : 0;
    last = now;
  }
  return last;
}

function differenceOf(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...before.filter((each) => !after.includes(each)).map((each) => `- ${each}`),
    ...after.filter((each) => !before.includes(each)).map((each) => `+ ${each}`),
  ];
}

async function dataOf(replica: Replica, query: string): Promise<string> {
  const { data, errors } = JSON.parse(bodyOf(await replica.ask(query))) as {
    data: unknown;
    errors?: unknown;
  };
  return JSON.stringify(errors === undefined ? data : { data, errors });
}

/** Returns the text after the status and the headers. */
function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\n') + 1);
}

const pieces = ['<', '>', ';', '--', '_', '%', 'union select', '../', "'", '"', '\\', '*', '(', 'a', '5 mg'];

function hostileQuestion(random: () => number): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const text = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(pieces)).join('');
  const value = JSON.stringify(`${pick(['', 'x', 'Avel'])}${text}`);
  const search = (filter: string): string =>
    `{ products(filter: { ${filter} }, first: 3) { nodes { id packages { nodes { id } } } } }`;
  return pick([
    search(`name: ${value}`),
    search(`nameStartsWith: ${value}`),
    search(`identifier: ${value}`),
    search(`authorizationNumber: ${value}`),
    search(`procedureNumber: ${value}`),
    search(`holder: ${value}`),
    search(`status: [${value}]`),
    search(`atc: ${value}`),
    `{ lookup(terms: [${value}, "Imatara"]) { kind } }`,
    `{ product(id: "${refusedProduct}") { name packages { nodes { id } } } }`,
  ]);
}

/** Returns a query for linked records of products that the ordinary client does not request. */
function oddlyAnswered(random: () => number): string {
  const id = `60000000000${2 + Math.floor(random() * 6)}`;
  return `{ product(id: "${id}") { name packages { nodes { id } } ingredients { nodes { id } } authorizations { id } } }`;
}
