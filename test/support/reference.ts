/**
 * Executes operations with graphql-js and the loaders, field by field. Tests compare the executor with this reference. Both share
 * preparation and views, but not the plan, the waves and the projection.
 */
import {
  defaultFieldResolver,
  execute,
  responsePathAsArray,
  type ExecutionResult,
  type GraphQLFieldResolver,
} from 'graphql';
import type { Session } from '../../src/catalogue/catalogue.js';
import { ROOT } from '../../src/catalogue/graph/key.js';
import { createNextFetches } from '../../src/catalogue/known/next-fetches.js';
import { isRoot } from '../../src/catalogue/question/selection.js';
import { list } from '../../src/catalogue/waves/list.js';
import type { Context } from '../../src/graphql/context.js';
import { createAnswers } from '../../src/graphql/engine/answers.js';
import { refused, type ExecutorOptions, type Request } from '../../src/graphql/engine/execute.js';
import { createPreparer, type Prepared } from '../../src/graphql/engine/prepare.js';
import { placesIn } from '../../src/graphql/engine/shape.js';
import { extensionsOf } from '../../src/graphql/schema/field.js';
import type { LinkCall } from '../../src/graphql/schema/rows.js';
import { parentKey } from '../../src/graphql/schema/schema.js';
import { viewOf } from '../../src/graphql/schema/types/index.js';

/** @param options options of the executor to compare with */
export function createReference(options: ExecutorOptions): (request: Request) => Promise<ExecutionResult> {
  const { schema, catalogue, cursors, terms, baseUrl, service, suggests = false, documents } = options;
  const preparer = createPreparer(schema, cursors, { suggests, documents, terms });

  async function answer(request: Request): Promise<ExecutionResult> {
    const { document, operation, variables, languages } = request;
    const prepared = preparer.prepare(document, operation, variables, languages[0] ?? 'en');
    await options.ready();
    const session = catalogue.open(prepared);
    const nothing = (): void => {};
    const answers = createAnswers({
      known: session.known,
      wanted: createNextFetches(),
      viewOf,
      cursors,
      note: nothing,
      noteStale: nothing,
    });
    const context: Context = { languages, noteLanguage: nothing, terms, baseUrl, answers, service };
    return execute({
      schema,
      document,
      operationName: operation.name?.value,
      variableValues: variables,
      contextValue: context,
      fieldResolver: resolverOf(session, callsOf(prepared)),
    });
  }

  return (request) => answer(request).catch((error: unknown) => refused(error, request));
}

function resolverOf(
  session: Session,
  calls: ReadonlyMap<string, LinkCall>,
): GraphQLFieldResolver<unknown, Context> {
  return async (parent, args, context, info) => {
    const field = info.parentType.getFields()[info.fieldName];
    const { fromRows, fromContext, from = parentKey } = field ? extensionsOf(field) : {};
    if (fromContext) return fromContext(context, args);
    if (!fromRows) return defaultFieldResolver(parent, args, context, info);
    const path = responsePathAsArray(info.path);
    const call = calls.get(shapePath(path, info.parentType.name));
    if (!call) throw new TypeError(`no call was prepared for ${path.join('.')}`);
    const key = from(parent as never);
    await settle(session, call, key);
    return fromRows(context.answers.rows(call, key, () => path) as never, parent as never, context, args);
  };
}

/** Loads the records that the list of a link needs, step by step. */
async function settle(session: Session, call: LinkCall, parent: string): Promise<void> {
  // A parent without a record has no links, apart from the root.
  if (call.refusal || (parent === ROOT && !isRoot(call.link))) return;
  for (;;) {
    const wanted = createNextFetches();
    // Loads as much as the waves, which also load the fields below.
    if (list(call.link, parent, call.args, session.known, wanted, true)) return;
    await session.loaders.load(wanted);
  }
}

/** Returns the links of an operation's fields, by their `shapePath`. */
function callsOf({ shape, inputs }: Prepared): ReadonlyMap<string, LinkCall> {
  return new Map(
    [...placesIn(shape.fields)].flatMap(({ field, path }): readonly [string, LinkCall][] => {
      const input = inputs[field.index];
      return input?.kind === 'link' ? [[shapePath(path, field.parentType.name), input.call]] : [];
    }),
  );
}

/**
 * Identifies the field of a document that a response path belongs to: the keys of the path without indexes, and the parent type.
 */
function shapePath(path: readonly (string | number)[], type: string): string {
  return `${path.filter((step) => typeof step === 'string').join('.')} ${type}`;
}
