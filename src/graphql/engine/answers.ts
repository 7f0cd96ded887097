/**
 * Computes the values of fields from the records in `Known`: the rows of a link as a connection, a list or a single
 * object.
 */
import type { Reference } from 'fhir/r5.js';
import { PmsError } from '../../errors.js';
import { resolve } from '../../catalogue/known/follow.js';
import { markOf, ROOT, typeOf, type Key } from '../../catalogue/graph/key.js';
import { isHeld, type Known, type Origin, type Reading } from '../../catalogue/known/known.js';
import { list, type Listed } from '../../catalogue/waves/list.js';
import { waysFrom } from '../../catalogue/graph/link.js';
import { links } from '../../catalogue/graph/links.js';
import { Spent } from '../../catalogue/profiles/ledger.js';
import { type CutReason, type State, earlier, staleSince } from '../../catalogue/graph/relation.js';
import { isRoot, type Position } from '../../catalogue/question/selection.js';
import type { NextFetches } from '../../catalogue/known/next-fetches.js';
import { Connection, type ConnectionPlace } from '../schema/types/connection.js';
import type { ResourceView } from '../schema/types/resource-view.js';
import type { Cursors } from './cursor.js';
import type {
  Answers,
  CalledRows,
  Incomplete,
  LinkCall,
  Rows,
  Stale,
  TermRow,
  ValueRows,
} from '../schema/rows.js';
import type { ViewOf } from '../schema/types/index.js';

/**
 * Thrown if a field needs a record that no wave has fetched. The executor fetches the record and computes the
 * response again.
 */
export class NotYetKnown extends Error {
  override readonly name = 'NotYetKnown';
}

export interface AnswersOptions {
  readonly known: Known;
  /** Collects records that are needed but that no wave fetched. */
  readonly wanted: NextFetches;
  readonly viewOf: ViewOf;
  readonly cursors: Cursors;
  readonly note: (incomplete: Incomplete) => void;
  readonly noteStale: (stale: Stale) => void;
}

export function createAnswers(options: AnswersOptions): Answers {
  const { known, viewOf } = options;
  const views = new Map<Key, ResourceView>();
  const view = (key: Key): ResourceView | undefined => {
    const before = views.get(key);
    if (before) return before;
    const reading = known.reading(key);
    if (!isHeld(reading)) return undefined;
    const made = viewOf(reading);
    views.set(key, made);
    return made;
  };
  const desk: Desk = { ...options, view };
  return { rows: (call, parent, path) => new LinkRows(desk, call, parent, path) };
}

/** The objects that all rows of one response share. */
interface Desk extends AnswersOptions {
  /**
   * Returns the view of a record, which gives its fields. It is the same object for every path that leads to the
   * record.
   */
  readonly view: (key: Key) => ResourceView | undefined;
}

/** The rows of a link from one record. This is a class, so that its methods are created once and not for each row. */
class LinkRows implements Rows<ResourceView> {
  constructor(
    private readonly desk: Desk,
    private readonly call: LinkCall,
    private readonly parent: Key,
    private readonly path: () => readonly (string | number)[],
  ) {}

  connection(): Connection<ResourceView> {
    const found = this.listed();
    if (found.state.kind === 'failed') throw found.state.error;
    this.tellCut(found);
    this.tellDangling(found);
    this.tellStale(found.refs, found.staleSince);
    const views = this.viewsOf(found);
    return new Connection(views, new Place(found, this.call, this.parent, views.length, this.desk.cursors));
  }

  list(): readonly ResourceView[] {
    const found = this.whole();
    this.tellDangling(found);
    this.tellStale(found.refs, found.staleSince);
    // If none of the referenced records exists, that is an error, not an empty list.
    if (found.isAllDangling) throw dangling();
    return this.viewsOf(found);
  }

  all(): readonly ResourceView[] {
    const found = this.whole();
    this.tellDangling(found);
    this.tellStale(found.refs, found.staleSince);
    if (found.dangling.length > 0) throw dangling();
    return this.viewsOf(found);
  }

  one(): ResourceView | null {
    const found = this.whole();
    const [ref] = found.refs;
    this.tellStale(found.refs.slice(0, 1), found.staleSince, ref);
    const [first] = this.viewsOf(found);
    if (first) return first;
    if (found.dangling.length === 0 || this.call.link === 'resources') return null;
    this.tellDangling(found);
    throw dangling();
  }

  referred(reference: Reference | undefined): ResourceView | null {
    if (!reference) return null;
    const found = this.targetOf(reference, true);
    if (found === 'dangling') throw dangling();
    return found;
  }

  those(references: readonly Reference[]): readonly ResourceView[] {
    return references.flatMap((reference) => {
      const found = this.targetOf(reference, false);
      return found === 'dangling' || found === null ? [] : [found];
    });
  }

