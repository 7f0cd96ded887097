#!/usr/bin/env node
/**
 * The upstream of the measurements: a FHIR R5 server for searches. It computes each response once and then sends it as bytes, so
 * that it takes little time itself.
 *
 *     node bench/upstream.mjs [port]
 *
 * The base URL chooses the records and the latency in milliseconds: `/rich/0`, `/lean/50`. `GET /set?latency=50&page=60` adds
 * latency for every base URL and limits the rows of a page, until the next `/set`. `/token` gives a token, which no request needs.
 * `GET /calls` returns the requests since its last call.
 */
import http from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { childrenOf, numberOf, numbersNamed, products, recordOf } from './records.mjs';

/** Settings for all base URLs. No page has more rows than `page`, whatever `_count` is. */
const settings = { latency: 0, page: 500 };
/** Most bytes of computed responses in memory. */
const mostKept = 400_000_000;

const parametersOf = {
  MedicinalProductDefinition: ['_id', 'name'],
  PackagedProductDefinition: ['_id', 'package-for'],
  ManufacturedItemDefinition: ['_id'],
  Ingredient: ['_id', 'for'],
  AdministrableProductDefinition: ['_id', 'form-of'],
  RegulatedAuthorization: ['_id', 'subject'],
  ClinicalUseDefinition: ['_id', 'subject'],
  Organization: ['_id'],
  SubstanceDefinition: ['_id'],
  ActivityDefinition: ['_id'],
};
const controls = new Set(['_count', '_offset', '_elements', '_total']);

const kept = new Map();
let keptBytes = 0;
let calls = [];

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => void answer(request, Buffer.concat(chunks).toString(), response));
});
// Longer than any turn of another server, so that idle connections stay open.
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`ready http://127.0.0.1:${server.address().port}\n`);
});

async function answer({ method, url }, form, response) {
  if (url === '/calls') {
    const told = Buffer.from(JSON.stringify(calls));
    calls = [];
    return send(response, 200, told);
  }
  if (url.startsWith('/set?')) {
    for (const [name, value] of new URLSearchParams(url.slice('/set?'.length)))
      settings[name] = Number(value);
    return send(response, 200, Buffer.from(JSON.stringify(settings)));
  }
  if (url === '/token')
    return send(
      response,
      200,
      Buffer.from('{"access_token":"of-no-use","token_type":"Bearer","expires_in":3600}'),
    );
  const [, variant, latency = '0'] = url.split('/', 3);
  const path = url.slice(variant.length + latency.length + 2);
  const isForm = method === 'POST';
  if (calls.length < 1_000) calls.push(`${method} ${path} ${form}`);
  const name = `${variant} ${settings.page} ${path} ${form}`;
  const found = kept.get(name) ?? keep(name, answerTo(variant === 'rich', path, isForm ? form : undefined));
  const ms = Number(latency) + settings.latency;
  if (ms > 0) await setTimeout(ms);
  return send(response, found.status, found.body);
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/fhir+json', 'content-length': body.length });
  response.end(body);
}

function keep(name, { status, body }) {
  const made = { status, body: Buffer.from(JSON.stringify(body)) };
  keptBytes += made.body.length;
  if (keptBytes > mostKept) {
    kept.clear();
    keptBytes = made.body.length;
  }
  kept.set(name, made);
  return made;
}

function answerTo(isRich, path, form) {
  const { pathname, search } = new URL(path, 'http://upstream');
  const [type, id] = pathname.slice(1).split('/');
  if (type === 'metadata') return { status: 200, body: statement };
  if (!(type in parametersOf)) return refused(404, 'not-found');
  if (id === undefined || id === '_search') {
    const asked = new URLSearchParams(form ?? search);
    return searched(isRich, type, asked);
  }
  const number = pathname.split('/').length === 3 ? numberOf(type, id) : undefined;
  return number === undefined
    ? refused(404, 'not-found')
    : { status: 200, body: recordOf(type, number, isRich) };
}

function searched(isRich, type, asked) {
  const unknown = [...asked.keys()].find((name) => {
    const [plain, modifier] = name.split(':');
    const isKnown = parametersOf[type].includes(plain) || controls.has(plain);
    return !isKnown || (modifier !== undefined && name !== 'name:contains');
  });
  if (unknown !== undefined || asked.get('_elements')?.includes('.')) return refused(400, 'not-supported');
  const numbers = numbersOf(type, asked);
  const offset = Number(asked.get('_offset') ?? 0);
  const count = Math.min(settings.page, Number(asked.get('_count') ?? 50));
  const elements = asked.get('_elements')?.split(',');
  const rows = numbers
    .slice(offset, offset + count)
    .map((number) => narrow(recordOf(type, number, isRich), elements));
  const linked = (relation, at) => {
    const query = new URLSearchParams(asked);
    query.set('_offset', String(at));
    return { relation, url: `${type}?${query}` };
  };
  return {
    status: 200,
    body: {
      resourceType: 'Bundle',
      type: 'searchset',
      total: numbers.length,
      link: [
        linked('self', offset),
        ...(offset + count < numbers.length ? [linked('next', offset + count)] : []),
      ],
      entry: rows.map((resource) => ({
        fullUrl: `https://example.org/fhir/${type}/${resource.id}`,
        resource,
        search: { mode: 'match' },
      })),
    },
  };
}

const everyProduct = Array.from({ length: products }, (_, number) => number);

function numbersOf(type, asked) {
  for (const [name, value] of asked) {
    const [parameter] = name.split(':');
    const values = value.split(',');
    if (controls.has(parameter)) continue;
    if (parameter === '_id') return values.flatMap((id) => numberOf(type, id) ?? []);
    if (parameter === 'name') return numbersNamed(value);
    return values.flatMap((parent) => childrenOf(type, parameter, parent));
  }
  return type === 'MedicinalProductDefinition' ? everyProduct : [];
}

const always = new Set(['resourceType', 'id', 'meta']);

function narrow(record, elements) {
  if (!elements) return record;
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => always.has(name) || elements.includes(name)),
  );
}

function refused(status, code) {
  return { status, body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] } };
}

const statement = {
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: '2025-03-01',
  kind: 'instance',
  fhirVersion: '5.0.0',
  format: ['json'],
  rest: [
    {
      mode: 'server',
      resource: Object.entries(parametersOf).map(([type, names]) => ({
        type,
        interaction: [{ code: 'read' }, { code: 'search-type' }],
        searchParam: names.map((name) => ({ name, type: 'reference' })),
      })),
    },
  ],
};
