#!/usr/bin/env node
/** The command line, with the commands serve, sandbox, doctor, configure, schema, warm, terms and index. */
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { configure, ConfigureError } from './commands/configure.js';
import { diagnose, pictured, printed } from './commands/doctor.js';
import { runCrawl, type CrawlRun } from './commands/index/crawl.js';
import { dryRun } from './commands/index/dry-run.js';
import { placeOf, type IndexPlace } from './commands/index/place.js';
import { purge } from './commands/index/purge.js';
import { printed as printedReport, reportOn } from './commands/index/status.js';
import { printed as printedStatus, statusOf } from './commands/terms/status.js';
import { readIds } from './commands/warm/ids.js';
import { refuseInVain, runWarm } from './commands/warm/run.js';
import { WarmError } from './commands/warm/warm-error.js';
import { ConfigError, readConfig, type Config, type Secrets } from './config/config.js';
import { exitCodes as sysexits, ExitError } from './errors.js';
import { createSchema, printSdl } from './graphql/schema/schema.js';
import { createLog, createLogWriter, type Log } from './log.js';
import {
  guiseNames,
  parseFault,
  parseGuise,
  profiles,
  startSandbox,
  type Sandbox,
  type SandboxOptions,
} from './sandbox/server.js';
import { createMetrics } from './metrics.js';
import { openKept } from './kept-index.js';
import { startReload } from './reload/reload.js';
import { baseOf, connect, startService, type ServiceOptions, type Upstream } from './service.js';
import type { LineWriter } from './telemetry/line-writer.js';
import { makeFolder } from './terms/imported/make-folder.js';

const exitCodes = {
  ...sysexits,
  /** Exit code of a process that SIGINT ended: 128 + 2. */
  interrupted: 130,
  unread: 141,
  terminated: 143,
} as const;

const program = new Command('pms-graphql')
  .description('GraphQL over the public PMS API of the European Medicines Agency (FHIR R5)')
  .version(versionOf(), '-v, --version')
  .showHelpAfterError('(--help shows how to use it)')
  .configureOutput({ writeErr: complain })
  .exitOverride();

program
  .command('serve', { isDefault: true })
  .description('starts the service; if PMS_BASE_URL is not set, the upstream is the built-in sandbox')
  .action(serve);

program
  .command('sandbox')
  .description(
    'starts only the sandbox, a FHIR R5 server with sample data, and prints the settings for it as lines of a .env file',
  )
  .addOption(
    new Option('--port <port>', 'port to listen on; 0 picks a free port')
      .default(4010)
      .argParser(whole(0, 65_535)),
  )
  .addOption(
    new Option('--profile <profile>', 'which FHIR interactions the sandbox supports')
      .choices(profiles)
      .default('everything'),
  )
  .addOption(
    new Option('--products <number>', 'number of products to generate in place of the sample data').argParser(
      whole(1, 500_000),
    ),
  )
  .addOption(new Option('--seed <number>', 'seed of the generated products').argParser(whole(0, 2 ** 31)))
  .addOption(
    new Option('--latency <ms>', 'milliseconds of delay before each response').argParser(whole(0, 600_000)),
  )
  .addOption(
    new Option('--metadata-latency <ms>', 'milliseconds of delay before a response of /metadata').argParser(
      whole(0, 600_000),
    ),
  )
  .addOption(new Option('--page <rows>', 'most rows on a page').argParser(whole(1, 10_000)))
  .addOption(
    new Option('--rate <number>', 'most requests per minute; further requests get status 429').argParser(
      whole(1, 1_000_000),
    ),
  )
  .addOption(
    new Option(
      '--guise <name=value>',
      `a variation of the sandbox; may be repeated; names: ${guiseNames.join(', ')}`,
    ).argParser(guise),
  )
  .addOption(
    new Option('--fault <fault>', 'a failure that the sandbox produces; may be repeated').argParser(faults),
  )
  .action(sandboxOnly);

