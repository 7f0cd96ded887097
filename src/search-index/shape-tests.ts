/** Tests the shapes of columns. Results are cached, so that each test reads a shape once a day. */
import { LRUCache } from 'lru-cache';
import { PmsError } from '../errors.js';
import type { Verdict } from '../facts/verdict.js';
import { untoldShape } from './shapes.js';
import type { IndexStore, Shape } from './store/index-store.js';
import { eachInTurn } from './turns.js';
import { unlessOdd } from '../fhir/elements.js';

/** The results of one test: numbers of shapes. The test has read all shapes of the column up to number `upTo`. */
export interface Tested {
  upTo: number;
  readonly yes: number[];
  readonly maybe: number[];
}

export interface ShapeTests {
  /** Tests all current shapes of a column. @param question the filter values that identify the test */
  run(column: string, question: readonly unknown[], test: (shape: string) => Verdict): Promise<Tested>;
}

/** The number of tests whose results are cached. */
const mostTests = 500;
/** Milliseconds that one test of a column may take. */
const mostMs = 5_000;

export function createShapeTests(store: IndexStore): ShapeTests {
  const tested = new LRUCache<string, Tested>({ max: mostTests });
  return {
    async run(column, question, test) {
      const name = JSON.stringify([column, question, new Date().toISOString().slice(0, 10)]);
      const done = tested.get(name) ?? { upTo: 0, yes: [], maybe: [] };
      tested.set(name, done);
      const put = ({ number, shape }: Shape): void => {
        // A parallel call of the same test may have tested this shape already.
        if (number <= done.upTo) return;
        const verdict = shape === untoldShape ? undefined : unlessOdd(() => test(shape));
        if (verdict === true) done.yes.push(number);
        else if (verdict === undefined) done.maybe.push(number);
        done.upTo = number;
      };
      const isDone = await eachInTurn(await store.shapes(column, done.upTo), put, mostMs);
      if (!isDone) throw overloaded();
      return done;
    },
  };
}

/**
 * Returns the error for a test that took too long. Its results so far are cached, so that the next call continues with
 * the next shapes.
 */
function overloaded(): PmsError {
  return new PmsError('OVERLOADED', 'The index is still working on this filter. Try again in a moment.');
}
