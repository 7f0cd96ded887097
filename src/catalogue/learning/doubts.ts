/**
 * Settles the doubts of operations by neutral questions. Clients choose what raises a doubt. So only one question about
 * a subject is under way, subjects take turns, and the same one is not asked about again at once.
 */
import { isFeature, type Doubt, type Feature, type Features } from '../upstream/features.js';
import { subjectOf, type Subject } from './subjects.js';

export interface DoubtsOptions {
  readonly features: Features;
  /** Asks the neutral questions, and settles the features that the subject stands for. */
  readonly ask: (subject: Subject) => Promise<void>;
  /** Called after a question that changed what is known, or failed. @param error undefined where it did not fail */
  readonly onAsked: (durationMs: number, error?: unknown) => void;
}

export interface Doubts {
  /** Raises a doubt: an operation found the feature refuted, or other than known. */
  raise(doubt: Doubt): void;
  /** Asks anew about a feature that was settled long ago and is needed again, whatever is known of it. */
  renew(feature: Feature): void;
  /** Tries a feature again that was refuted although there was a reason to believe in it. */
  tryAgain(feature: Feature): void;
  stop(): void;
}

/** Milliseconds between two questions, whatever they are about. */
const betweenMs = 1_000;
/** Milliseconds until the same is asked about again. The time grows while nothing changes. */
const firstMs = 5_000;
const longer = 3;
const longestMs = 600_000;
/** A feature that works but is doubted again and again may be gone. So it is asked about soon. */
const longestDoubtedMs = 60_000;

interface Asked {
  /** The features that raised the next question. */
  readonly doubted: Set<Feature>;
  /** How many questions in a row have changed nothing. */
  unchanged: number;
  notBefore: number;
  timer?: NodeJS.Timeout | undefined;
}

export function createDoubts({ features, ask, onAsked }: DoubtsOptions): Doubts {
  const subjects = new Map<Subject, Asked>();
  const waiting = new Set<Subject>();
  let isAsking = false;
  let isStopped = false;

  function about(subject: Subject): Asked {
    const before = subjects.get(subject);
    if (before) return before;
    const asked: Asked = { doubted: new Set(), unchanged: 0, notBefore: 0 };
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
    // Until there is an answer, the same need not be asked again.
    asked.notBefore = Number.POSITIVE_INFINITY;
    const began = performance.now();
    const before = [...features.all.keys()].filter(features.has);
    try {
      await ask(subject);
    } catch (error) {
      // A failed request says nothing of the upstream's abilities.
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
    // `includes`, `totals` and `lengths` are no single features. Nothing shows whether their answers have changed.
    const isCostly = subject === 'includes' || !isFeature(subject);
    const longest = refuted.size > 0 || isCostly ? longestMs : longestDoubtedMs;
    const ms = Math.min(longest, firstMs * longer ** Math.max(0, asked.unchanged - 1));
    asked.notBefore = performance.now() + ms;
    for (const feature of refuted) again(feature, ms);
  }

  /** Tries a feature again by itself: operations do not ask for one that is known as refuted. */
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
        // Configured features stay as they are, and refuted ones are tried again anyway.
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
