/** Turns what is known into the values of fields: rows of a link as connection, list or single object. */
import type { Reference } from 'fhir/r5.js';
import { PmsError } from '../errors.js';
import { resolve } from '../catalogue/follow.js';
import { ROOT, type Key } from '../catalogue/key.js';
import { isHeld, type Known, type Origin, type Reading } from '../catalogue/known.js';
import { list, type Listed } from '../catalogue/list.js';
import { links } from '../catalogue/links.js';
import { isRoot } from '../catalogue/selection.js';
import { earlier, staleSince } from '../catalogue/stale.js';
import type { Wanted } from '../catalogue/wanted.js';
import { Connection } from './types/connection.js';
import type { ResourceView } from './types/resource-view.js';
import type { Cursors } from './cursor.js';
import type { Answers, Incomplete, LinkCall, Rows, Stale } from './rows.js';
import type { ViewOf } from './types/index.js';

/** Thrown when a field needs what was not fetched: the executor fetches it and answers again. */
export class NotYetKnown extends Error {
  override readonly name = 'NotYetKnown';
}

export interface AnswersOptions {
  readonly known: Known;
  /** Takes down what was not foreseen. */
  readonly wanted: () => Wanted;
  readonly viewOf: ViewOf;
  readonly cursors: Cursors;
  readonly note: (incomplete: Incomplete) => void;
  readonly noteStale: (stale: Stale) => void;
}

export function createAnswers(options: AnswersOptions): Answers {
  const { known, wanted, viewOf, cursors, note, noteStale } = options;
  const views = new Map<Key, ResourceView>();

  function view(key: Key): ResourceView | undefined {
    const before = views.get(key);
    if (before) return before;
    const reading = known.reading(key);
    if (!isHeld(reading)) return undefined;
    const made = viewOf(reading);
    views.set(key, made);
    return made;
  }

  function rows(call: LinkCall, parent: Key, path: () => readonly (string | number)[]): Rows<ResourceView> {
    const listed = (): Listed => {
      if (call.refusal) throw call.refusal;
      const found = list(call.link, parent, call.args, known, wanted());
      if (!found) throw new NotYetKnown();
      return found;
    };
    const viewsOf = ({ refs }: Listed): ResourceView[] => {
      const found: ResourceView[] = [];
      for (const ref of refs) {
        const made = view(ref);
        if (made) found.push(made);
      }
      return found;
    };
    const tellCut = ({ state }: Listed): void => {
      if (state.kind === 'cut') note({ path: path(), reason: state.reason });
    };
    const tellDangling = ({ dangling }: Listed): void => {
      for (const reference of dangling) note({ path: path(), reason: 'DANGLING_REFERENCE', reference });
    };
    const tellStale = (refs: readonly Key[], listSince?: Date, reference?: Key): void => {
      const since = earlier(listSince, known.holdsStale ? staleOf(refs) : undefined);
      if (!since) return;
      const age = Math.max(0, Math.floor((Date.now() - since.getTime()) / 1_000));
      noteStale({ path: path(), age, ...(reference === undefined ? {} : { reference }) });
    };
    const staleOf = (refs: readonly Key[]): Date | undefined =>
      staleSince(refs.map((ref) => originOf(known.reading(ref))));
    const whole = (): Listed => {
      const found = listed();
      if (found.state.kind === 'failed') throw found.state.error;
      if (found.state.kind === 'complete') return found;
      tellCut(found);
      throw new PmsError('UPSTREAM_INCOMPLETE', 'The upstream’s list could not be read to its end.');
    };

    /** What a reference leads to: null where that is no business of this link, 'dangling', and told, where it is nothing. */
    const targetOf = (reference: Reference, isOnly: boolean): ResourceView | 'dangling' | null => {
      const link = isRoot(call.link) ? undefined : links[call.link];
      if (link?.kind !== 'forward') throw new TypeError('only a forward link follows references');
      const listed = list(call.link, parent, call.args, known, wanted());
      const resolved = resolve(reference, link, parent, known, wanted());
      if (!listed || !resolved) throw new NotYetKnown();
      if (resolved.key === undefined && resolved.unresolved === undefined) return null;
      const reading = resolved.key === undefined ? 'absent' : known.reading(resolved.key);
      // A link that has failed as a whole asks for nothing more.
      if (reading === undefined)
        throw listed.state.kind === 'failed' ? listed.state.error : new NotYetKnown();
      if (reading instanceof PmsError) throw reading;
      const found = resolved.key === undefined ? undefined : view(resolved.key);
      if (resolved.key !== undefined) tellStale([resolved.key], undefined, isOnly ? resolved.key : undefined);
      if (found) return found;
      const named = reference.reference ?? resolved.unresolved ?? '';
      note({ path: path(), reason: 'DANGLING_REFERENCE', reference: named });
      return 'dangling';
    };

    return {
      connection() {
        const found = listed();
        if (found.state.kind === 'failed') throw found.state.error;
        tellCut(found);
        tellDangling(found);
        tellStale(found.refs, found.staleSince);
        return connectionOf(found, call, parent, viewsOf(found), cursors);
      },
      list() {
        const found = whole();
        tellDangling(found);
        tellStale(found.refs, found.staleSince);
        return viewsOf(found);
      },
      one() {
        const found = whole();
        const [ref] = found.refs;
        tellStale(found.refs.slice(0, 1), found.staleSince, ref);
        const [first] = viewsOf(found);
        if (first) return first;
        if (found.dangling.length === 0 || call.link === 'resources') return null;
        tellDangling(found);
        throw dangling();
      },
      referred(reference) {
        if (!reference) return null;
        const found = targetOf(reference, true);
        if (found === 'dangling') throw dangling();
        return found;
      },
      those: (references) =>
        references.flatMap((reference) => {
          const found = targetOf(reference, false);
          return found === 'dangling' || found === null ? [] : [found];
        }),
      lookups() {
        const found = listed();
        if (found.state.kind === 'failed') throw found.state.error;
        tellCut(found);
        tellStale(found.refs, found.staleSince);
        return (found.lookups ?? []).map(({ term, kind, matches }) => ({
          term,
          kind,
          matches: matches.map(({ product, how, value }) => ({ product: view(product) ?? null, how, value })),
        }));
      },
      each() {
        const { refs } = listed();
        tellStale(refs);
        return (call.args.keys ?? []).map((key) => {
          const reading = known.reading(key);
          return reading instanceof PmsError ? reading : (view(key) ?? null);
        });
      },
    };
  }

  return { rows };
}

