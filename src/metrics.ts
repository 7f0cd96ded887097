/** Collects metrics for Prometheus. Label values come from this service, never from a client. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { isPmsError, type ErrorCode } from './errors.js';
import type { Send } from './fhir/http.js';

export interface Metrics {
  readonly contentType: string;
  /** Returns the metrics in Prometheus' text format. */
  text(): Promise<string>;
  /** Adds Node's own metrics: memory, event loop, garbage collection. Called once in a process. */
  watchProcess(): void;
  /**
   * Adds a metric.
   * @param read returns the metric's value; called at each scrape
   */
  watch(name: Watched, read: () => number): void;
  /** Sets the program version and the kind of upstream that the metrics report. */
  describe(version: string, upstream: 'sandbox' | 'fhir'): void;
  answered(route: HttpRoute, status: number, seconds: number): void;
  operated(operation: Operated): void;
  failed(code: ErrorCode): void;
  /** Counts a connection that the service closed because the client did not read its response. */
  cut(): void;
  /** Wraps `send` so that its requests are counted. */
  countSends(send: Send): Send;
  /** Wraps `send` so that responses from cached copies are counted. */
  countCopies(send: Send): Send;
}

export type HttpRoute = 'graphql' | 'graphiql' | 'health' | 'metrics' | 'schema' | 'changes' | 'other';

/** The measurements of one GraphQL operation. */
export interface Operated {
  readonly outcome: 'whole' | 'partial' | 'refused' | 'abandoned';
  readonly seconds: number;
  readonly requests: number;
  readonly cacheHits: number;
  readonly isIncomplete: boolean;
  readonly isStale: boolean;
  /** Whether the operation got the cached response of an earlier operation and was not run. */
  readonly isKept: boolean;
}

const watched = {
  upstream_queue_length: 'Requests in the queue that have not been sent upstream yet.',
  upstream_in_flight: 'Requests that the upstream has not answered yet.',
  upstream_concurrency_limit:
    'The maximum number of requests that may be in flight to the upstream at the same time.',
  upstream_rate_limit: 'Upstream requests a minute that all replicas together may send now.',
  upstream_held_seconds:
    'Seconds for which no request may be sent, because the upstream asked for a pause (Retry-After).',
  upstream_down: '1 while the service treats the upstream as down and sends only a few test requests.',
  index_queue_length: 'Calls that wait for the index.',
  index_calls_total: 'Calls to the index.',
  index_refusals_total: 'Calls that were refused because too many waited for the index.',
  index_seconds_total: 'Seconds that calls to the index took, in all.',
  index_products: 'Products in the index.',
  index_products_with_details: 'Products in the index with all their records.',
  index_upstream_products: 'Products that the upstream says it has; 0 if unknown.',
  index_complete: '1 if the index has all products of the upstream with all their records.',
  changes_streams: 'Open streams of changes.',
  answers_waiting_bytes: 'Bytes of answers that clients have not read yet.',
  store_up: '1 while the Redis that the replicas share can be reached.',
  token_requests_total: 'Token requests of this process.',
  token_waits_total: 'Calls that had to wait for a token.',
  secret_expires_timestamp_seconds: 'When the client secret expires; the earlier day if unclear.',
  secret_days_left: 'Whole days until the client secret expires; negative once it has.',
  log_lines_waiting: 'Log lines that wait to be written, because the disk is full or the pipe is not read.',
  log_lines_lost_total: 'Log lines that could not be written and are lost.',
} as const;

export type Watched = keyof typeof watched;

const prefix = 'pms_graphql_';
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const { http, operations, cost, hits, kept, gaps, old, errors, cuts, sends, received, copies, build } =
    createSeries(registry);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    watch(name, read) {
      const told = { name: `${prefix}${name}`, help: watched[name], registers: [registry] };
      if (!name.endsWith('_total')) {
        new Gauge({
          ...told,
          collect() {
            this.set(read());
          },
        });
        return;
      }
      new Counter({
        ...told,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    },
    describe: (version, upstream) => build.set({ version, upstream }, 1),
    answered: (route, status, took) => http.observe({ route, status: classOf(status) }, took),
    operated({ outcome, seconds: took, requests, cacheHits, isIncomplete, isStale, isKept }) {
      operations.observe({ outcome }, took);
      cost.observe(requests);
      hits.inc(cacheHits);
      if (isKept) kept.inc();
      if (isIncomplete) gaps.inc();
      if (isStale) old.inc();
    },
    failed: (code) => errors.inc({ code }),
    cut: () => cuts.inc(),
    countSends: (send) => async (request) => {
      const began = performance.now();
      const end = (outcome: string): void => sends.observe({ outcome }, (performance.now() - began) / 1_000);
      try {
        const answer = await send(request);
        end(classOf(answer.status));
        received.inc(answer.body.byteLength);
        return answer;
      } catch (error) {
        end(isPmsError(error) ? error.code : 'abandoned');
        throw error;
      }
    },
    countCopies: (send) => async (request) => {
      const answer = await send(request);
      const { copy } = answer;
      copies.inc({ answer: copy === undefined ? 'upstream' : copy.isStale ? 'stale' : 'fresh' });
      return answer;
    },
  };
}

/** Creates the Prometheus counters and histograms. */
function createSeries(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> =>
    new Counter({ name: `${prefix}${name}`, help, labelNames: [...labelNames], registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly Label[] = [],
  ): Histogram<Label> =>
    new Histogram({
      name: `${prefix}${name}`,
      help,
      buckets: [...buckets],
      labelNames: [...labelNames],
      registers,
    });

  return {
    http: histogram(
      'http_request_duration_seconds',
      'Durations of HTTP requests to this service, until the last byte of the response was sent.',
      seconds,
      ['route', 'status'],
    ),
    operations: histogram(
      'operation_duration_seconds',
      'GraphQL operations, by outcome: answered, answered with some errors, failed, or abandoned by the client.',
      seconds,
      ['outcome'],
    ),
    cost: histogram(
      'operation_upstream_requests',
      'Upstream requests that an operation needed.',
      [0, 1, 2, 5, 10, 20, 50, 120],
    ),
    hits: counter(
      'cache_hits_total',
      'Upstream responses that an operation reused without sending a request.',
    ),
    kept: counter('kept_answers_total', 'Operations that were answered from the cache of whole responses.'),
    gaps: counter('incomplete_answers_total', 'Answers with a list that is marked as incomplete.'),
    old: counter('stale_answers_total', 'Answers that are marked as old in part.'),
    errors: counter('errors_total', 'Errors in answers.', ['code']),
    cuts: counter(
      'slow_readers_cut_total',
      'Connections that were closed because their clients did not read.',
    ),
    sends: histogram(
      'upstream_request_duration_seconds',
      'Requests sent upstream, with retries, by HTTP status or by the reason why there was no answer.',
      seconds,
      ['outcome'],
    ),
    received: counter('upstream_received_bytes_total', "Bytes of the upstream's answers, decompressed."),
    copies: counter(
      'upstream_questions_total',
      'Upstream lookups, by the source of the response: the upstream, a fresh cached copy or an old cached copy.',
      ['answer'],
    ),
    build: new Gauge({
      name: `${prefix}info`,
      help: 'Always 1.',
      labelNames: ['version', 'upstream'],
      registers,
    }),
  };
}

/**
 * HTTP statuses that are counted one by one. The upstream may return any other status, so the others are counted by
 * class (`4xx`).
 */
const toldApart: ReadonlySet<number> = new Set([304, 401, 403, 404, 408, 429, 500, 502, 503, 504]);

function classOf(status: number): string {
  if (toldApart.has(status)) return String(status);
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'other';
}
