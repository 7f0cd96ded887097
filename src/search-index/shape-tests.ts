/** Tests the shapes of columns. Results are kept, so that each shape is tested once a day for each question. */
import { LRUCache } from 'lru-cache';
import { PmsError } from '../errors.js';
import type { Verdict } from '../facts/verdict.js';
import { untoldShape } from './shapes.js';
import type { IndexStore, Shape } from './store/index-store.js';
import { eachInTurn } from './turns.js';
import { unlessOdd } from '../fhir/unless-odd.js';

/** The tested shapes of a column, by number, up to the last one tested. */
export interface Tested {
  upTo: number;
  readonly yes: number[];
  readonly maybe: number[];
}

export interface ShapeTests {
  /** Tests all current shapes of a column. @param question distinguishes this test from others of the column */
  run(column: string, question: readonly unknown[], test: (shape: string) => Verdict): Promise<Tested>;
}

/** Tests whose results are kept. */
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
        // A parallel call with the same question may have tested it already.
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

/** Returns the error for a test that took too long. Results so far are kept, so that the next call gets further. */
function overloaded(): PmsError {
  return new PmsError('OVERLOADED', 'The index is still working on this filter. Try again in a moment.');
}
