/** `npm run prove -- <name> [--seed 1] [--short]`: runs a proof, prints one line of JSON, and exits with 1 if it fails. */
import { parseArgs } from 'node:util';
import { hasRedisServer } from '../support/redis.js';
import type { Proof } from './proof.js';
import { cop } from './proofs/cop.js';
import { drain } from './proofs/drain.js';
import { fhirHerd } from './proofs/fhir-herd.js';
import { hostile } from './proofs/hostile.js';
import { idpOutage } from './proofs/idp-outage.js';
import { indexCrawl } from './proofs/index-crawl.js';
import { mutations } from './proofs/mutations.js';
import { neighbours } from './proofs/neighbours.js';
import { outage } from './proofs/outage.js';
import { poison } from './proofs/poison.js';
import { responseBombs } from './proofs/response-bombs.js';
import { retryBudget } from './proofs/retry-budget.js';
import { secretCanary } from './proofs/secret-canary.js';
import { slow } from './proofs/slow.js';
import { ssrf } from './proofs/ssrf.js';
import { token401Storm } from './proofs/token-401-storm.js';
import { tokenContinuity } from './proofs/token-continuity.js';
import { tokenHerd } from './proofs/token-herd.js';
import { tokenLeaseChaos } from './proofs/token-lease-chaos.js';
import { tokenSkew } from './proofs/token-skew.js';
import { upstreamRate } from './proofs/upstream-rate.js';

const proofs: Readonly<Record<string, Proof>> = {
  'token-herd': tokenHerd,
  'token-continuity': tokenContinuity,
  'idp-outage': idpOutage,
  'token-401-storm': token401Storm,
  'token-lease-chaos': tokenLeaseChaos,
  'token-skew': tokenSkew,
  'upstream-rate': upstreamRate,
  'retry-budget': retryBudget,
  'fhir-herd': fhirHerd,
  outage,
  neighbours,
  'secret-canary': secretCanary,
  'response-bombs': responseBombs,
  ssrf,
  hostile,
  poison,
  cop,
  slow,
  drain,
  mutations,
  'index-crawl': indexCrawl,
};

/** Proofs that start no Redis. */
const withoutRedis: ReadonlySet<string> = new Set([
  'response-bombs',
  'ssrf',
  'hostile',
  'poison',
  'cop',
  'slow',
  'drain',
  'mutations',
  'index-crawl',
]);

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, short: { type: 'boolean', default: false } },
});
const [name = ''] = positionals;
const proof = proofs[name];
if (!proof) end(64, `Name a proof: ${Object.keys(proofs).join(', ')}`);
if (!hasRedisServer && !withoutRedis.has(name)) end(69, 'This proof needs redis-server on the PATH.');

const seed = Number(values.seed);
const began = performance.now();
const { holds, figures } = await proof({ seed, isShort: values.short });
const failed = Object.entries(holds).flatMap(([claim, isSo]) => (isSo ? [] : [claim]));
const seconds = Math.round((performance.now() - began) / 1_000);
const line = { proof: name, ok: failed.length === 0, seed, short: values.short, seconds, failed, ...figures };
process.stdout.write(`${JSON.stringify(line)}\n`);
process.exit(failed.length === 0 ? 0 : 1);

function end(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
