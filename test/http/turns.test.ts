/** Turns for tasks that keep the event loop busy. */
import { expect, it } from 'vitest';
import { createTurns } from '../../src/http/graphql/turns.js';

it('the queue of large computations runs them in order, and lets small tasks run between any two', async () => {
  const turns = createTurns();
  const log: (number | 'small')[] = [];
  let isOver = false;
  const small = (): void => {
    log.push('small');
    if (!isOver) setImmediate(small);
  };
  setImmediate(small);
  await Promise.all([0, 1, 2, 3].map((large) => turns().then(() => log.push(large))));
  isOver = true;
  expect(log.filter((each) => each !== 'small')).toEqual([0, 1, 2, 3]);
  for (const [index, each] of log.entries())
    if (index > 0 && each !== 'small') expect(log[index - 1], log.join()).toBe('small');
});

it('the queue of large computations runs one at once if no other waits', async () => {
  const turns = createTurns();
  await turns();
  await turns();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await expect(turns()).resolves.toBeUndefined();
});
