/** The parts of the governor: queue, concurrency limit, circuit breaker, retry budget, share of a replica. */
import { describe, expect, test } from 'vitest';
import { createBreaker } from '../../src/governor/breaker.js';
import { createConcurrencyLimit } from '../../src/governor/concurrency.js';
import { createFairQueue, type Queued } from '../../src/governor/queue.js';
import { createRetryBudget } from '../../src/governor/with-retries.js';
import { allowanceAlone, shareOf } from '../../src/governor/share.js';

describe('the queue of upstream requests', () => {
  const entry = (client: string, number: number, priority: Queued['priority'] = 'interactive') => ({
    client,
    priority,
    name: `${client}${number}${priority === 'bulk' ? ' in bulk' : ''}`,
  });
  const filled = (capacity: number) => {
    const queue = createFairQueue<ReturnType<typeof entry>>(capacity);
    queue.add(entry('z', 1, 'bulk'));
    for (const number of [1, 2, 3]) queue.add(entry('a', number));
    queue.add(entry('b', 1));
    return queue;
  };

  test('sends interactive requests before bulk requests, and alternates between clients', () => {
    const queue = filled(10);
    const order = ['a1', 'b1', 'a2', 'a3', 'z1 in bulk'];
    expect(queue.inOrder().map(({ name }) => name)).toEqual(order);
    expect(order.map(() => queue.take()?.name)).toEqual(order);
    expect(queue.size).toBe(0);
    expect(queue.take()).toBeUndefined();
  });

  test('refuses, when it is full, bulk requests first, and then the latest request of the client with most requests', () => {
    const queue = filled(5);
    expect(queue.add(entry('c', 1))?.name).toBe('z1 in bulk');
    expect(queue.add(entry('d', 1))?.name).toBe('a3');
    expect(queue.add(entry('e', 1, 'bulk'))?.name).toBe('e1 in bulk');
    expect(queue.size).toBe(5);
  });
});

describe('the limit of simultaneous upstream requests', () => {
  const clock = { at: 0 };
  const start = () => createConcurrencyLimit({ max: 32, now: () => clock.at });

  test('grows with successful responses up to its maximum', () => {
    const concurrency = start();
    expect(concurrency.limit).toBe(16);
    for (let round = 0; round < 20; round += 1) {
      const ends = Array.from({ length: concurrency.limit }, () => concurrency.begin());
      clock.at += 10;
      for (const end of ends) end('answered');
    }
    expect(concurrency.limit).toBe(32);
    expect(concurrency.inFlight).toBe(0);
    expect(concurrency.latencyMs).toBeCloseTo(10);
  });

  test('is reduced once for several failures of simultaneous requests, and grows slowly afterwards', () => {
    const concurrency = start();
    const ends = Array.from({ length: 16 }, () => concurrency.begin());
    clock.at += 10;
    for (const end of ends) end('congested');
    expect(concurrency.limit).toBe(11);
    for (let round = 0; round < 2; round += 1) {
      const more = Array.from({ length: 11 }, () => concurrency.begin());
      clock.at += 10;
      for (const end of more) end('answered');
    }
    expect(concurrency.limit).toBe(12);
  });

  test('never falls below one, and does not change for cancelled requests', () => {
    const concurrency = start();
    for (let round = 0; round < 50; round += 1) {
      const end = concurrency.begin();
      clock.at += 10;
      end('congested');
    }
    expect(concurrency.limit).toBe(1);
    concurrency.begin()('abandoned');
    expect(concurrency.limit).toBe(1);
  });

  test('is reduced when responses take twice as long as before', () => {
    const concurrency = start();
    const exchange = (ms: number): void => {
      const end = concurrency.begin();
      clock.at += ms;
      end('answered');
    };
    for (let round = 0; round < 100; round += 1) exchange(100);
    const before = concurrency.limit;
    for (let round = 0; round < 5; round += 1) exchange(2_000);
    expect(concurrency.limit).toBeLessThan(before);
  });
});

describe('the circuit breaker', () => {
  test('opens if most requests fail, permits one request a second, and closes with the first success', () => {
    const clock = { at: 0 };
    const changes: string[] = [];
    const breaker = createBreaker({ now: () => clock.at, onChange: (state) => void changes.push(state) });
    for (let call = 0; call < 4; call += 1) breaker.record(true);
    expect(breaker.admits()).toBe(true);
    breaker.record(true);
    expect(breaker.isOpen).toBe(true);
    expect(breaker.admits()).toBe(false);
    for (let second = 1; second <= 5; second += 1) {
      clock.at += 1_000;
      expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
      breaker.record(true);
    }
    clock.at += 1_000;
    expect(breaker.admits()).toBe(true);
    breaker.record(false);
    expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
    expect(changes).toEqual(['open', 'closed']);
  });

  test('stays closed while fewer than half of the requests fail', () => {
    const breaker = createBreaker();
    for (let call = 0; call < 100; call += 1) breaker.record(call % 5 === 0);
    expect(breaker.isOpen).toBe(false);
  });
});

describe('the budget of retries', () => {
  test('permits fewer retries than a tenth of the requests, from the first request on', () => {
    const budget = createRetryBudget();
    let retries = 0;
    for (let calls = 1; calls <= 1_000; calls += 1) {
      budget.earn();
      while (budget.spend()) retries += 1;
      expect(retries).toBeLessThanOrEqual(0.1 * calls);
    }
    expect(retries).toBe(80);
  });

  test('permits at most two retries after any number of requests without a retry', () => {
    const budget = createRetryBudget();
    for (let calls = 0; calls < 1_000; calls += 1) budget.earn();
    expect([1, 2, 3].map(() => budget.spend())).toEqual([true, true, false]);
  });
});

describe('the share of the rate limit that a replica uses without Redis', () => {
  const windowMs = 60_000;
  const contact = { at: 0, limit: 400, used: 0, replicas: 4 };

  test.each([
    [
      'one of four for four replicas that Redis last counted',
      { configured: 400, contact, replicas: undefined },
      100,
      4,
    ],
    [
      'one of eight for eight replicas in the setting PMS_REPLICAS',
      { configured: 400, contact, replicas: 8 },
      50,
      8,
    ],
    [
      'one of four if the number of replicas is unknown',
      { configured: 400, contact: undefined, replicas: undefined },
      100,
      4,
    ],
    ['at least one request a minute', { configured: 1, contact: undefined, replicas: 9 }, 1, 9],
  ])('is %s', (_of, known, limit, replicas) => {
    expect(shareOf(known)).toEqual({ limit, replicas });
  });

  test.each([
    ['half of its permits if nobody had used any', 0, 0, 0, 50],
    ['more if it had used permits itself', 200, 60, 0, 85],
    ['0 if all permits were used', 400, 0, 0, 0],
    ['its whole share at most, if it had used most permits itself', 400, 300, 0, 100],
    ['less if other replicas may have used permits since', 0, 0, 6_000, 30],
  ])('is, in the first minute, %s', (_what, used, own, since, allowance) => {
    const alone = { since, own };
    const seen = { share: 100, contact: { ...contact, used }, replicas: 4, alone, windowMs };
    expect(allowanceAlone({ ...seen, now: since + 1_000 })).toBe(allowance);
    expect(allowanceAlone({ ...seen, now: since + windowMs })).toBe(100);
  });
});