  called(): CalledRows<ResourceView> {
    const found = this.listed();
    if (found.state.kind === 'failed') throw found.state.error;
    this.tellCut(found);
    this.tellStale(found.refs, found.staleSince);
    const { matches = [], folded = [], products = 0, didYouMean = [] } = found.called ?? {};
    const nodes = found.refs.flatMap((ref) => this.desk.view(ref) ?? []);
    return {
      nodes,
      matches,
      folded: folded.map((keys) => keys.flatMap((key) => this.desk.view(key) ?? [])),
      products,
      didYouMean,
      place: new Place(found, this.call, this.parent, nodes.length, this.desk.cursors),
    };
  }

  lookups(): readonly TermRow<ResourceView>[] {
    const found = this.listed();
    if (found.state.kind === 'failed') throw found.state.error;
    this.tellCut(found);
    this.tellStale(found.refs, found.staleSince);
    return (found.lookups ?? []).map(({ term, kind, matches }) => ({
      term,
      kind,
      matches: matches.map(({ product, package: pack, how, value }) => ({
        product: this.desk.view(product) ?? null,
        package: (pack === undefined ? undefined : this.desk.view(pack)) ?? null,
        how,
        value,
      })),
    }));
  }

  page<Value>(): ValueRows<Value, ResourceView> {
    const found = this.listed();
    if (found.state.kind === 'failed') throw found.state.error;
    this.tellCut(found);
    this.tellStale(found.refs, found.staleSince);
    const values = (found.values ?? []) as readonly Value[];
    return {
      values,
      place: new Place(found, this.call, this.parent, values.length, this.desk.cursors),
      recordOf: (index) => this.desk.view(found.refs[index] ?? '') ?? null,
    };
  }

  value<Value>(): Value | null {
    const found = this.listed();
    if (found.state.kind === 'failed') throw found.state.error;
    const [value] = (found.values ?? []) as readonly Value[];
    this.tellStale([], found.staleSince);
    if (value !== undefined || found.state.kind === 'complete') return value ?? null;
    this.tellCut(found);
    throw new PmsError('UPSTREAM_INCOMPLETE', messageOf(found.state));
  }

  each(): readonly (ResourceView | PmsError | null)[] {
    const { refs } = this.listed();
    this.tellStale(refs);
    return (this.call.args.keys ?? []).map((key) => {
      const reading = this.desk.known.reading(key);
      const made = reading instanceof PmsError ? undefined : this.desk.view(key);
      if (made) this.tellReplaced(key, made);
      return reading instanceof PmsError ? reading : (made ?? null);
    });
  }

  private listed(): Listed {
    const { call, desk } = this;
    if (call.refusal) throw call.refusal;
    const found = list(call.link, this.parent, call.args, desk.known, desk.wanted);
    if (!found) throw new NotYetKnown();
    return found;
  }

  private whole(): Listed {
    const found = this.listed();
    if (found.state.kind === 'failed') throw found.state.error;
    if (found.state.kind === 'complete') return found;
    this.tellCut(found);
    throw new PmsError('UPSTREAM_INCOMPLETE', messageOf(found.state));
  }

  private viewsOf({ refs }: Listed): ResourceView[] {
    const found: ResourceView[] = [];
    for (const ref of refs) {
      const made = this.desk.view(ref);
      if (!made) continue;
      found.push(made);
      this.tellReplaced(ref, made);
    }
    return found;
  }

  /** Records that a record could not be read, so that the response contains only its name. */
  private tellReplaced(key: Key, { origin }: ResourceView): void {
    const failure = origin ? undefined : this.desk.known.replacedAt(key);
    if (failure) this.desk.note({ path: this.path(), reason: reasonOf(failure), reference: key });
  }

  private tellCut({ state }: Listed): void {
    if (state.kind !== 'cut') return;
    const { reason, record, count, message } = state;
    this.desk.note({
      path: this.path(),
      reason,
      ...(record === undefined ? {} : { reference: record }),
      ...(count === undefined ? {} : { count }),
      ...(message === undefined ? {} : { message }),
    });
  }

  private tellDangling({ dangling }: Listed): void {
    for (const reference of dangling)
      this.desk.note({ path: this.path(), reason: 'DANGLING_REFERENCE', reference });
  }

  private tellStale(refs: readonly Key[], listSince?: Date, reference?: Key): void {
    const { known } = this.desk;
    const since = earlier(listSince, known.holdsStale ? this.staleOf(refs) : undefined);
    if (!since) return;
    const age = Math.max(0, Math.floor((Date.now() - since.getTime()) / 1_000));
    this.desk.noteStale({ path: this.path(), age, ...(reference === undefined ? {} : { reference }) });
  }

  private staleOf(refs: readonly Key[]): Date | undefined {
    return staleSince(refs.map((ref) => originOf(this.desk.known.reading(ref))));
  }

