/** The table of tasks, and docs/tasks.md. */
import { boxTasks } from './boxes.js';
import { listTasks } from './lists.js';
import { pageTasks } from './pages.js';
import { searchTasks } from './searches.js';
import { kinds, type Kind, type Outcome, type Task } from './task.js';

/** All tasks. To add one, add a row to one of these lists and a file to schema/operations. */
export const tasks: readonly Task[] = [...boxTasks, ...listTasks, ...pageTasks, ...searchTasks].toSorted(
  (one, other) => one.no - other.no,
);

export interface Cost {
  readonly outcome: Outcome;
  readonly requests: number;
  /** Bytes of the upstream's responses. */
  readonly bytes: number;
  /** Bytes of the response. */
  readonly answered: number;
}

const titles: Readonly<Record<Kind, string>> = {
  everything: 'names and `$everything`',
  search: 'search',
  include: 'includes',
  index: 'index',
};

/** Prints the page. */
export function tasksPage(costs: ReadonlyMap<Task, Readonly<Record<Kind, Cost>>>): string {
  return [
    '# Tasks',
    'Printed by `npx vitest run test/tasks.test.ts --update`.',
    `What people want of a register of medicines, each answered by one operation of
[\`schema/operations/\`](../schema/operations/). Every answer is compared with a plain reading of the data, on four services: over an
upstream that offers names and \`$everything\` alone, as EMA’s public beta is known to; over one that searches; over one that
includes; and over the first with the index (\`INDEX\`). Six hundred products are there: more than the 500 that are looked
through where nobody can search for what is asked. Over the eighty of the sandbox nothing but the index itself is refused.`,
    `**Marked** means that what is there is right, and the answer says what may be missing: with \`NOT_TOLD\` it is all that the
records tell. **Refused** means an error that names the reason, and what to narrow: it takes the index, or more than 500 products
would have to be looked through. Then come the requests that were sent upstream, and the kilobytes that it sent; last the bytes
of \`data\`, of the answer by the index.${notHere()}`,
    table([
      ['#', 'who', 'wants', 'operation', ...kinds.map((kind) => titles[kind]), 'answer'],
      ...[...costs].map(([task, byKind]) => rowOf(task, byKind)),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Number of tasks that were collected. */
const collected = 38;

function notHere(): string {
  const numbers = Array.from({ length: collected }, (_, index) => index + 1);
  const missing = numbers.filter((each) => tasks.every(({ no }) => no !== each));
  return missing.length === 0 ? '' : ` Of ${collected} tasks these are not here yet: ${missing.join(', ')}.`;
}

function rowOf(task: Task, costs: Readonly<Record<Kind, Cost>>): readonly string[] {
  const { no, who, wants, operation } = task;
  const link = `[${operation}](../schema/operations/${operation}.graphql)`;
  return [
    String(no),
    who,
    wants,
    link,
    ...kinds.map((kind) => told(costs[kind])),
    `${costs.index.answered} B`,
  ];
}

function told({ outcome, requests, bytes }: Cost): string {
  const said = outcome.replaceAll(/[A-Z_]{3,}/g, (reason) => `\`${reason}\``);
  return requests === 0 ? said : `${said}; ${requests}; ${Math.ceil(bytes / 1_000)} kB`;
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
