/**
 * Tasks of users, each as one operation, over every kind of upstream: the answer is right, marked as incomplete, or refused
 * with the name of the reason.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upstreamOf } from './support/operations.js';
import { startTestService, type GraphqlAnswer, type TestService } from './support/service.js';
import { all, each } from './support/tasks/lines.js';
import { tasks, tasksPage, type Cost } from './support/tasks/table.js';
import { kinds, type Kind, type Outcome, type Task } from './support/tasks/task.js';
import { largeWorld, smallWorld, type PlainWorld } from './support/tasks/world.js';
import { isQuick, oneIn } from './support/tier.js';

/** The maximum number of rows of a page. */
const most = 100;

async function start(kind: Kind, world: PlainWorld): Promise<TestService> {
  return startTestService({
    isKnown: true,
    ...(kind === 'index' ? { profile: 'everything', index: true, cacheTtlMs: 600_000 } : { profile: kind }),
    sandbox: { resources: world.resources },
  });
}

function textOf({ operation }: Task): string {
  return readFileSync(`schema/operations/${operation}.graphql`, 'utf8');
}

/** Reads all pages, with the same variables for each. */
async function pagesOf(service: TestService, task: Task): Promise<readonly GraphqlAnswer[]> {
  const text = textOf(task);
  const first = /\$first: Int = (?!1000)/.test(text) ? { first: most } : {};
  const pages = [await service.query(text, { ...first, ...task.variables })];
  if (!text.includes('$after')) return pages;
  for (let last = pages[0]; last; last = pages.at(-1)) {
    const [info] = Object.values(last.data ?? {}).flatMap((list) => each(list, 'pageInfo'));
    if (all(info, 'hasNextPage') !== 'true' || last.errors) return pages;
    const after = all(info, 'endCursor');
    pages.push(await service.query(text, { ...first, ...task.variables, after }));
  }
  return pages;
}

function outcomeOf(pages: readonly GraphqlAnswer[]): Outcome {
  const errors = pages.flatMap(({ errors: of = [] }) => of);
  if (errors.length > 0) return refusalIn(errors);
  if (pages.flatMap(({ data }) => each(data, 'lookup.kind')).includes('UNSEARCHABLE'))
    return 'marked: UNSEARCHABLE';
  const reasons = new Set(pages.flatMap((page) => upstreamOf(page).incomplete.map(({ reason }) => reason)));
  return reasons.size === 0 ? 'done' : `marked: ${[...reasons].toSorted().join(', ')}`;
}

/** @throws for an error that is not an expected refusal */
function refusalIn(errors: NonNullable<GraphqlAnswer['errors']>): Outcome {
  const told = new Set(errors.map(({ extensions, message }) => `${extensions.code}: ${message}`));
  const [one = ''] = told;
  const isAll = (pattern: RegExp): boolean => [...told].every((each) => pattern.test(each));
  if (isAll(/^UPSTREAM_UNSUPPORTED: The upstream does not support this\. The index of this service does/))
    return 'refused: index';
  if (isAll(/^UPSTREAM_UNSUPPORTED: .* finds more than 500 products/)) return 'refused: over 500';
  if (isAll(/^UPSTREAM_BUDGET_EXCEEDED: /)) return 'refused: budget';
  throw new Error(one);
}

/** Returns the number of products that the answer reports as undecided. */
function untoldIn(pages: readonly GraphqlAnswer[]): number {
  const gaps = pages.flatMap((page) => upstreamOf(page).incomplete);
  return gaps.reduce((sum, { reason, count = 0 }) => sum + (reason === 'NOT_TOLD' ? count : 0), 0);
}

function productsIn(line: string): readonly string[] {
  return line.match(/\b\d{12}\b/g) ?? [];
}

/**
 * Returns the faults of an answer. A list that is marked as incomplete may lack rows, but may have no wrong row. If records
 * leave products undecided, at most as many rows may be missing.
 */
