/**
 * Executes one operation. It prepares and plans the operation, fetches records in waves, builds the response and adds
 * the receipt.
 */
import {
  GraphQLError,
  TypeNameMetaFieldDef,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { isPmsError, PmsError } from '../../errors.js';
import { indexQuestion } from '../../catalogue/question/to-index.js';
import type { Catalogue, Receipt, Session } from '../../catalogue/catalogue.js';
import { explain } from '../../catalogue/explain.js';
import { createNextFetches, type NextFetches } from '../../catalogue/known/next-fetches.js';
import { untilAborted } from '../../network/signals.js';
import { defaultLanguage } from '../../terms/choice.js';
import type { Terms } from '../../terms/terms.js';
import { createAnswers, NotYetKnown } from './answers.js';
import type { Incomplete, Stale } from '../schema/rows.js';
import type { Context, ServiceFacts } from '../context.js';
import type { Cursors } from './cursor.js';
import type { Documents } from './documents.js';
import { createPreparer, type Prepared } from './prepare.js';
import { compileProjection, type Projected, type Projection } from './project.js';
import { isIntrospection, type Shape } from './shape.js';
import { viewOf } from '../schema/types/index.js';
import { AnswerTooLarge } from './written.js';

export interface Request {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Tags of the languages that the client prefers, in order of preference. Empty if the client states none. */
  readonly languages: readonly string[];
  /** Aborted if the client disconnects or the operation exceeds its deadline. */
  readonly signal?: AbortSignal;
  /** When the operation times out, in monotonic milliseconds. */
  readonly deadline?: number;
  /** The name of the client. The queue of upstream requests alternates between clients. @default 'anonymous' */
  readonly client?: string;
  /** Whether the response explains the query plan and its upstream requests. */
  readonly explain?: boolean;
}

export interface ExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly catalogue: Catalogue;
  /** Resolves when enough of the upstream's capabilities are known to execute operations. */
  readonly ready: () => Promise<void>;
  /** Resolves when all capabilities in the `service` field are known. @default resolves at once */
  readonly known?: () => Promise<void>;
  readonly cursors: Cursors;
  readonly terms: Terms;
  readonly baseUrl: string;
  readonly service: ServiceFacts;
  /** Whether errors may suggest names from the schema. @default false */
  readonly suggests?: boolean;
  /** Counts the memory of the code that is compiled from documents. */
  readonly documents?: Documents;
  /**
   * Called if a response needed a record that no wave has fetched. This is a fault of this service, not of the
   * request.
   */
  readonly onUnplanned?: (operationName: string | undefined) => void;
}

/** `extensions.upstream` of a response: its cost, its gaps and its stale parts. */
export interface UpstreamExtension extends Receipt {
  readonly incomplete: readonly Incomplete[];
  readonly stale: readonly Stale[];
  readonly plan?: ReturnType<typeof explain>;
}

/** A response with its age. */
export interface Executed extends ExecutionResult {
  /**
   * Milliseconds since the upstream sent the oldest cached response that was used. Undefined if no cached response
   * was used.
   */
  readonly ageMs?: number;
  /** Tags of the languages of the response's texts, as far as they are known. */
  readonly languages?: readonly string[];
  /**
   * Milliseconds for which this response may be returned again for the same request. Undefined if it is incomplete.
   */
  readonly keepMs?: number;
}

export interface Executor {
  execute(request: Request): Promise<Executed>;
  /**
   * Prepares an operation, and returns the number of upstream requests that it needs, 10,000 at most. Sends none.
   * Undefined if its variables or arguments are invalid.
   */
  costOf(request: Request): Promise<number | undefined>;
}

/** Collects the gaps and other notes for the extensions of the response. */
interface Notes {
  readonly incomplete: Incomplete[];
  readonly stale: Stale[];
  readonly languages: Set<string>;
}

function noNotes(): Notes {
  return { incomplete: [], stale: [], languages: new Set() };
}

/** Returns the language whose rules are used to sort names. */
function languageOf({ languages: [language = defaultLanguage] }: Request): string {
  return language;
}

/** The number of requests up to which the cost of an operation is computed. Planning more takes long. */
const mostReckoned = 10_000;

/** Maximum number of notes in one response. More notes would take megabytes. */
const maxNotes = 20_000;

function add<Note>(notes: Note[], note: Note): void {
  if (notes.length === maxNotes) throw new AnswerTooLarge();
  notes.push(note);
}

/**
 * Maximum number of times that one response is computed again because of missing records. Each time is logged, and
 * the loop must end.
 */
const maxUnplanned = 5;