function originOf(reading: Reading | undefined): Origin | null {
  return isHeld(reading) ? reading.origin : null;
}

function dangling(): PmsError {
  return new PmsError(
    'DANGLING_REFERENCE',
    'What the record refers to does not exist upstream, or is named in no way that can be looked up.',
  );
}

function connectionOf(
  found: Listed,
  { args, scope }: LinkCall,
  parent: Key,
  views: readonly ResourceView[],
  cursors: Cursors,
): Connection<ResourceView> {
  const isCut = found.state.kind === 'cut';
  // From a list with gaps one goes on at its start: rows may come again, none is passed over.
  const start = args.after?.last ?? '';
  const placeAt = (index: number): unknown => {
    if (parent === ROOT) return found.positions?.[index];
    return { parent, last: isCut ? start : found.refs[index] };
  };
  const cursorAt = (index: number): string => cursors.seal(scope, placeAt(index));
  const end = views.length - 1;
  const endCursor = (): string | null => {
    if (end >= 0) return cursorAt(end);
    return isCut && parent !== ROOT ? cursors.seal(scope, { parent, last: start }) : null;
  };
  return new Connection(views, cursorAt, {
    hasNextPage: found.hasNext,
    hasPreviousPage: args.after !== undefined || args.search?.after !== undefined,
    complete: !isCut,
    startCursor: () => (end >= 0 ? cursorAt(0) : null),
    endCursor,
    totalCount: found.total,
  });
}
