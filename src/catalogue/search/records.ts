/**
 * The records of one subject that belong to a product, such as its packages or ingredients, and whether they are
 * complete.
 */
import { PmsError } from '../../errors.js';
import type { FhirResource } from '../../fhir/resources.js';
import type { Subject, SubjectRecords } from '../../facts/fact.js';
import type { Key } from '../graph/key.js';
import { self } from '../graph/link.js';
import { untold, type CutReason, type State } from '../graph/relation.js';
import { follow, haveRead, type Fetches } from '../known/follow.js';
import { isHeld, type Known } from '../known/known.js';
import { subjectLinks } from './subjects.js';

export interface Found extends SubjectRecords {
  /** The reason why records may be missing. */
  readonly problem: State | undefined;
}

/**
 * Returns the records of one subject that belong to a product; undefined while records must still be fetched. The
 * function `ask` requests these records.
 */
export function recordsOf(subject: Subject, product: Key, known: Known, ask: Fetches): Found | undefined {
  const link = subjectLinks[subject] ?? self;
  const relation = follow(link, product, known, ask);
  if (!relation || !haveRead(relation.refs, known, ask, false, product)) return undefined;
  const readings = relation.refs.map((ref) => ({ ref, reading: known.reading(ref) }));
  const broken = readings.flatMap(({ ref, reading }) => {
    const failure = known.replacedAt(ref) ?? (reading instanceof PmsError ? reading : undefined);
    return failure ? [stateOf(failure)] : [];
  });
  const cutAs = relation.state.kind === 'complete' ? undefined : relation.state;
  // A record that is referred to but could not be read may have any value.
  const isDangling = relation.unresolved.length > 0 || readings.some(({ reading }) => !isHeld(reading));
  const problem = cutAs ?? broken[0] ?? (isDangling ? untold : undefined);
  const records = readings.flatMap(({ reading }): readonly FhirResource[] =>
    isHeld(reading) ? [reading.resource] : [],
  );
  return { records, isWhole: problem === undefined, problem };
}

/**
 * Returns the state of a list that contains a record which could not be read. Such a record makes the list
 * incomplete. If the upstream does not support a needed feature, the whole list fails.
 */
export function stateOf(error: PmsError): State {
  if (error.code === 'UPSTREAM_UNSUPPORTED') return { kind: 'failed', error };
  const reason: CutReason = error.code === 'UPSTREAM_INCOMPLETE' ? 'BUDGET' : 'PAGE_FAILED';
  return { kind: 'cut', reason };
}