program
  .command('doctor')
  .description(
    'checks settings, token and upstream, and lists what the upstream can do; exits with 1 if something is wrong',
  )
  .option('--json', 'as JSON')
  .addOption(new Option('--html', 'prints one self-contained HTML page').conflicts('json'))
  .action(doctor);

program
  .command('configure')
  .description('reads the table of EMA’s credentials e-mail and writes the settings for its API into .env')
  .option(
    '--file <file>',
    'file with the e-mail or its table, as text, HTML, tabs or Markdown; by default, stdin is read',
  )
  .option('--output <file>', 'file to write the settings to', '.env')
  .option('--force', 'changes these settings in an existing file and keeps its other settings')
  .action(configureOnly);

program
  .command('schema')
  .description('prints the schema (SDL)')
  .option('--output <file>', 'writes it to this file')
  .action(({ output }: { readonly output?: string }) => {
    const sdl = printSdl(createSchema());
    if (output === undefined) {
      process.stdout.write(sdl);
      return;
    }
    try {
      makeFolder(dirname(output));
      writeFileSync(output, sdl);
    } catch (error) {
      const { syscall } = error as NodeJS.ErrnoException;
      exit(syscall === 'write' ? exitCodes.io : exitCodes.cannotCreate, `${output} cannot be written.`);
    }
  });

program
  .command('warm')
  .description(
    'fills the cache in Redis with the data of product pages, within a share of PMS_RATE_LIMIT; continues where the last run stopped; exits with 1 if some products failed',
  )
  .option(
    '--file <file>',
    'file of PMS IDs or global ids, one on each line, # begins a comment; - reads stdin',
  )
  .addOption(
    new Option('--name <text>', 'products with this text in a name; may be repeated').argParser(
      (text: string, before: readonly string[] = []) => [...before, text],
    ),
  )
  .addOption(
    new Option('--share <part>', 'part of PMS_RATE_LIMIT that all running warm commands may use together')
      .default(0.5)
      .argParser(part),
  )
  .option(
    '--operation <file>',
    'the GraphQL query of your product page, with $id; without it, everything about a product is read',
  )
  .option('--restart', 'starts again with the first product')
  .action(warmOnly);

const terms = program
  .command('terms')
  .description('the texts of EMA’s terms, in every language, in TERMS_DIR');

terms
  .command('import')
  .description(
    'reads EMA’s RMS exports (CSV) and FHIR CodeSystems (JSON, NDJSON), also compressed with gzip; each list replaces its earlier import; exits with 1 if rows were left out',
  )
  .argument('<files...>', 'files to import; all of them are imported, or none')
  .action(importTerms);

terms
  .command('status')
  .description(
    'shows the imported lists, and the fields and filters whose list is missing; exits with 1 if a list is damaged',
  )
  .option('--json', 'as JSON')
  .action(termsStatus);

const index = program
  .command('index')
  .description('the index of products, which finds what the upstream’s own search cannot');

index
  .command('crawl')
  .description(
    'fills the index with every product of the upstream, within INDEX_SHARE of PMS_RATE_LIMIT; continues where the last run stopped; exits with 1 if some products failed, or if another process is writing to the index',
  )
  .option('--dry-run', 'only shows how many requests would be sent and how long that would take')
  .action(indexCrawl);

index
  .command('status')
  .description(
    'shows the file, its number of products and what is missing; exits with 1 if it is damaged or cannot be opened',
  )
  .option('--json', 'as JSON')
  .action(indexStatus);

index
  .command('purge')
  .description('deletes all products from the index; exits with 1 if another process is writing to it')
  .action(async () => void process.stdout.write(await purge(indexPlace())));

process.stdout.on('error', endUnprinted);
await program.parseAsync().catch(fail);

/** Reads the settings. If they name no upstream, starts the embedded sandbox. */
async function configured(): Promise<{
  readonly config: Config;
  readonly options: ServiceOptions;
  readonly sandbox: Sandbox | undefined;
  readonly logWriter: LineWriter;
}> {
  const { config, secrets } = readConfig(process.env, dotenv());
  const sandbox = config.upstream.kind === 'sandbox' ? await startSandbox(offering(config)) : undefined;
  const access = sandbox ? accessTo(sandbox) : undefined;
  const logWriter = createLogWriter();
  const options: ServiceOptions = {
    config,
    secrets: access ? { ...secrets, clientSecret: access.clientSecret } : secrets,
    upstream: access?.upstream ?? (config.upstream as Upstream),
    log: createLog(config.logLevel, logWriter),
    version: versionOf(),
  };
  return { config, options, sandbox, logWriter };
}

