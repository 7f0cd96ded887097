/**
 * The upstream points to other servers: in links of Bundles, references, `Location`, redirects, ids and URLs of records. The
 * service must connect only to the configured origin and the token endpoint, request only paths below the base URL, and send the
 * bearer token only to the origin.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleOf, json, productOf, startOddUpstream, type Answer } from '../odd-upstream.js';
import { close, listen, startIssuer } from '../issuer.js';
import type { Proof } from '../proof.js';
import { startReplica } from '../replicas.js';

/** URLs that must never be requested: a server of this test, and the metadata services of cloud providers. */
function elsewheres(trap: string, own: string): readonly string[] {
  const { port } = new URL(trap);
  return [
    `${trap}/v1/x`,
    `//127.0.0.1:${port}/v1/x`,
    `http://localhost:${port}/v1/x`,
    `http://[::1]:${port}/v1/x`,
    `http://2130706433:${port}/v1/x`,
    `http://127.1:${port}/x`,
    `${own}@127.0.0.1:${port}/v1/x`,
    `http://user:password@127.0.0.1:${port}/v1/x`,
    `\\\\127.0.0.1:${port}\\v1\\x`,
    `http:\\\\127.0.0.1:${port}/x`,
    `https://127.0.0.1:${port}/v1/x`,
    'http://169.254.169.254/latest/meta-data/',
    'http://metadata.google.internal/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    'data:application/json,{}',
    'javascript:alert(1)',
  ];
}

/** Paths on the upstream's origin that must never be requested. */
const above = [
  '/secret',
  '/v1/../secret',
  '/v1/%2e%2e/secret',
  '/v1/x/../../secret',
  '..',
  '../../secret',
  '/v1evil/secret',
];

/** Ids that FHIR allows, or that a server may send although FHIR forbids them. */
const ids = [
  '..',
  '.',
  '../secret',
  '%2e%2e',
  'a/../../secret',
  '$everything',
  '_history',
  'metadata',
  '?x=1',
  '#x',
];

export const ssrf: Proof = async ({ seed, isShort }) => {
  const dialled: { readonly url: string; readonly authorization: string }[] = [];
  const trap = createServer((request, response) => {
    dialled.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '' });
    json(response, bundleOf([productOf('from-the-trap')]));
  });
  await listen(trap, 0);
  const trapOrigin = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  const issuer = await startIssuer({ lifetime: 3_600 });
  let targets: readonly string[] = [];
  const target = (id: string): string => targets[Number(id.split('-').at(-1))] ?? '';
  const odd: Record<string, Answer> = {};
  const upstream = await startOddUpstream(odd);
  targets = [...elsewheres(trapOrigin, upstream.origin), ...above, ...ids];

  const ways: Readonly<Record<string, (id: string, to: string) => Answer>> = {
    next: (id, to) => (response) => json(response, bundleOf([productOf(id)], to)),
    reference: (id, to) => (response) => json(response, bundleOf([productOf(id), ...related(id, to)])),
    'full-url': (id, to) => (response) =>
      json(response, {
        ...bundleOf([]),
        entry: [
          { fullUrl: to, resource: productOf(id) },
          ...related(id, to).map((resource) => ({ fullUrl: to, resource })),
        ],
      }),
    redirect: (_id, to) => (response) => void response.writeHead(302, { location: header(to) }).end(),
    permanent: (_id, to) => (response) => void response.writeHead(308, { location: header(to) }).end(),
    location: (id, to) => (response) =>
      json(response, bundleOf([productOf(id)]), 200, {
        location: header(to),
        'content-location': header(to),
        link: `<${header(to)}>; rel="next"`,
        refresh: `0; url=${header(to)}`,
      }),
    record: (id, to) => (response) => json(response, bundleOf([productOf(to), productOf(id)])),
  };
  for (const [way, answer] of Object.entries(ways))
    for (const at of targets.keys()) {
      const id = `${way}-${at}`;
      odd[id] = answer(id, target(id));
    }

  const outcomes: Record<string, number> = {};
  const failed: string[] = [];
  for (const profile of isShort ? ['everything'] : ['everything', 'search', 'include']) {
    const replica = await startReplica(
      {
        PMS_BASE_URL: upstream.baseUrl,
        PMS_TOKEN_URL: issuer.tokenUrl,
        PMS_CLIENT_ID: 'proof',
        PMS_CLIENT_SECRET: 'proof',
        PMS_SCOPE: 'proof',
        PMS_PROFILE: profile,
        LOG_LEVEL: 'error',
      },
      seed,
    );
    const ask = async (name: string, query: string): Promise<void> => {
      const answer = await replica.ask(query);
      const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? 'answered';
      outcomes[code] = (outcomes[code] ?? 0) + 1;
      if (code === 'INTERNAL_SERVER_ERROR' || answer.includes('from-the-trap'))
        failed.push(`${profile} ${name}: ${answer}`);
    };
    for (const id of Object.keys(odd)) await ask(id, questionOf(id));
    // A client may send the forbidden URLs as ids too.
    for (const id of targets) {
      await ask(id, questionOf(id));
      for (const type of ['Product', 'Package', 'Organization'])
        await ask(id, `{ node(id: ${JSON.stringify(`${type}:${id}`)}) { id } }`);
    }
    await replica.stop();
  }
  await Promise.all([upstream.stop(), issuer.stop(), close(trap)]);
  const outside = upstream.asked.filter(({ url }) => !url.startsWith('/v1/') || /secret|\.\./.test(url));
  const bearers = new Set(upstream.asked.map(({ headers }) => headers.authorization));
  // Each replica has its own token, because they share no Redis.
  const areOurs =
    bearers.size > 0 &&
    [...bearers].every((bearer) => issuer.tokens.has(bearer?.replace('Bearer ', '') ?? ''));
  return {
    holds: {
      'nothing elsewhere is dialled': dialled.length === 0,
      'nothing outside of the base is asked for': outside.length === 0,
      'the bearer goes to the origin, and does': areOurs,
      'no answer is from elsewhere, and none is a fault of this service': failed.length === 0,
      'the token endpoint was asked for tokens alone': issuer.requests.length === issuer.tokens.size,
      'all ways were tried': upstream.asked.length >= Object.keys(odd).length,
    },
    figures: {
      ways: Object.keys(ways).length,
      targets: targets.length,
      asked: upstream.asked.length,
      dialled: dialled.slice(0, 5),
      outside: outside.slice(0, 5).map(({ url }) => url),
      outcomes,
      faults: failed.slice(0, 5),
    },
  };
};

function questionOf(id: string): string {
  return `{ product(id: ${JSON.stringify(id)}) { name holder { name } packages { nodes { id } } authorizations { id holder { name } } } }`;
}

/** Removes characters that a header cannot have. */
function header(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '');
}

/** Returns records of a product whose references point to the given target. */
function related(id: string, to: string): readonly object[] {
  const subject = [{ reference: `MedicinalProductDefinition/${id}` }];
  return [
    { resourceType: 'RegulatedAuthorization', id: `${id}-a`, subject, holder: { reference: to } },
    {
      resourceType: 'RegulatedAuthorization',
      id: `${id}-b`,
      subject,
      holder: { reference: `Organization/${to}` },
    },
    {
      resourceType: 'PackagedProductDefinition',
      id: `${id}-p`,
      packageFor: subject,
      manufacturer: [{ reference: to }],
    },
  ];
}
