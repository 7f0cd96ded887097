/**
 * Sends the usual probes of a GraphQL security scanner, after the list of graphql-cop. Each must be refused, or get the intended
 * response. The data are public, so introspection, GraphiQL and suggestions are allowed by default, and can be switched off.
 */
import type { Proof } from '../proof.js';
import { startReplica } from '../replicas.js';

interface Probe {
  readonly name: string;
  readonly init: RequestInit & { readonly path?: string };
  /** Whether the response is as intended. */
  readonly isRight: (status: number, text: string, headers: Headers) => boolean;
}

const repeated = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

const get = (query: string): Probe['init'] => ({ path: `/graphql?query=${encodeURIComponent(query)}` });
const refused = (code: string) => (_status: number, text: string) =>
  text.includes(`"code":"${code}"`) && !text.includes('"data":{');

const circular = `{ __schema { types ${'{ fields { type '.repeat(6)}{ name }${' } }'.repeat(6)} } }`;

const probes: readonly Probe[] = [
  {
    name: 'aliases of one field',
    init: post({ query: `{ ${repeated(101, (index) => `a${index}: __typename`)} }` }),
    isRight: refused('QUERY_TOO_COMPLEX'),
  },
  {
    name: 'a batch',
    init: post(Array.from({ length: 10 }, () => ({ query: '{ __typename }' }))),
    isRight: (status, text) => status === 400 && text.includes('BAD_USER_INPUT'),
  },
  {
    name: 'directives by the dozen',
    init: post({ query: `{ __typename ${repeated(10, () => '@aa')} }` }),
    isRight: refused('GRAPHQL_VALIDATION_FAILED'),
  },
  {
    name: 'known directives by the dozen',
    init: post({ query: `{ ${repeated(30, (index) => `__typename @skip(if: ${index % 2 > 0})`)} }` }),
    isRight: refused('QUERY_TOO_COMPLEX'),
  },
  { name: 'circular introspection', init: post({ query: circular }), isRight: refused('QUERY_TOO_COMPLEX') },
  {
    name: 'a field that is repeated',
    init: post({ query: `{ ${repeated(500, () => '__typename')} }` }),
    // The repeated field is one field of the response.
    isRight: (status, text) => status === 200 && text.startsWith('{"data":{"__typename":"Query"}'),
  },
  {
    name: 'a field that is repeated too often to be compared',
    init: post({ query: `{ ${repeated(1_990, () => '__typename')} }` }),
    isRight: (_status, text) => /QUERY_TOO_COMPLEX|"data":\{"__typename":"Query"\}/.test(text),
  },
  {
    name: 'a mutation over GET',
    init: get('mutation { __typename }'),
    isRight: (status, text) => status >= 400 && status < 500 && !text.includes('"data":{'),
  },
  {
    name: 'a mutation',
    init: post({ query: 'mutation { __typename }' }),
    isRight: refused('GRAPHQL_VALIDATION_FAILED'),
  },
  {
    name: 'a form of a foreign page',
    init: post('query=%7B__typename%7D', { 'content-type': 'application/x-www-form-urlencoded' }),
    isRight: (status) => status === 415,
  },
  {
    name: 'a form that says it is text',
    init: post('{"query":"{__typename}"}', { 'content-type': 'text/plain' }),
    isRight: (status) => status === 415,
  },
  {
    name: 'introspection, which is meant',
    init: post({ query: '{ __schema { queryType { name } } }' }),
    isRight: (_status, text) => text.includes('"queryType":{"name":"Query"}'),
  },
  {
    name: 'a suggestion, of which there are few',
    init: post({ query: '{ servic { version } }' }),
    isRight: (_status, text) => text.length < 400 && text.includes('GRAPHQL_VALIDATION_FAILED'),
  },
  {
    name: 'tracing',
    init: post(
      { query: '{ __typename }' },
      { 'apollo-tracing': '1', 'apollo-federation-include-trace': 'ftv1' },
    ),
    isRight: (_status, text) => !/"(tracing|ftv1)"/.test(text),
  },
  {
    name: 'an error of ours',
    init: post({ query: 'qwerty { abc }' }),
    isRight: (_status, text) =>
      text.includes('GRAPHQL_PARSE_FAILED') && !/stack|node_modules|\.js:/.test(text),
  },
  {
    name: 'what is no JSON',
    init: post('{"query":'),
    isRight: (status, text) => status === 400 && !/stack|node_modules|\.js:/.test(text),
  },
  {
    name: 'a page of ours in a frame',
    init: { headers: { accept: 'text/html' } },
    isRight: (_status, _text, headers) =>
      /frame-ancestors 'none'/.test(headers.get('content-security-policy') ?? ''),
  },
  {
    name: 'what we are made of',
    init: post({ query: '{ __typename }' }),
    isRight: (_status, _text, headers) => !headers.has('x-powered-by') && !headers.has('server'),
  },
];

export const cop: Proof = async ({ seed }) => {
  const replica = await startReplica({ LOG_LEVEL: 'warn' }, seed);
  const holds: Record<string, boolean> = {};
  const answers: Record<string, string> = {};
  for (const { name, init, isRight } of probes) {
    const { path = '/graphql', ...sent } = init;
    const response = await fetch(replica.origin + path, sent);
    const text = await response.text();
    holds[name] = isRight(response.status, text, response.headers);
    if (!holds[name]) answers[name] = `${response.status} ${text.slice(0, 300)}`;
  }
  await replica.stop();
  return { holds, figures: { probes: probes.length, answers } };
};