async function warmOnly({
  file,
  name: names = [],
  operation,
  share,
  restart = false,
}: {
  readonly file?: string;
  readonly name?: readonly string[];
  readonly operation?: string;
  readonly share: number;
  readonly restart?: boolean;
}): Promise<void> {
  const { config, secrets } = readConfig(process.env, dotenv());
  refuseInVain(config, secrets, file !== undefined || names.length > 0);
  const ids = file === undefined ? [] : readIds(await listAt(file));
  const screen = process.stderr.on('error', ignore);
  const { told, isAllWarm } = await runWarm({
    options: longRunning(config, secrets, screen),
    asked: {
      ids,
      names,
      operation: operation === undefined ? undefined : textAt(operation),
      share,
      restart,
    },
    screen,
    signal: stopping(),
  });
  process.stdout.write(told);
  process.exitCode ??= isAllWarm ? 0 : exitCodes.wrong;
}

/** Returns the options of a command that may run for hours. Client secrets are read again when their files change. */
function longRunning(config: Config, secrets: Secrets, screen: NodeJS.WriteStream): CrawlRun['options'] {
  // A log line would break the progress bar.
  const log = createLog(screen.isTTY ? 'silent' : config.logLevel);
  if (secrets.files) startReload([secrets.files], log);
  return { config, secrets, upstream: config.upstream as Upstream, log };
}

async function listAt(file: string): Promise<string> {
  return file === '-' ? (await stdin()).toString('utf8') : textAt(file);
}

function textAt(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new WarmError('noInput', `${file} cannot be read.`);
  }
}

/**
 * Returns the options of the embedded sandbox. Its profile is the one in the settings, or the default if that is
 * `auto`.
 */
function offering({ profile }: Config): SandboxOptions {
  return profile === 'auto' ? {} : { profile };
}

async function doctor({
  json = false,
  html = false,
}: {
  readonly json?: boolean;
  readonly html?: boolean;
}): Promise<void> {
  const { config, options, sandbox } = await configured();
  // The doctor prints faults on stdout, so it needs no log.
  const log = createLog('silent');
  const index =
    config.index &&
    (await openKept({ ...config.index, url: options.secrets.indexUrl }, baseOf(options.upstream), log));
  const connection = connect({ ...options, log, index });
  const diagnosis = await diagnose(connection, config);
  const about = { version: versionOf(), upstream: options.upstream.kind, at: new Date() };
  const asJson = (): string => `${JSON.stringify({ ...about, ...diagnosis }, null, 2)}\n`;
  process.stdout.write(json ? asJson() : html ? pictured(diagnosis, about) : printed(diagnosis));
  await connection.close();
  await sandbox?.stop();
  process.exitCode = diagnosis.ok ? 0 : exitCodes.wrong;
}

async function importTerms(files: readonly string[]): Promise<void> {
  const dir = termsDir();
  // The module is imported here, because only `terms import` needs its CSV reader.
  const { runImport } = await import('./commands/terms/import.js');
  const screen = process.stderr.on('error', ignore);
  const { told, isWhole } = await runImport({ files, dir, screen });
  process.stdout.write(told);
  process.exitCode = isWhole ? 0 : exitCodes.wrong;
}

function termsStatus({ json }: { readonly json?: boolean }): void {
  const status = statusOf(termsDir());
  process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : printedStatus(status));
  process.exitCode = status.lists.every(({ readable }) => readable) ? 0 : exitCodes.wrong;
}

function termsDir(): string {
  const { config } = readConfig(process.env, dotenv());
  if (config.termsDir !== undefined) return config.termsDir;
  throw new ConfigError(['TERMS_DIR must name a folder, because this user has no home folder.']);
}

