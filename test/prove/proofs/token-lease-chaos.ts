/** The process that holds the token lease is killed, Redis fails, or Redis is paused. Calls must get responses all the same. */
import { setTimeout } from 'node:timers/promises';
import { allAnswered, sum, type Fleet, type Member } from '../fleet.js';
import type { Proof, Verdict } from '../proof.js';
import { onStage, type Stage } from '../stage.js';

const size = 4;
const lifetime = 10;

export const tokenLeaseChaos: Proof = ({ seed, isShort }) =>
  onStage({ lifetime }, async (stage) => {
    const calls = isShort ? 50 : 500;
    const killed = await killTheHolder(stage, await stage.fleet({ size, seed }), calls);
    const fleet = await stage.fleet({ size, seed: seed + 1 });
    const stopped = await stopRedis(stage, fleet);
    const gone = await loseRedis(stage, fleet, calls);
    return {
      holds: { ...killed.holds, ...stopped.holds, ...gone.holds },
      figures: { killed: killed.figures, stopped: stopped.figures, gone: gone.figures },
    };
  });

async function killTheHolder({ issuer }: Stage, fleet: Fleet, calls: number): Promise<Verdict> {
  await fleet.run({ kind: 'open', scope: 'killed' });
  await issuer.become('held');
  const before = issuer.requests.length;
  const bursts = fleet.members.map((member) => ({ member, burst: member.run({ kind: 'burst', calls }) }));
  const holder = await holderOf(fleet);
  // The process counts a request when it begins. It is killed when the request has reached the issuer.
  while (issuer.requests.length === before) await setTimeout(10);
  await holder.kill();
  const killedAt = performance.now();
  await issuer.become('ok');
  const left = bursts.filter(({ member }) => member !== holder).map(({ burst }) => burst);
  const report = sum(await Promise.all(left));
  const seconds = (performance.now() - killedAt) / 1_000;
  const requests = issuer.requests.length - before;
  return {
    holds: {
      'a killed holder is replaced by one': requests === 2,
      'the others are answered': allAnswered(report) && report.calls === (size - 1) * calls,
    },
    figures: { requests, outcomes: report.outcomes, secondsUntilAnswered: Number(seconds.toFixed(1)) },
  };
}

/** Returns the process whose token request is running. */
async function holderOf(fleet: Fleet): Promise<Member> {
  for (;;) {
    for (const member of fleet.members) {
      if ((await member.run({ kind: 'stats' })).tokenRequests > 0) return member;
    }
    await setTimeout(50);
  }
}

/** Pauses Redis for longer than a token lives, then resumes it. A paused Redis keeps its connections and does not respond. */
async function stopRedis({ issuer, redis }: Stage, fleet: Fleet): Promise<Verdict> {
  await fleet.run({ kind: 'open', scope: 'stopped' });
  await fleet.run({ kind: 'burst', calls: 1 });
  redis.pause();
  const before = issuer.requests.length;
  const load = await fleet.run({ kind: 'rate', perSecond: 20, ms: 1_200 * lifetime });
  const during = issuer.requests.length - before;
  redis.resume();
  // Each process has its own token now. From the next token on they share one again.
  const recovery = await fleet.run({ kind: 'rate', perSecond: 20, ms: 1_000 * lifetime });
  const [requestsBefore, surplusBefore] = [issuer.requests.length, issuer.surplus()];
  const after = await fleet.run({ kind: 'rate', perSecond: 20, ms: 1_000 * lifetime });
  return {
    holds: {
      'no call fails while Redis is stopped': allAnswered(load),
      'each process asks for itself, once a generation': during <= 2 * size,
      'no call fails when Redis is back': allAnswered(recovery) && allAnswered(after),
      'they share a token again': issuer.surplus() === surplusBefore,
    },
    figures: {
      outcomes: load.outcomes,
      slowestMs: load.slowestMs,
      requests: during,
      requestsAfter: issuer.requests.length - requestsBefore,
    },
  };
}

async function loseRedis({ issuer, redis }: Stage, fleet: Fleet, calls: number): Promise<Verdict> {
  await redis.stop();
  await fleet.run({ kind: 'open', scope: 'gone' });
  const before = issuer.requests.length;
  const cold = await fleet.run({ kind: 'burst', calls });
  return {
    holds: {
      'no call fails without Redis': allAnswered(cold),
      'at most one request a process': issuer.requests.length - before <= size,
    },
    figures: {
      outcomes: cold.outcomes,
      slowestMs: cold.slowestMs,
      requests: issuer.requests.length - before,
    },
  };
}
