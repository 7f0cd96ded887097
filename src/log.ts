/** Writes the log. Only the fields in `LogFields` are written, and only the safe parts of errors. */
import { pino, type DestinationStream } from 'pino';
import type { LogLevel } from './config/config.js';
import { ExitError, PmsError } from './errors.js';
import type { LinkPart } from './fhir/base-url.js';
import type { HttpRoute } from './metrics.js';
import { clockAdvice } from './network/clock.js';
import { ConnectionFailure, type Place } from './network/connection-failure.js';
import { renewalAdvice } from './oauth/secret-expiry.js';
import { TokenRefusal } from './oauth/token-refusal.js';
import type { Reloadable } from './reload/reloadable.js';
import { createLineWriter, type LineWriter, type LineWriterOptions } from './telemetry/line-writer.js';

export type LogEvent =
  | 'service.started'
  | 'service.stopping'
  | 'service.stopped'
  | 'request.answered'
  | 'request.failed'
  | 'field.failed'
  | 'fetch.unplanned'
  | 'token.failed'
  | 'secret.next'
  | 'secret.expires'
  | 'clock.off'
  | 'store.down'
  | 'store.up'
  | 'store.refused'
  | 'rate.held'
  | 'rate.learnt'
  | 'rate.alone'
  | 'rate.shared'
  | 'upstream.down'
  | 'upstream.up'
  | 'upstream.links'
  | 'upstream.record'
  | 'capabilities.read'
  | 'capabilities.failed'
  | 'cursor.key.random'
  | 'terms.unread'
  | 'index.crawled'
  | 'index.uncrawled'
  | 'index.unwritten'
  | 'changes.unsent'
  | 'index.available'
  | 'index.unavailable'
  | 'document.costly'
  | 'reload.done'
  | 'reload.failed'
  | 'log.gap';

/** Advice to the operator who reads the log. */
const advices = {
  credentials:
    'The service sends no requests upstream until the credentials are right. Check PMS_CLIENT_ID, PMS_CLIENT_SECRET and PMS_SCOPE. The service tries them again once a minute.',
  nextSecret:
    'The token endpoint refused PMS_CLIENT_SECRET and accepted PMS_CLIENT_SECRET_NEXT. Set PMS_CLIENT_SECRET to the value of PMS_CLIENT_SECRET_NEXT.',
  renewal: renewalAdvice,
  clock: clockAdvice,
  sharedKeys:
    'Set CURSOR_KEY to the same secret on all replicas. Without it, each replica refuses the cursors of the others.',
  importAgain:
    'Imported terms cannot be read. The terms that were read before stay in use. `pms-graphql terms status` shows which list is damaged.',
  stillInUse:
    'What was read before stays in use. Correct the file: the service reads it again when it changes, and at SIGHUP.',
  costly:
    'If every `first` is at its largest, the operation needs more upstream requests than PMS_REQUEST_BUDGET and is refused. Lower the `first` that the client sends, or raise PMS_REQUEST_BUDGET.',
  ownShare:
    'While Redis cannot be reached, each process uses only its share of PMS_RATE_LIMIT. Set PMS_REPLICAS to the number of processes.',
} as const;

/**
 * The fields of a log line: codes, counts and durations. There is no field for a body, a variable, a header, a URL or
 * a name that a client chose.
 */
export interface LogFields {
  /** The id of an HTTP request: up to 64 letters, digits, `-` and `_`. This service or its client created it. */
  readonly requestId?: string;
  readonly route?: HttpRoute;
  readonly profile?: string;
  readonly source?: string | undefined;
  /** HTTP status of the response. */
  readonly status?: number;
  readonly durationMs?: number;
  readonly port?: number;
  readonly daysLeft?: number;
  /** Seconds by which this machine's clock is ahead. Negative if the clock is behind. */
  readonly secondsAhead?: number;
  /** The setting that has the other server's URL. */
  readonly at?: Place;
  /** Upstream requests per minute. */
  readonly limit?: number;
  readonly replicas?: number;
  /**
   * Numbers of a crawl: products listed, products stored in the index with all their records, products that could not
   * be read, and requests sent.
   */
  readonly listed?: number;
  readonly held?: number;
  readonly failed?: number;
  readonly requests?: number;
  readonly waitMs?: number;
  /** A date: `2027-08-15` */
  readonly day?: string;
  readonly advice?: keyof typeof advices;
  /** Parts of the URLs in the upstream's links that differ from PMS_BASE_URL. */
  readonly differing?: readonly LinkPart[];
  /** The type and a hash of a record that has no id allowed by FHIR. */
  readonly record?: string;
  /** Id of a list of terms. */
  readonly list?: string | undefined;
  /** What was read again from its files. */
  readonly reloaded?: Reloadable['name'];
  /** Id of a trusted document, and the name of an operation in it. The operator has listed them. */
  readonly document?: string;
  readonly operation?: string | undefined;
  /** Features of the upstream, under this service's names for them. */
  readonly offered?: readonly string[];
  /** Arguments of the schema that the service refuses, because the upstream does not support them. */
  readonly refused?: readonly string[];
  /**
   * An error. Its name, code and stack are written, and those of its causes. Its message is written only if it is
   * known to be safe.
   */
  readonly error?: unknown;
}