async function indexCrawl({ dryRun: isDry = false }: { readonly dryRun?: boolean }): Promise<void> {
  const { config, secrets } = readConfig(process.env, dotenv());
  const place = placeOf(config, secrets);
  const screen = process.stderr.on('error', ignore);
  const run: CrawlRun = {
    options: longRunning(config, secrets, screen),
    place,
    screen,
    signal: stopping(),
  };
  const { told, isWhole } = isDry ? { told: await dryRun(run), isWhole: true } : await runCrawl(run);
  process.stdout.write(told);
  process.exitCode ??= isWhole ? 0 : exitCodes.wrong;
}

/**
 * Returns a signal that is aborted by the first SIGINT or SIGTERM. The command then ends its work and reports the
 * result. A second SIGINT or SIGTERM ends the process at once.
 */
function stopping(): AbortSignal {
  const stop = new AbortController();
  const stopBy = (code: number): void => {
    // A second signal ends the process at once.
    if (stop.signal.aborted) process.exit(code);
    process.exitCode = code;
    stop.abort();
  };
  process.on('SIGINT', () => stopBy(exitCodes.interrupted));
  process.on('SIGTERM', () => stopBy(exitCodes.terminated));
  return stop.signal;
}

async function indexStatus({ json }: { readonly json?: boolean }): Promise<void> {
  const report = await reportOn(indexPlace());
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : printedReport(report));
  process.exitCode = report.readable ? 0 : exitCodes.wrong;
}

/**
 * Returns the location of the index, even if INDEX is off. So an index that is no longer used can be inspected and
 * deleted.
 */
function indexPlace(): IndexPlace {
  const used = { INDEX: 'on', INDEX_TERMS_ACCEPTED: 'true' };
  const { config, secrets } = readConfig({ ...process.env, ...used }, dotenv());
  return placeOf(config, secrets);
}

async function configureOnly({
  file,
  output,
  force = false,
}: {
  readonly file?: string;
  readonly output: string;
  readonly force?: boolean;
}): Promise<void> {
  const told = await configure(() => mailAt(file), { output, force, env: process.env, now: new Date() });
  process.stdout.write(told);
}

async function mailAt(file: string | undefined): Promise<Buffer> {
  if (file === undefined) {
    if (process.stdin.isTTY) complain('Paste the table of the e-mail, then press Enter and Ctrl-D.\n');
    return stdin();
  }
  try {
    return readFileSync(file);
  } catch {
    throw new ConfigureError('noInput', `${file} cannot be read.`);
  }
}

async function stdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

async function serve(): Promise<void> {
  goOnUnprinted();
  const { config, options, sandbox, logWriter } = await configured();
  const { log } = options;
  const metrics = createMetrics();
  metrics.watchProcess();
  metrics.watch('log_lines_waiting', () => logWriter.waiting);
  metrics.watch('log_lines_lost_total', () => logWriter.lost);
  const service = await startService({ ...options, metrics }).catch(async (error: unknown) => {
    await sandbox?.stop();
    throw error;
  });
  const about = sandbox
    ? 'the embedded sandbox: sample data, not for clinical use'
    : 'the FHIR server at PMS_BASE_URL';
  const page = config.graphiql ? `GraphiQL at ${service.origin}/graphql in a browser\n` : '';
  process.stdout.write(`GraphQL at ${service.origin}/graphql\n${page}Upstream: ${about}\n`);
  // The signal by which servers are told to read their files again.
  process.on('SIGHUP', () => void service.reload());
  log.info('service.started', { port: Number(new URL(service.origin).port) });
  onSignal(log, async (signal) => {
    // After Ctrl-C (SIGINT) the service need not wait for a load balancer to notice the shutdown.
    await service.stop(signal === 'SIGTERM' ? config.shutdownDelayMs : 0);
    await sandbox?.stop();
  });
}

