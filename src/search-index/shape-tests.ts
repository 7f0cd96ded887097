/** Puts the shapes of columns to tests: each once for each question, whoever asks it, on the day when it is asked. */
import { LRUCache } from 'lru-cache';
import { PmsError } from '../errors.js';
import type { Verdict } from '../facts/verdict.js';
import { untoldShape } from './shapes.js';
import type { IndexStore, Shape } from './store/index-store.js';
import { eachInTurn } from './turns.js';
import { unlessOdd } from '../fhir/unless-odd.js';

/** Shapes of a column that were put to a test, by their numbers, up to the last one. */
export interface Tested {
  upTo: number;
  readonly yes: number[];
  readonly maybe: number[];
}

export interface ShapeTests {
  /** What has come of all shapes that the column has now. @param question what tells this test of the column from others */
  run(column: string, question: readonly unknown[], test: (shape: string) => Verdict): Promise<Tested>;
}

/** So many tests keep what came of them. */
const mostTests = 500;
/** Milliseconds of one test of a column. */
const mostMs = 5_000;

export function createShapeTests(store: IndexStore): ShapeTests {
  const tested = new LRUCache<string, Tested>({ max: mostTests });
  return {
    async run(column, question, test) {
      const name = JSON.stringify([column, question, new Date().toISOString().slice(0, 10)]);
      const done = tested.get(name) ?? { upTo: 0, yes: [], maybe: [] };
      tested.set(name, done);
      const put = ({ number, shape }: Shape): void => {
        // Somebody else may ask the same meanwhile.
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

/** What was tested stays so: who asks again gets further. */
function overloaded(): PmsError {
  return new PmsError(
    'OVERLOADED',
    'The index has not come to the end of this filter yet: ask again in a moment.',
  );
}