export function createExecutor(options: ExecutorOptions): Executor {
  const { schema, catalogue, cursors, terms, baseUrl, service, onUnplanned } = options;
  const { suggests = false, documents } = options;
  const preparer = createPreparer(schema, cursors, { suggests, documents, terms });
  let isReady = false;
  // A projection exists as long as its shape. The size of the shape includes it.
  const projections = new WeakMap<Shape, Projection>();

  function projectionOf(shape: Shape): Projection {
    const projection = projections.get(shape) ?? compileProjection(schema, shape);
    projections.set(shape, projection);
    return projection;
  }

  /** No operation waits longer than its client does. A ready service stays ready, so later operations do not wait. */
  async function whenReady(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (isReady) return;
    await untilAborted(signal, options.ready);
    isReady = true;
  }

  async function openFor(prepared: Prepared, request: Request): Promise<Session> {
    const { selections, elements, shape } = prepared;
    const { signal, deadline, client } = request;
    await whenReady(signal);
    if (shape.showsAbilities) await untilAborted(signal, async () => options.known?.());
    return catalogue.prepare({ selections, elements, signal, deadline, client });
  }

  async function costOf(request: Request): Promise<number | undefined> {
    const { document, operation, variables } = request;
    try {
      const prepared = preparer.prepare(document, operation, variables, languageOf(request));
      projectionOf(prepared.shape);
      await whenReady(request.signal);
      const { selections, elements } = prepared;
      return catalogue.open({ selections, elements, budget: mostReckoned }).plan.need;
    } catch (error) {
      if (isPmsError(error) && error.code === 'UPSTREAM_BUDGET_EXCEEDED') return mostReckoned;
      if (error instanceof GraphQLError || isPmsError(error)) return undefined;
      throw error;
    }
  }

  async function execute(request: Request): Promise<Executed> {
    const { document, operation, variables } = request;
    const prepared = preparer.prepare(document, operation, variables, languageOf(request));
    const session = await openFor(prepared, request);
    const notes = noNotes();
    const answered = await answer(prepared, session, request, notes).catch((error: unknown) =>
      refused(error, request),
    );
    const [ageMs, freshMs] = [session.age(), session.freshMs()];
    const isWhole = !answered.errors && notes.incomplete.length === 0 && notes.stale.length === 0;
    return {
      ...(ageMs === undefined ? {} : { ageMs }),
      languages: [...notes.languages].sort(),
      ...(isWhole && isOfUpstream(prepared) && freshMs > 0 ? { keepMs: freshMs } : {}),
      ...answered,
      extensions: upstreamExtension(session, request, notes),
    };
  }

  async function answer(
    prepared: Prepared,
    session: Session,
    request: Request,
    notes: Notes,
  ): Promise<ExecutionResult> {
    await session.run();
    const { data, errors } = await project(prepared, session, request, notes);
    return { data, ...(errors.length > 0 ? { errors } : {}) };
  }

  async function project(
    prepared: Prepared,
    session: Session,
    request: Request,
    notes: Notes,
  ): Promise<Projected> {
    const projection = projectionOf(prepared.shape);
    for (let attempt = 0; ; attempt += 1) {
      const wanted = createNextFetches();
      notes.incomplete.length = 0;
      notes.stale.length = 0;
      notes.languages.clear();
      try {
        return projection(prepared, contextOf(session, request, wanted, notes));
      } catch (error) {
        if (!(error instanceof NotYetKnown) || attempt === maxUnplanned) throw error;
        onUnplanned?.(request.operation.name?.value);
        await session.loaders.load(wanted);
      }
    }
  }

  function contextOf(session: Session, { languages }: Request, wanted: NextFetches, notes: Notes): Context {
    const { known } = session;
    const note = (gap: Incomplete): void => add(notes.incomplete, gap);
    const noteStale = (stale: Stale): void => add(notes.stale, stale);
    const answers = createAnswers({ known, wanted, viewOf, cursors, note, noteStale });
    const noteLanguage = (tag: string): void => void notes.languages.add(tag);
    return { languages, noteLanguage, terms, baseUrl, answers, service };
  }

  return {
    execute: (request) => execute(request).catch((error: unknown) => refused(error, request)),
    costOf,
  };
}

/**
 * Whether all root fields concern the upstream. Facts about this service can change without a request. The schema
 * never changes. Changes are never answered again, because a client that asks for them again wants new ones.
 */
function isOfUpstream({ shape, inputs }: Prepared): boolean {
  return shape.fields.every((shaped) => {
    if (shaped.field === TypeNameMetaFieldDef || isIntrospection(shaped)) return true;
    const input = inputs[shaped.index];
    if (input?.kind !== 'link') return false;
    const { asked } = input.call.args;
    return asked === undefined || indexQuestion(asked)?.name !== 'changes';
  });
}

/** Returns the response to an operation that is refused as a whole: no data, and one error. */
export function refused(error: unknown, { signal }: Request): ExecutionResult {
  if (error instanceof GraphQLError) return { errors: [error] };
  const known = isPmsError(error) || !signal?.aborted ? error : timedOut(error);
  if (isPmsError(known)) return { errors: [new GraphQLError(known.message, { originalError: known })] };
  throw known;
}

/**
 * Returns the error for an exceeded deadline, which ends all calls of an operation. A disconnected client gets no
 * response.
 */
function timedOut(cause: unknown): PmsError {
  return new PmsError(
    'UPSTREAM_TIMEOUT',
    'The operation has reached its time limit. Request less data in one operation.',
    { cause },
  );
}

/**
 * Returns the cost of an operation. Every operation that was started has a cost, even if it failed or sent no
 * request.
 */
function upstreamExtension(
  session: Session,
  request: Request,
  { incomplete, stale }: Notes,
): { readonly upstream: UpstreamExtension } {
  const plan = request.explain ? { plan: explain(session) } : {};
  return {
    upstream: { ...session.receipt(), incomplete: distinct(incomplete), stale: outermost(stale), ...plan },
  };
}

function distinct(gaps: readonly Incomplete[]): readonly Incomplete[] {
  if (gaps.length < 2) return gaps;
  return [...new Map(gaps.map((gap) => [JSON.stringify(gap), gap])).values()];
}

/**
 * Returns each stale path once. A path is left out if it is below another path whose data are at least as old,
 * because an age applies to everything below its path.
 */
function outermost(all: readonly Stale[]): readonly Stale[] {
  if (all.length < 2) return all;
  const oldest = new Map<string, Stale>();
  for (const stale of all) {
    const at = keyOf(stale.path);
    if ((oldest.get(at)?.age ?? -1) < stale.age) oldest.set(at, stale);
  }
  return [...oldest.values()].filter(
    ({ path, age }) =>
      !path.some((_, length) => length > 0 && (oldest.get(keyOf(path.slice(0, length)))?.age ?? -1) >= age),
  );
}

function keyOf(path: Stale['path']): string {
  return JSON.stringify(path);
}