async function sandboxOnly(
  options: {
    readonly port: number;
    readonly page?: number;
    readonly fault?: SandboxOptions['faults'];
  } & Pick<
    SandboxOptions,
    'profile' | 'products' | 'seed' | 'latency' | 'metadataLatency' | 'rate' | 'guise'
  >,
): Promise<void> {
  goOnUnprinted();
  const { page, fault, ...others } = options;
  const sandbox = await startSandbox({
    ...others,
    ...(page === undefined ? {} : { pageSize: page, maxPageSize: page }),
    ...(fault === undefined ? {} : { faults: fault }),
  });
  process.stdout.write(
    [
      `PMS_BASE_URL=${sandbox.baseUrl}`,
      `PMS_TOKEN_URL=${sandbox.tokenUrl}`,
      `PMS_CLIENT_ID=${sandbox.clientId}`,
      `PMS_CLIENT_SECRET=${sandbox.clientSecret}`,
      `PMS_SCOPE=${sandbox.scope}`,
      '',
    ].join('\n'),
  );
  onSignal(createLog('info'), () => sandbox.stop());
}

function accessTo({ baseUrl, tokenUrl, clientId, clientSecret, scope }: Sandbox): {
  readonly upstream: Upstream;
  readonly clientSecret: string;
} {
  const oauth = { tokenUrl: new URL(tokenUrl), clientId, scope };
  return { upstream: { kind: 'sandbox', baseUrl: new URL(baseUrl), oauth }, clientSecret };
}

/** Stops the server gracefully at the first SIGTERM or SIGINT. Exits at once at the second. */
function onSignal(log: Log, stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let isStopping = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info('service.stopping');
    stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('service.stopped', { error });
        process.exit(exitCodes.software);
      },
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}

/**
 * Ends the process with one clear message and without a stack trace, so that users can correct a mistake without
 * reading code.
 */
function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
    return;
  }
  if (error instanceof ExitError) exit(error.exitCode, error.message);
  const { code, port } = error as { readonly code?: string; readonly port?: number };
  if (code === 'EADDRINUSE')
    exit(exitCodes.unavailable, `Port ${port} is in use. Set PORT to another one, or to 0 for a free one.`);
  if (code === 'EACCES')
    exit(exitCodes.unavailable, `This user may not use port ${port}. Set PORT to another one.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    exit(exitCodes.config, 'HOST is no address of this machine.');
  createLog('info').error('request.failed', { error });
  exit(exitCodes.software, 'pms-graphql stopped because of a fault. The log line above says where.');
}

function exit(code: number, message: string): never {
  complain(`${message}\n`);
  process.exit(code);
}

/** Writes to stderr. If this fails, only the exit code reports the error. */
function complain(text: string): void {
  process.stderr.once('error', ignore).write(text);
}

/** Ends a command if its output cannot be written to stdout. */
function endUnprinted({ code }: NodeJS.ErrnoException): never {
  // The program that reads the pipe has closed it, as `head` does.
  if (code === 'EPIPE') process.exit(exitCodes.unread);
  exit(exitCodes.io, `The output cannot be written (${code}).`);
}

/** Ignores errors of stdout, because the output of a server is only informative. */
function goOnUnprinted(): void {
  process.stdout.off('error', endUnprinted).on('error', ignore);
}

function ignore(): void {}

function dotenv(): string {
  try {
    return readFileSync('.env', 'utf8');
  } catch {
    return '';
  }
}

function versionOf(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function part(text: string): number {
  const number = Number(text);
  if (/^\d*\.?\d+$/.test(text) && number > 0 && number <= 1) return number;
  throw new InvalidArgumentError('It must be a number above 0, and at most 1.');
}

function faults(text: string, before: SandboxOptions['faults'] = []): NonNullable<SandboxOptions['faults']> {
  return orInvalid(() => [...before, parseFault(text)]);
}

function guise(text: string, before?: SandboxOptions['guise']): NonNullable<SandboxOptions['guise']> {
  return orInvalid(() => parseGuise(text, before));
}

/** Turns an error of the sandbox's parser into a usage error of the command line. */
function orInvalid<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(
      error instanceof Error ? error.message : 'The sandbox does not support this value.',
    );
  }
}
