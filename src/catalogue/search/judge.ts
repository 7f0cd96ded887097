/**
 * Tests whether a product meets a filter, by reading the product's records. The result is true, false, or a state
 * with the reason why it is undecided.
 */
import { PmsError } from '../../errors.js';
import type { Subject, Test, SubjectRecords } from '../../facts/fact.js';
import type { FilterPart } from '../../facts/filter.js';
import { filterFieldOf } from '../../facts/table.js';
import type { RecordRequirement, Requirement, WholeRequirement } from '../../facts/requirements.js';
import { unlessOdd } from '../../fhir/elements.js';
import type { ResourceOf } from '../../fhir/resources.js';
import type { Key } from '../graph/key.js';
import { untold, type State } from '../graph/relation.js';
import { follow, haveRead, type Fetches } from '../known/follow.js';
import { isHeld, type Known } from '../known/known.js';
import { recordsOf, stateOf } from './records.js';
import { holderOf, subjectLinks } from './subjects.js';

/**
 * The result of a test. A state contains the reason why the result is undecided. `pending` means that records must
 * still be fetched; the function `ask` requests them.
 */
export type Judgement = boolean | 'pending' | State;

/** Tests whether a product meets all requirements. */
export function judge(
  requirements: readonly Requirement[],
  product: Key,
  known: Known,
  ask: Fetches,
  onJudged: (requirement: Requirement, verdict: Judgement) => void,
): Judgement {
  let open: State | undefined;
  for (const requirement of requirements) {
    const verdict =
      requirement.kind === 'record'
        ? meets(requirement, product, known, ask)
        : meetsAsWhole(requirement, product, known, ask);
    onJudged(requirement, verdict);
    // If one requirement fails, the product does not match. The records for the other requirements need not be fetched.
    if (verdict === false || verdict === 'pending') return verdict;
    if (verdict !== true) open ??= verdict;
  }
  return open ?? true;
}

/** Tests whether at least one record of a product passes the test. */
function meets(
  { parts, of, test, holder }: RecordRequirement,
  product: Key,
  known: Known,
  ask: Fetches,
): Judgement {
  const link = subjectLinks[of];
  if (!link) return told(test, product, product, known) ?? untold;
  const relation = follow(link, product, known, ask);
  if (!relation || !haveRead(relation.refs, known, ask, false, product)) return 'pending';
  const verdicts = relation.refs.map((ref): Judgement => {
    const own = told(test, ref, product, known) ?? unreadable(ref, known);
    if (!holder || own === false) return own;
    const held = meetsAtHolder(holder, ref, product, known, ask);
    return own === true || held === false || held === 'pending' ? held : own;
  });
  if (verdicts.includes(true)) return true;
  if (verdicts.includes('pending')) return 'pending';
  if (relation.state.kind !== 'complete') return namingParts(parts, relation.state);
  return verdicts.find((verdict) => verdict !== false) ?? false;
}

function meetsAtHolder(test: Test, authorization: Key, product: Key, known: Known, ask: Fetches): Judgement {
  const relation = follow(holderOf, authorization, known, ask);
  if (!relation || !haveRead(relation.refs, known, ask, false, authorization)) return 'pending';
  const verdicts = relation.refs.map((ref) => told(test, ref, product, known) ?? unreadable(ref, known));
  if (verdicts.includes(true)) return true;
  if (relation.state.kind !== 'complete') return namingParts(['holder'], relation.state);
  return verdicts.find((verdict) => verdict !== false) ?? false;
}

/** Tests a product by all its records of several subjects together, such as packages and ingredients. */
function meetsAsWhole(
  { parts, with: subjects, test }: WholeRequirement,
  product: Key,
  known: Known,
  ask: Fetches,
): Judgement {
  const records = new Map<Subject, SubjectRecords>();
  let problem: State | undefined;
  for (const subject of subjects) {
    const found = recordsOf(subject, product, known, ask);
    if (!found) return 'pending';
    records.set(subject, found);
    problem ??= found.problem;
  }
  const reading = known.reading(product);
  if (!isHeld(reading)) return untold;
  const verdict = unlessOdd(() =>
    test(reading.resource as ResourceOf<'MedicinalProductDefinition'>, (subject) => {
      const found = records.get(subject);
      if (!found) throw new TypeError('A fact reads a subject that it does not declare.');
      return found;
    }),
  );
  return verdict ?? (problem ? namingParts(parts, problem) : untold);
}

function told(test: Test, key: Key, product: Key, known: Known): boolean | undefined {
  const [reading, above] = [known.reading(key), known.reading(product)];
  const verdict = unlessOdd(() =>
    test(isHeld(reading) ? reading.resource : undefined, key, isHeld(above) ? above.resource : undefined),
  );
  // If only the display of a reference is available, the record itself may have other names.
  return verdict === false && known.replacedAt(key) ? undefined : verdict;
}

/** Adds the names of the filter fields to the message of an UPSTREAM_UNSUPPORTED error. */
function namingParts(parts: readonly FilterPart[], state: State): State {
  if (state.kind !== 'failed' || state.error.code !== 'UPSTREAM_UNSUPPORTED') return state;
  const message = `${namesOf(parts)} cannot be applied: ${state.error.message}`;
  return { kind: 'failed', error: new PmsError('UPSTREAM_UNSUPPORTED', message, { cause: state.error }) };
}

/** Returns false if the record does not exist, and a state with the reason if it cannot be read. */
function unreadable(key: Key, known: Known): false | State {
  const reading = known.replacedAt(key) ?? known.reading(key);
  if (reading instanceof PmsError) return stateOf(reading);
  return isHeld(reading) ? untold : false;
}

/** Returns the names of filter fields, for messages. For a part of a field, the name of the field is returned. */
export function namesOf(parts: readonly FilterPart[]): string {
  const field = parts.map(filterFieldOf).find((each) => each !== undefined);
  return field === undefined ? parts.map((part) => `"filter.${part}"`).join(', ') : `"${field}"`;
}
