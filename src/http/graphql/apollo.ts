/** Sets up Apollo Server. The executor of this service is its gateway. */
import { ApolloServer, type ApolloServerOptionsWithGateway, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { RequestContext } from './graphql-route.js';
import { isLasting } from '../../catalogue/graph/relation.js';
import type { Log } from '../../log.js';
import type { Metrics, Operated } from '../../metrics.js';
import { startDeadline } from '../../network/signals.js';
import { createTurns, type Turns } from './turns.js';
import type { Executed, Executor, Request, UpstreamExtension } from '../../graphql/engine/execute.js';
import type { Documents } from '../../graphql/engine/documents.js';
import type { Persisted } from '../../graphql/persisted/persisted.js';
import type { KeptAnswers } from '../../graphql/engine/kept-answers.js';
import { AnswerTooLarge, isTooLarge, stringifyAnswer, Written } from '../../graphql/engine/written.js';
import { formatError, mostErrors } from '../../graphql/format-error.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly documents: Documents;
  readonly persisted: Persisted;
  readonly introspection: boolean;
  /** Maximum number of milliseconds for one operation. */
  readonly deadlineMs: number;
  /** Whether `extensions.upstream` has the cost of an operation, or only its gaps and its stale parts. */
  readonly receipt: 'full' | 'gaps';
  /** The cache of whole responses. Undefined if caching is off. */
  readonly kept: KeptAnswers | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Maximum number of tokens of a document. The parser refuses longer documents. */
export const maxTokens = 2_000;

export async function startApollo(options: ApolloOptions): Promise<ApolloServer<RequestContext>> {
  const { introspection, documents, persisted, metrics, log } = options;
  const turns = createTurns();
  const apollo = new ApolloServer<RequestContext>({
    gateway: gatewayOf(options, turns),
    apollo: nobodys,
    introspection,
    includeStacktraceInErrorResponses: false,
    documentStore: documents.store,
    persistedQueries: { cache: cacheOf(persisted) },
    parseOptions: { maxTokens },
    validationOptions: { maxErrors: mostErrors },
    hideSchemaDetailsFromClientErrors: !introspection,
    stringifyResult(answer) {
      const text = stringifyAnswer(answer);
      if (!isTooLarge(text)) return text;
      const { code, message } = new AnswerTooLarge();
      metrics.failed(code);
      return JSON.stringify({ errors: [{ message, extensions: { code } }], extensions: costOf(answer) });
    },
    // Apollo's CSRF prevention is off, because the HTTP layer has its own, which passes the audit of GraphQL over HTTP.
    csrfPrevention: false,
    stopOnTerminationSignals: false,
    status400ForVariableCoercionErrors: true,
    logger: quiet,
    formatError(formatted, error) {
      const told = formatError(formatted, error, (unknown) => log.error('field.failed', { error: unknown }));
      metrics.failed(told.extensions.code);
      return told;
    },
    // No plugin computes cache hints, because that would reduce the throughput by a quarter.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ...reportsToNobody,
      noticesDocuments,
      takesTurns(turns),
      tellsLimitAlone,
    ],
  });
  await apollo.start();
  return apollo;
}

type QueryCache = Exclude<ApolloServerOptionsWithGateway<RequestContext>['cache'], 'bounded' | undefined>;

/** Returns the store of persisted documents in the form that Apollo Server wants. It puts `apq:` before each id. */
function cacheOf({ textOf, register }: Persisted): QueryCache {
  const idIn = (key: string): string => key.slice(key.indexOf(':') + 1);
  return {
    get: (key) => textOf(idIn(key)),
    set: (key, text) => register(idIn(key), text),
    // Apollo Server deletes nothing.
    delete: async () => false,
  };
}

/**
 * Replaces the values that Apollo Server would read from the environment (`APOLLO_KEY`, `APOLLO_GRAPH_REF`,
 * `APOLLO_GRAPH_ID`, `APOLLO_GRAPH_VARIANT`). With a key, it would send documents to a third party. With two names
 * for a graph, it would not start.
 */
const nobodys = { key: 'none', graphRef: 'none', graphId: '', graphVariant: '' } as const;

/** Data of clients are sent to the upstream only, whatever the environment contains. */
const reportsToNobody = [
  ApolloServerPluginUsageReportingDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
];

type Gateway = ApolloServerOptionsWithGateway<RequestContext>['gateway'];