function faultsOf(task: Task, world: PlainWorld, pages: readonly GraphqlAnswer[], outcome: Outcome): object {
  const lines = pages.flatMap(({ data }) => task.read(data));
  const wanted = task.expected(world, pages[0]?.data);
  // A task that finds nothing would test nothing.
  expect(wanted).not.toEqual([]);
  const isWhole = outcome === 'done' || outcome === 'marked: NOT_TOLD';
  const missing = wanted.filter((each) => !lines.includes(each));
  const shown = new Set(lines.flatMap(productsIn));
  const unseen = new Set(missing.flatMap(productsIn).filter((id) => !shown.has(id)));
  const isLeftOpen =
    unseen.size <= untoldIn(pages) && missing.every((each) => productsIn(each).some((id) => unseen.has(id)));
  const faults = {
    wrong: lines.filter((each) => !wanted.includes(each) && !each.includes('UNSEARCHABLE')),
    missing: isWhole && !isLeftOpen ? missing : [],
  };
  if (!isWhole || !task.isOrdered || faults.wrong.length + faults.missing.length > 0) return faults;
  const inOrder = wanted.filter((each) => lines.includes(each));
  return { ...faults, order: lines.join() === inOrder.join() ? [] : lines };
}

async function tried(task: Task, service: TestService, world: PlainWorld): Promise<Cost> {
  const pages = await pagesOf(service, task);
  const outcome = outcomeOf(pages);
  if (!outcome.startsWith('refused')) {
    const faults = faultsOf(task, world, pages, outcome);
    expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map((name) => [name, []])));
  }
  const [page] = pages;
  const { requests = 0, bytes = 0 } = (page?.extensions?.['upstream'] ?? {}) as Partial<Cost>;
  return { outcome, requests, bytes, answered: JSON.stringify(page?.data ?? null).length };
}

const outcomes: Readonly<Record<string, string>> = {
  done: 'returns the expected rows, or reports how many it could not decide',
  'refused: index': 'is refused, because only the index can answer it',
  'refused: over 500': 'is refused, because a filter finds more than 500 products',
  'refused: budget': 'is refused, because it would exceed the request budget',
};

/** Returns each task with the words for its expected outcome, for the titles of tests. */
function titled(outcomeOf: (task: Task) => Outcome): readonly (readonly [string, string, Task])[] {
  return tasks.map((task, at) => {
    // “the same” refers to the task before.
    const wants = task.wants.replace('the same', tasks[at - 1]?.wants ?? '');
    const outcome = outcomeOf(task);
    const words = outcomes[outcome] ?? `returns correct rows, ${outcome.replace(': ', ' incomplete (')})`;
    return [`task ${task.no} ("${wants}")`, words, task];
  });
}

const servedBy = (kind: Kind): string =>
  kind === 'index' ? 'from the index' : `with the profile \`${kind}\``;
const served = kinds.map((kind) => [servedBy(kind), kind] as const);

describe.each(isQuick ? served.slice(-1) : served)(
  'the tasks of docs/tasks.md, over the sandbox data, %s',
  (_served, kind) => {
    let world: PlainWorld;
    let service: TestService;
    beforeAll(async () => {
      world = smallWorld();
      service = await start(kind, world);
    });
    afterAll(() => service.stop());

    const isRefused = ({ takesIndex }: Task): boolean => kind !== 'index' && takesIndex === true;
    const small = titled((task) => (isRefused(task) ? 'refused: index' : 'done'));
    it.each(oneIn(2, small))('%s %s', async (_title, _words, task) => {
      const { outcome } = await tried(task, service, world);
      expect(isRefused(task) ? [outcome] : ['done', 'marked: NOT_TOLD']).toContain(
        isRefused(task) ? 'refused: index' : outcome,
      );
    });
  },
);

describe.skipIf(isQuick)('the tasks of docs/tasks.md, over 600 products,', () => {
  let world: PlainWorld;
  beforeAll(() => {
    world = largeWorld();
  });
  const costs = new Map<Task, Record<Kind, Cost>>();
  describe.each(served)('%s', (_served, kind) => {
    let service: TestService;
    beforeAll(async () => {
      service = await start(kind, world);
    });
    afterAll(() => service.stop());

    const expected = (task: Task): Outcome => task.large?.[kind] ?? 'done';
    it.each(titled(expected))('%s %s', async (_title, _words, task) => {
      const cost = await tried(task, service, world);
      costs.set(task, { ...(costs.get(task) as Record<Kind, Cost>), [kind]: cost });
      expect(cost.outcome === 'marked: NOT_TOLD' ? 'done' : cost.outcome).toBe(expected(task));
    });
  });

  it('have the outcomes that docs/tasks.md states (`npx vitest run test/tasks.test.ts --update` writes it)', async () => {
    await expect(tasksPage(costs)).toMatchFileSnapshot('../docs/tasks.md');
  });
});
