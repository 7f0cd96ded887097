/**
 * A doubted feature is probed with few requests, however many operations doubt it. A refuted feature is probed again later.
 */
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDoubts, type Doubts } from '../../../src/catalogue/learning/doubts.js';
import type { Subject } from '../../../src/catalogue/learning/subjects.js';
import { createFeatures, type Feature, type Features } from '../../../src/catalogue/upstream/features.js';

const named = 'search MedicinalProductDefinition?name';
const other = 'search Ingredient?for';

interface Played {
  readonly features: Features;
  readonly doubts: Doubts;
  /** The probed features, with the second of each probe. */
  readonly asked: readonly (readonly [subject: Subject, second: number])[];
  readonly told: readonly unknown[];
  /** Sets the upstream's answer to later probes. */
  becomes(answer: boolean | 'down'): void;
}

function play(): Played {
  const features = createFeatures();
  for (const feature of [named, other, 'revinclude Ingredient:for'] as const)
    features.note(feature, 'declared');
  const asked: (readonly [Subject, number])[] = [];
  const told: unknown[] = [];
  let answer: boolean | 'down' = true;
  const began = performance.now();
  const doubts = createDoubts({
    features,
    async ask(subject) {
      asked.push([subject, Math.round((performance.now() - began) / 1_000)]);
      if (answer === 'down') throw new Error('down');
      if (subject === 'totals' || subject === 'lengths') return;
      const about: Feature = subject === 'includes' ? 'revinclude Ingredient:for' : subject;
      features.settle(about, answer);
    },
    onAsked: (_ms, error) => void told.push(error ?? 'changed'),
  });
  onTestFinished(() => doubts.stop());
  return { features, doubts, asked, told, becomes: (next) => (answer = next) };
}

const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 1_000);
const secondsOf = (asked: Played['asked']): readonly number[] => asked.map(([, second]) => second);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  return () => vi.useRealTimers();
});

describe('a doubt about an upstream feature', () => {
  it('is settled by one probe at once, even if 1,000 operations raise it', async () => {
    const { doubts, asked, features } = play();
    for (let client = 0; client < 1_000; client += 1) doubts.raise(named);
    await seconds(4);
    expect(asked).toEqual([[named, 0]]);
    expect(features.has(named)).toBe(true);
  });

  it('about totals is probed at once, and again after 5, 20, 65, 200 and 605 seconds', async () => {
    const { doubts, asked } = play();
    for (let second = 0; second < 1_000; second += 1) {
      doubts.raise('totals');
      await seconds(1);
    }
    expect(asked.map(([subject]) => subject)).toEqual(asked.map(() => 'totals'));
    expect(secondsOf(asked)).toEqual([0, 5, 20, 65, 200, 605]);
  });

  it('that no probe confirms is probed at growing intervals of at most a minute', async () => {
    const { doubts, asked } = play();
    for (let second = 0; second < 400; second += 1) {
      doubts.raise(named);
      await seconds(1);
    }
    expect(secondsOf(asked)).toEqual([0, 5, 20, 65, 125, 185, 245, 305, 365]);
  });

  it('is probed after earlier doubts, with one probe a second', async () => {
    const { doubts, asked } = play();
    for (const feature of [named, other, 'revinclude Ingredient:for'] as const) doubts.raise(feature);
    await seconds(4);
    expect(asked).toEqual([
      [named, 0],
      [other, 1],
      ['includes', 2],
    ]);
  });

  it('sends no probe if the feature is configured or already refuted', async () => {
    const { doubts, asked, features } = play();
    features.note(named, 'configured');
    features.settle(other, false);
    doubts.raise(named);
    doubts.raise(other);
    await seconds(60);
    expect(asked).toEqual([]);
  });

  it('leaves the evidence unchanged, and logs the error, if the probe fails', async () => {
    const { doubts, features, told, becomes } = play();
    becomes('down');
    doubts.raise(named);
    await seconds(2);
    expect([features.evidence(named), told]).toEqual(['declared', [new Error('down')]]);
  });
});

describe('an upstream feature that a probe has refuted', () => {
  it('is probed again after 5 seconds, then at growing intervals, even if no operation needs it', async () => {
    const { doubts, features, asked, becomes } = play();
    becomes(false);
    doubts.raise(named);
    await seconds(3_000);
    expect(features.evidence(named)).toBe('refuted');
    expect(secondsOf(asked).slice(0, 8)).toEqual([0, 5, 10, 25, 70, 205, 610, 1_210]);
  });

  it('is usable again after the first successful probe', async () => {
    const { doubts, features, told, asked, becomes } = play();
    becomes(false);
    doubts.raise(named);
    await seconds(3);
    becomes(true);
    await seconds(3);
    expect([features.evidence(named), told]).toEqual(['probed', ['changed', 'changed']]);
    await seconds(1_000);
    expect(asked.length).toBe(2);
  });

  it('is also probed again if it was refuted at the start', async () => {
    const { doubts, features, asked } = play();
    features.settle(named, false);
    doubts.tryAgain(named);
    await seconds(6);
    expect([features.evidence(named), secondsOf(asked)]).toEqual(['probed', [5]]);
  });

  it('is no longer probed once the service stops', async () => {
    const { doubts, asked, becomes } = play();
    becomes(false);
    doubts.raise(named);
    await seconds(2);
    doubts.stop();
    doubts.raise(other);
    await seconds(1_000);
    expect(asked.length).toBe(1);
  });
});

describe('an upstream feature that was probed long ago', () => {
  it('is probed once more when an operation needs it', async () => {
    const { doubts, features, asked, becomes } = play();
    becomes(false);
    features.settle(named, false);
    for (let second = 0; second < 4; second += 1) {
      doubts.renew(named);
      await seconds(1);
    }
    await seconds(3_000);
    expect([features.evidence(named), secondsOf(asked)]).toEqual(['refuted', [0]]);
    becomes(true);
    doubts.renew(named);
    await seconds(2);
    expect(features.evidence(named)).toBe('probed');
  });

  it('is probed every few seconds from then on if it no longer works', async () => {
    const { doubts, features, asked, becomes } = play();
    features.settle(named, true);
    becomes(false);
    doubts.renew(named);
    await seconds(12);
    expect([features.evidence(named), secondsOf(asked)]).toEqual(['refuted', [0, 5, 10]]);
  });
});