function gatewayOf(options: ApolloOptions, turns: Turns): Gateway {
  const { schema, executor, deadlineMs, kept, metrics } = options;
  return {
    onSchemaLoadOrUpdate(listener) {
      listener({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    async load() {
      const execute = async (question: Request, stay: AbortController): Promise<Executed> => {
        const deadline = startDeadline(stay, deadlineMs);
        const executed = await executor
          .execute({ ...question, signal: stay.signal, deadline: deadline.at })
          .finally(deadline.end);
        return kept?.keep(question, executed) ?? executed;
      };
      return {
        executor: async ({ document, operation, request, context }) => {
          // Apollo Server expects this error, and adds its code.
          if (!operation) {
            const message = request.operationName
              ? 'The document has no operation with the name in "operationName".'
              : 'The document has several operations. Name the one to run in "operationName".';
            return { errors: [new GraphQLError(message)] };
          }
          const { languages, client, stay, explain, noticed } = context as RequestContext;
          const variables = request.variables ?? {};
          const question = { document, operation, variables, languages, client, explain };
          const began = performance.now();
          if (isIntrospective(document)) await turns();
          const before = kept?.find(question);
          const answer = before ?? (await execute(question, stay));
          const { ageMs, errors, extensions } = answer;
          const data = writtenIn(answer);
          const result: ExecutionResult = {
            ...(errors && { errors }),
            ...(data !== undefined && { data }),
            ...(extensions && { extensions }),
          };
          noticed.ageMs = ageMs;
          noticed.languages = answer.languages;
          if ((data as unknown) instanceof Written) noticed.data = data as never;
          if (!explain) noticed.freshMs = reusableMs(answer);
          const isKept = before !== undefined;
          const operated = { ...operatedOf(result, performance.now() - began), isKept };
          // The client has disconnected and reads no response, so the operation does not count as failed.
          if (hasLeft(stay)) {
            metrics.operated({ ...operated, outcome: 'abandoned' });
            return { data: null } as never;
          }
          metrics.operated(operated);
          if (extensions && options.receipt === 'gaps' && !explain) result.extensions = gapsAlone(extensions);
          return result as never;
        },
      };
    },
    async stop() {
      // There is nothing to close.
    },
  };
}

type Extensions = NonNullable<ExecutionResult['extensions']>;

/** Leaves out the cost of an operation. What is missing, and what is stale, is always sent. */
function gapsAlone(extensions: Extensions): Extensions {
  const { incomplete, stale } = extensions['upstream'] as UpstreamExtension;
  return { ...extensions, upstream: { incomplete, stale } };
}

/** Returns the data of a response, as text if there are no errors. */
function writtenIn({ data, errors }: Executed): Executed['data'] {
  const isAsItIs = !data || errors !== undefined || (data as unknown) instanceof Written;
  return isAsItIs ? data : (new Written(JSON.stringify(data)) as never);
}

/**
 * Returns the milliseconds for which clients and proxies may reuse a response. Undefined if another request may give a
 * better response: after errors, and after gaps that may be temporary.
 */
function reusableMs({ errors, extensions, keepMs = 0 }: Executed): number | undefined {
  const { incomplete = [] } = (extensions?.['upstream'] ?? {}) as Partial<UpstreamExtension>;
  return errors || !incomplete.every(({ reason }) => isLasting(reason)) ? undefined : keepMs;
}

/**
 * Whether the client has disconnected. When the deadline passes, the signal is aborted with another reason, a
 * TimeoutError.
 */
function hasLeft({ signal: { aborted, reason } }: AbortController): boolean {
  return aborted && (reason as Error).name !== 'TimeoutError';
}

/** Returns the cost of a response whose data are not sent. Its upstream requests were sent nevertheless. */
function costOf({ extensions }: Pick<ExecutionResult, 'extensions'>): ExecutionResult['extensions'] {
  const upstream = extensions?.['upstream'];
  return upstream ? { upstream: { ...upstream, incomplete: [], stale: [] } } : undefined;
}

function operatedOf({ data, errors, extensions }: ExecutionResult, ms: number): Omit<Operated, 'isKept'> {
  const {
    requests = 0,
    cacheHits = 0,
    incomplete = [],
    stale = [],
  } = (extensions?.['upstream'] ?? {}) as Partial<UpstreamExtension>;
  return {
    outcome: data ? (errors ? 'partial' : 'whole') : 'refused',
    seconds: ms / 1_000,
    requests,
    cacheHits,
    isIncomplete: incomplete.length > 0,
    isStale: stale.length > 0,
  };
}

/**
 * Records that the request contained a document. A refused operation has another HTTP status than an invalid request.
 */
const noticesDocuments: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveSource({ contextValue }) {
        contextValue.noticed.hasDocument = true;
      },
    };
  },
};

/**
 * Parses long documents one after the other. Parsing and validating a long document that is not cached takes
 * milliseconds.
 */
function takesTurns(turns: Turns): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async parsingDidStart({ source }) {
          if (source.length > longDocument) await turns();
        },
      };
    },
  };
}

/** Minimum number of characters of a long document. */
const longDocument = 2_000;

/** Whether the document may be an introspection of the schema, which has a long response. */
function isIntrospective({ loc }: DocumentNode): boolean {
  const text = loc?.source.body ?? '';
  return text.includes('__schema') || text.includes('__type(');
}

/** If a limit was exceeded, sends only this error. The other errors are an incomplete list, and would hide it. */
const tellsLimitAlone: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response: { body } }) {
        if (body.kind !== 'single' || body.singleResult.data) return;
        const limit = body.singleResult.errors?.find(
          ({ extensions }) => extensions?.['code'] === 'QUERY_TOO_COMPLEX',
        );
        if (limit) body.singleResult.errors = [limit];
      },
    };
  },
};

const ignore = (): void => undefined;
/** Turns off Apollo Server's log, because it quotes documents and variables. This service logs failures itself. */
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
