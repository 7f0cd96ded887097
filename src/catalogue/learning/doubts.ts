/**
 * Settles doubts about upstream features by probes. Client requests can raise doubts, so clients could cause many
 * probes. Therefore only one probe runs at a time, different subjects alternate, and the next probe of the same
 * subject is delayed.
 */
import { isFeature, type Doubt, type Feature, type Features } from '../upstream/features.js';
import { subjectOf, type Subject } from './subjects.js';

export interface DoubtsOptions {
  readonly features: Features;
  /** Sends the probes of a subject, and records the results for its features. */
  readonly ask: (subject: Subject) => Promise<void>;
  /** Called after a probe that changed a feature, or that failed. */
  readonly onAsked: (durationMs: number, error?: unknown) => void;
}

export interface Doubts {
  /**
   * Raises a doubt, because an operation refuted the feature, or observed a behaviour that differs from the recorded
   * one.
   */
  raise(doubt: Doubt): void;
  /** Repeats the probe of a feature that an operation needs now and that was last probed long ago. */
  renew(feature: Feature): void;
  /** Schedules a new probe of a feature that was refuted although the upstream declares it. */
  tryAgain(feature: Feature): void;
  stop(): void;
}

/** Milliseconds between two probes of any subjects. */
const betweenMs = 1_000;
/** Milliseconds until the next probe of the same subject. The delay grows each time that a probe changes nothing. */
const firstMs = 5_000;
const longer = 3;
const longestMs = 600_000;
/**
 * The longest delay for a feature that works but is doubted again and again. It is probed soon, because it may be
 * about to disappear.
 */
const longestDoubtedMs = 60_000;

interface ProbeHistory {
  /** The doubted features that the next probe must check. */
  readonly doubted: Set<Feature>;
  /** The number of consecutive probes that changed nothing. */
  unchanged: number;
  notBefore: number;
  timer?: NodeJS.Timeout | undefined;
}

export function createDoubts({ features, ask, onAsked }: DoubtsOptions): Doubts {
  const subjects = new Map<Subject, ProbeHistory>();
  const waiting = new Set<Subject>();
  let isAsking = false;
  let isStopped = false;

  function about(subject: Subject): ProbeHistory {
    const before = subjects.get(subject);
    if (before) return before;
    const asked: ProbeHistory = { doubted: new Set(), unchanged: 0, notBefore: 0 };
    subjects.set(subject, asked);
    return asked;
  }

  function wait(subject: Subject): void {
    waiting.add(subject);
    void askAll();
  }

  async function askAll(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    for (const subject of waiting) {
      if (isStopped) break;
      waiting.delete(subject);
      await askAbout(subject);
      await new Promise((resolve) => setTimeout(resolve, betweenMs).unref());
    }
    isAsking = false;
  }

  async function askAbout(subject: Subject): Promise<void> {
    const asked = about(subject);
    const doubted = [...asked.doubted];
    asked.doubted.clear();
    // Prevents a second probe of the subject while this one runs.
    asked.notBefore = Number.POSITIVE_INFINITY;
    const began = performance.now();
    const before = [...features.all.keys()].filter(features.has);
    try {
      await ask(subject);
    } catch (error) {
      // If the request itself failed, the probe proves nothing about features.
      onAsked(performance.now() - began, error);
    }
    const lost = before.filter((feature) => !features.has(feature));
    const found = [...features.all.keys()].filter(
      (feature) => features.has(feature) && !before.includes(feature),
    );
    const isChanged = lost.length + found.length > 0;
    if (isChanged) onAsked(performance.now() - began);
    asked.unchanged = isChanged ? 0 : asked.unchanged + 1;
    const refuted = new Set([...lost, ...doubted.filter((feature) => !features.has(feature))]);
    // The subjects `includes`, `totals` and `lengths` are not single features, so this code cannot tell whether they
    // changed. Therefore their probes always have the longest delay.
    const isCostly = subject === 'includes' || !isFeature(subject);
    const longest = refuted.size > 0 || isCostly ? longestMs : longestDoubtedMs;
    const ms = Math.min(longest, firstMs * longer ** Math.max(0, asked.unchanged - 1));
    asked.notBefore = performance.now() + ms;
    for (const feature of refuted) again(feature, ms);
  }

  /**
   * Schedules a new probe of a refuted feature. Without it the feature would stay refuted, because operations no
   * longer use it.
   */
  function again(feature: Feature, ms: number): void {
    const subject = subjectOf(feature);
    const asked = about(subject);
    asked.doubted.add(feature);
    if (isStopped || asked.timer) return;
    asked.timer = setTimeout(() => {
      asked.timer = undefined;
      wait(subject);
    }, ms);
    asked.timer.unref();
  }

  return {
    raise(doubt) {
      if (isStopped) return;
      const asked = about(subjectOf(doubt));
      if (performance.now() < asked.notBefore) return;
      if (isFeature(doubt)) {
        // Features from the settings never change. A new probe of a refuted feature is already scheduled.
        if (features.isConfigured(doubt) || features.evidence(doubt) === 'refuted') return;
        asked.doubted.add(doubt);
      }
      wait(subjectOf(doubt));
    },
    renew(feature) {
      const subject = subjectOf(feature);
      const isAsked = performance.now() < about(subject).notBefore;
      if (!isStopped && !isAsked && !features.isConfigured(feature)) wait(subject);
    },
    tryAgain: (feature) => again(feature, firstMs),
    stop() {
      isStopped = true;
      for (const { timer } of subjects.values()) clearTimeout(timer);
    },
  };
}
