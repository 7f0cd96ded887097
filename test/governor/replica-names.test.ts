import { describe, expect, it } from 'vitest';
import { createReplicaNames, type ReplicaNames } from '../../src/governor/replica-names.js';
import { deriveKey } from '../../src/store/seal.js';
import { createSignatures } from '../../src/store/signatures.js';

const hourMs = 3_600_000;

describe('the number of replicas', () => {
  const clock = { now: 500_000 * hourMs };
  const namesWith = (secret: string, subject = 'https://pms.example/v1'): ReplicaNames =>
    createReplicaNames(
      createSignatures(() => [deriveKey(secret, 'encryption')]),
      [subject],
      () => clock.now,
    );

  it('is the number of different signed names, also when a replica has just changed its name', () => {
    const [one, other] = [namesWith('a secret'), namesWith('a secret')];
    const before = [one.own(), other.own()];
    clock.now += hourMs;
    expect(one.own()).not.toBe(before[0]);
    expect(one.count([...before, one.own(), other.own()])).toBe(2);
  });

  it('includes the counting replica if Redis has no names', () => {
    expect(namesWith('a secret').count([])).toBe(1);
  });

  it('does not include names that are unsigned, altered, signed with another secret or for another upstream, or two hours old', () => {
    const names = namesWith('a secret');
    const stranger = namesWith('another secret');
    const neighbour = namesWith('a secret', 'https://other.example');
    const [id, hour, signature] = namesWith('a secret').own().split('.');
    const old = namesWith('a secret').own();
    clock.now += 2 * hourMs;
    const now = Number(hour) + 2;
    const foreign = [
      '',
      'a',
      '..',
      `${id}.${now}`,
      `${id}.${now}.${signature}`,
      `${id}.NaN.${signature}`,
      stranger.own(),
      neighbour.own(),
      old,
    ];
    expect(names.count(foreign)).toBe(1);
  });

  it('includes every name if the replicas sign nothing', () => {
    const [one, other] = [createReplicaNames(undefined, ['a']), createReplicaNames(undefined, ['a'])];
    expect(one.count([one.own(), other.own()])).toBe(2);
  });
});
