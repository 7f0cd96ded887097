/** Tests the shapes of columns. Results are cached, so that each test reads a shape only once per day. */
import { LRUCache } from 'lru-cache';
import { PmsError } from '../errors.js';
import type { Verdict } from '../facts/verdict.js';
import { untoldShape } from './shapes.js';
import type { IndexStore, Shape } from './store/index-store.js';
import { eachInTurn } from './turns.js';
import { unlessOdd } from '../fhir/elements.js';

/**
 * The results of one test: the numbers of the shapes that pass. The test has read all shapes of the column up to the
 * number `upTo`.
 */
export interface Tested {
  upTo: number;
  readonly yes: number[];
  readonly maybe: number[];
}

export interface ShapeTests {
  /**
   * Tests all current shapes of a column.
   * @param question the filter values that identify the test
   */
  run(column: string, question: readonly unknown[], test: (shape: string) => Verdict): Promise<Tested>;
}

/** Maximum number of tests whose results are cached. */
const mostTests = 500;
/** Maximum number of milliseconds for one test of a column. */
const mostMs = 5_000;

export function createShapeTests(store: IndexStore): ShapeTests {
  const tested = new LRUCache<string, Tested>({ max: mostTests });
  return {
    async run(column, question, test) {
      const name = JSON.stringify([column, question, new Date().toISOString().slice(0, 10)]);
      const done = tested.get(name) ?? { upTo: 0, yes: [], maybe: [] };
      tested.set(name, done);
      const put = ({ number, shape }: Shape): void => {
        // A concurrent call of the same test may already have tested this shape.
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
 * Returns the error for a test that takes too long. The results so far are cached, and the next call continues with
 * the next shapes.
 */
function overloaded(): PmsError {
  return new PmsError('OVERLOADED', 'The index is still working on this filter. Try again in a moment.');
}