export type Log = Readonly<
  Record<'debug' | 'info' | 'warn' | 'error', (event: LogEvent, fields?: LogFields) => void>
>;

/**
 * Creates a log of JSON lines. They go to stderr by default, so that stdout stays free for the output of commands. A
 * failed write never throws.
 */
export function createLog(level: LogLevel, destination: DestinationStream = createLogWriter()): Log {
  const base = null;
  const formatters = { level: (label: string) => ({ level: label }) };
  const logger = pino({ level, base, formatters, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const writing =
    (level: keyof Log): Log[keyof Log] =>
    (event, fields) => {
      if (logger.isLevelEnabled(level)) logger[level](lineOf(event, fields));
    };
  return {
    debug: writing('debug'),
    info: writing('info'),
    warn: writing('warn'),
    error: writing('error'),
  };
}

/**
 * Creates a writer that writes log lines to stderr. If some lines were lost, an extra line states their number.
 * @param options another file descriptor, or another limit on waiting bytes
 */
export function createLogWriter(options: Pick<LineWriterOptions, 'fd' | 'maxBytes'> = {}): LineWriter {
  return createLineWriter({ ...options, gap });
}

function gap(lost: number): string {
  const event: LogEvent = 'log.gap';
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event, lost })}\n`;
}

type Line = Readonly<Record<string, unknown>>;

const counts = [
  'status',
  'durationMs',
  'port',
  'daysLeft',
  'secondsAhead',
  'limit',
  'replicas',
  'waitMs',
  'listed',
  'held',
  'failed',
  'requests',
] as const;
const words = [
  'requestId',
  'route',
  'profile',
  'source',
  'day',
  'list',
  'at',
  'reloaded',
  'document',
  'operation',
] as const;
const lists = ['offered', 'refused', 'differing'] as const;

/** The allowed fields are selected at run time too, because a TypeScript type does not exclude additional members. */
function lineOf(event: LogEvent, fields: LogFields = {}): Line {
  return {
    event,
    ...Object.fromEntries(words.filter((name) => isWord(fields[name])).map((name) => [name, fields[name]])),
    ...Object.fromEntries(
      counts.filter((name) => Number.isFinite(fields[name])).map((name) => [name, fields[name]]),
    ),
    ...Object.fromEntries(
      lists.flatMap((name) => {
        const items = fields[name]?.filter((item) => /^[\w .:?$-]{1,80}$/.test(item));
        return items ? [[name, items]] : [];
      }),
    ),
    ...(isRecordName(fields.record) && { record: fields.record }),
    ...(fields.advice !== undefined && { advice: advices[fields.advice] }),
    ...(fields.error !== undefined && { error: describe(fields.error) }),
  };
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

function isRecordName(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z]{1,64} [\w-]{1,64}$/.test(value);
}

const deepestCause = 5;

function describe(error: unknown, depth = 0): Line {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown };
  return {
    ...(isWord(error.name) && { name: error.name }),
    ...(isWord(code) && { code }),
    ...(typeof status === 'number' && { status }),
    ...(isSafeToSay(error) && { message: error.message }),
    stack: framesOf(error),
    ...(error.cause !== undefined && depth < deepestCause && { cause: describe(error.cause, depth + 1) }),
  };
}

/**
 * Whether an error's message is safe to log. The messages of these classes are fixed texts of this service. Any other
 * message may quote a body, a query or a credential.
 */
function isSafeToSay(error: Error): boolean {
  const own = [PmsError, ExitError, TokenRefusal, ConnectionFailure];
  return own.some((family) => error instanceof family);
}

/**
 * Returns the frames of a stack trace. The trace begins with the message, which may have lines that look like frames.
 * So the message is removed by its length.
 */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  const lines = stack.slice(start + message.length).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}
