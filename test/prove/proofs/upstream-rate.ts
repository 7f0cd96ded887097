/**
 * Four cold replicas with ten times the permitted demand. No window may have more requests than the limit, and none may be sent
 * before `Retry-After` is over, even if Redis fails and recovers. The window is 6 s instead of a minute, so that a run has many of
 * them. The two seconds added for the transfer to the upstream are as in production.
 */
import { setTimeout } from 'node:timers/promises';
import { sum, type Fleet } from '../fleet.js';
import type { Proof } from '../proof.js';
import { onStage, type Stage } from '../stage.js';
import type { Report } from '../worker.js';

const size = 4;
const limit = 120;
const windowMs = 6_000;
const perSecond = (10 * limit) / (windowMs / 1_000);
const deadlineMs = 5_000;
/** Milliseconds in which requests may still arrive that were sent before the refusal. */
const onItsWayMs = 500;

export const upstreamRate: Proof = ({ seed, isShort }) =>
  onStage({ lifetime: 3_600 }, async (stage) => {
    const ms = isShort ? 10_000 : 30_000;
    const loads: Report[] = [];
    const fleet = await stage.fleet({ size, seed, deadlineMs, rate: { limit, windowMs } });
    await fleet.run({ kind: 'open', scope: 'rate' });
    const cold = await load(fleet, ms);
    const used = stage.upstream.arrivals.length;
    const waits = [];
    for (const form of ['seconds', 'date'] as const) waits.push(await hold(stage, fleet, form, loads));
    const withoutRedis = isShort ? undefined : await loseRedis(stage, fleet, ms, loads);
    const { arrivals } = stage.upstream;
    const most = mostInAnyWindow(arrivals);
    const all = sum([cold, ...loads]);
    const usable = (limit * ms) / (windowMs + 2_000);
    return {
      holds: {
        'never above the limit in any window': most <= limit,
        'never early after Retry-After': waits.every(({ early }) => early === 0),
        'the replicas come back after Retry-After': waits.every(({ after }) => after > 0),
        'what may be used is used': used >= 0.85 * usable,
        'the demand is ten times the limit': cold.calls >= 0.9 * perSecond * (ms / 1_000),
        'what cannot be sent is refused, and nothing else fails': isAsExpected(all),
        'nobody waits for longer than the deadline': all.slowestMs <= deadlineMs + 2_000,
        ...(withoutRedis && { 'requests go on without Redis': withoutRedis.requests > 0 }),
      },
      figures: {
        limit,
        windowSeconds: windowMs / 1_000,
        calls: all.calls,
        requests: arrivals.length,
        mostInAnyWindow: most,
        usedOfUsable: Number((used / usable).toFixed(2)),
        waits,
        ...(withoutRedis && { withoutRedis }),
        outcomes: all.outcomes,
        slowestMs: all.slowestMs,
      },
    };
  });

function load(fleet: Fleet, ms: number): Promise<Report> {
  return fleet.run({ kind: 'rate', perSecond: perSecond / size, ms });
}

/** Refuses one request with a `Retry-After`. Counts the requests that arrive before and after its end. */
async function hold({ upstream }: Stage, fleet: Fleet, form: 'seconds' | 'date', loads: Report[]) {
  const running = load(fleet, 6_000);
  const { at, until } = await upstream.tellToWait(2, form);
  loads.push(await running);
  const between = upstream.arrivals.filter((arrival) => arrival > at && arrival < until);
  return {
    form,
    onTheirWay: between.filter((arrival) => arrival <= at + onItsWayMs).length,
    early: between.filter((arrival) => arrival > at + onItsWayMs).length,
    after: upstream.arrivals.filter((arrival) => arrival >= until).length,
    firstAfterMs: Math.round(Math.min(...upstream.arrivals.filter((arrival) => arrival >= until)) - until),
  };
}

/** Stops Redis under load, and starts it again without data under load. */
async function loseRedis({ upstream, redis }: Stage, fleet: Fleet, ms: number, loads: Report[]) {
  const running = load(fleet, 3 * ms);
  await setTimeout(ms);
  await redis.stop();
  const before = upstream.arrivals.length;
  await setTimeout(ms);
  const requests = upstream.arrivals.length - before;
  await redis.start();
  loads.push(await running);
  return { seconds: ms / 1_000, requests };
}

function mostInAnyWindow(moments: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [at, moment] of moments.entries()) {
    while ((moments[first] ?? moment) <= moment - windowMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

function isAsExpected({ outcomes }: Report): boolean {
  const expected = new Set(['200', '429', 'UPSTREAM_RATE_LIMITED', 'OVERLOADED']);
  return (outcomes['200'] ?? 0) > 0 && Object.keys(outcomes).every((outcome) => expected.has(outcome));
}