  /**
   * Returns the target of a reference. Null if the reference belongs to another link; 'dangling' if the target does
   * not exist, which is also reported in the response.
   */
  private targetOf(reference: Reference, isOnly: boolean): ResourceView | 'dangling' | null {
    const { call, parent } = this;
    const { known, wanted, view } = this.desk;
    if (isRoot(call.link)) throw new TypeError('Only a link follows references.');
    const link = waysFrom(links[call.link], typeOf(parent)).find((way) => way.kind === 'forward');
    // A link may start from resources of several types, and be a reference in only one of them.
    if (!link) return null;
    const listed = list(call.link, parent, call.args, known, wanted);
    const resolved = resolve(reference, link, parent, known, wanted);
    if (!listed || !resolved) throw new NotYetKnown();
    if (resolved.key === undefined && resolved.unresolved === undefined) return null;
    const reading = resolved.key === undefined ? 'absent' : known.reading(resolved.key);
    // If the link failed as a whole, no record is fetched for it.
    if (reading === undefined) throw listed.state.kind === 'failed' ? listed.state.error : new NotYetKnown();
    if (reading instanceof PmsError) throw reading;
    const found = resolved.key === undefined ? undefined : view(resolved.key);
    if (resolved.key !== undefined)
      this.tellStale([resolved.key], undefined, isOnly ? resolved.key : undefined);
    if (found && resolved.key !== undefined) this.tellReplaced(resolved.key, found);
    if (found) return found;
    const named = reference.reference ?? resolved.unresolved ?? '';
    this.desk.note({ path: this.path(), reason: 'DANGLING_REFERENCE', reference: named });
    return 'dangling';
  }
}

function originOf(reading: Reading | undefined): Origin | null {
  return isHeld(reading) ? reading.origin : null;
}

function reasonOf({ cause }: PmsError): CutReason {
  return cause instanceof Spent ? cause.reason : 'PAGE_FAILED';
}

function messageOf({ reason, record }: State & { readonly kind: 'cut' }): string {
  if (reason === 'NOT_TOLD')
    return 'The list may be incomplete: some records do not state whether they meet its arguments.';
  if (reason === 'NOT_ALL_HELD')
    return 'The list may be incomplete: the index does not contain all products of the upstream. `service { coverage }` states how many it contains.';
  if (reason === 'UNREADABLE_ENTRIES')
    return `The upstream’s list may be incomplete: ${record ?? 'an entry'} cannot be read, has no valid FHIR id, or has no reference to its parent record.`;
  return 'The upstream’s list could not be read completely.';
}

function dangling(): PmsError {
  return new PmsError(
    'DANGLING_REFERENCE',
    'The record has a reference that does not say which record it means, or that points to a record that does not exist upstream.',
  );
}

/** The cursors of the rows of a connection, computed from their positions in the list. */
class Place implements ConnectionPlace {
  constructor(
    private readonly found: Listed,
    private readonly call: LinkCall,
    private readonly parent: Key,
    private readonly rows: number,
    private readonly cursors: Cursors,
  ) {}

  get hasNextPage(): boolean {
    return this.found.hasNext;
  }

  get hasPreviousPage(): boolean {
    const { after, search, asked } = this.call.args;
    return [after, search?.after, asked?.args['after']].some((place) => place !== undefined);
  }

  get complete(): boolean {
    return this.found.state.kind !== 'cut';
  }

  get startCursor(): string | null {
    return this.rows > 0 ? this.cursorOf(0) : null;
  }

  get endCursor(): string | null {
    if (this.rows > 0) return this.cursorOf(this.rows - 1);
    return this.parent === ROOT || this.found.again === undefined ? null : this.again;
  }

  get totalCount(): number | null {
    return this.found.total;
  }

  cursorOf(index: number): string {
    const { parent, found } = this;
    if (found.places) return this.seal(found.places[index]);
    const position = found.positions?.[index];
    if (position)
      return this.sealPosition(parent === ROOT ? position : { ...position, parent: markOf(parent) });
    if (found.again !== undefined) return this.again;
    return this.seal({ parent: markOf(parent), last: markOf(found.refs[index] ?? '') });
  }

  /**
   * The cursor of a list that is incomplete now. Its next page starts again at the beginning of this page: rows may
   * be repeated, but none is skipped.
   */
  private get again(): string {
    const { parent, found, call } = this;
    return this.seal({ parent: markOf(parent), last: call.args.after?.last ?? '', shown: found.again });
  }

  /**
   * Returns the cursor of a position. If it is too long, it is shortened in two steps. First the upstream's link is
   * left out, so that the position must be found by reading the rows again. Then a long id is replaced by its hash,
   * and the sort key is left out, so that the position is found only by its row.
   */
  private sealPosition(position: Position): string {
    const unlinked = { ...position, brings: '', link: '', skip: 0 };
    return this.seal(position, unlinked, { ...unlinked, last: markOf(position.last), order: undefined });
  }

  private seal(...places: readonly unknown[]): string {
    return this.cursors.seal(this.call.scope, ...places);
  }
}
