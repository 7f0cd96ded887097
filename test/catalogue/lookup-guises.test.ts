/**
 * Lookups of hostile terms, over upstreams of every kind, and their numbers of requests: the answer is right, undecided, or
 * an error.
 */
import type { FhirResource } from 'fhir/r5.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fault, Guise, Profile } from '../../src/sandbox/server.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { createNaming, lookupDocument, spellings, type Answered, type Naming } from '../support/naming.js';
import { sentByOperations } from '../support/sent.js';
import { upstreamOf } from '../support/operations.js';
import {
  startFacade,
  startTestService,
  type GraphqlAnswer,
  type TestService,
  type TestServiceOptions,
} from '../support/service.js';
import { startUpstream } from '../support/upstream.js';

async function start(options: TestServiceOptions): Promise<TestService> {
  const service = await startTestService({ isKnown: true, ...options });
  onTestFinished(() => service.stop());
  return service;
}

function lookupsOf({ data }: GraphqlAnswer): readonly Answered[] {
  return (data?.['lookup'] ?? []) as readonly Answered[];
}

/** Returns the number of requests by method, type and parameters. */
function askedOf({ sandbox }: TestService): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, path, form } of sandbox.requests) {
    const [resource = '', query = ''] = path.split('?');
    const names = [...new URLSearchParams(form ?? query).keys()].filter((name) => !name.startsWith('_c'));
    const shape = `${method} ${resource.replace(/\/\d+/, '/{id}')}?${names.filter((name) => name !== '_elements').join('&')}`;
    counts[shape] = (counts[shape] ?? 0) + 1;
  }
  return counts;
}

function termsOf({ registered }: Naming, every: number): readonly string[] {
  const { authorizations, procedures, packageNumbers } = registered;
  const numbers = spellings([...authorizations, ...procedures, ...packageNumbers]);
  return [...Object.values(registered).flat(), ...numbers]
    .filter((_, index) => index % every === 0)
    .slice(0, 50);
}

const sample = await (async (): Promise<Naming> => {
  const sandbox = await startSandbox();
  const naming = createNaming(sandbox.resources as readonly FhirResource[]);
  await sandbox.stop();
  return naming;
})();
const mixed = termsOf(sample, 37);

describe('a lookup of up to 50 terms', () => {
  const large = { maxPageSize: 1_000 };

  it.each([
    ['search', 'POST searches', false],
    ['include', 'POST searches', false],
    ['search', 'GET searches only', true],
  ] as const)(
    'groups terms of one kind into common searches, with the profile `%s`, over an upstream that accepts %s',
    async (profile, _what, isGet) => {
      const guise: Guise = isGet ? { post: 405 } : {};
      const service = await start({ profile, sandbox: { ...large, guise } });
      // The first lookup teaches the service the maximum length of a URL.
      await service.query(lookupDocument, { terms: mixed });
      service.sandbox.clearRequests();
      const answer = await service.query(lookupDocument, { terms: mixed.map((term) => ` ${term}`) });
      const { requests, estimated } = upstreamOf(answer);
      expect(lookupsOf(answer).flatMap(({ kind }) => (kind === 'UNSEARCHABLE' ? [kind] : []))).toEqual([]);
      expect(requests).toBeLessThanOrEqual(estimated);
      const asked = Object.entries(askedOf(service));
      expect(requests).toBe(sentByOperations(service.sandbox).length);
      expect(asked.map(([shape]) => shape.replace(/^\w+ \/(\w+)(\/_search)?/, '$1')).sort()).toEqual([
        'AdministrableProductDefinition?form-of',
        'Ingredient?for',
        'Ingredient?substance-code',
        // No search finds bar codes or bases of substances, so all products are read.
        'MedicinalProductDefinition?',
        'MedicinalProductDefinition?identifier',
        'MedicinalProductDefinition?name:contains',
        'MedicinalProductDefinition?product-classification',
        'PackagedProductDefinition?_id',
        'PackagedProductDefinition?identifier',
        'PackagedProductDefinition?package-for',
        'RegulatedAuthorization?case',
        'RegulatedAuthorization?identifier',
      ]);
      if (!isGet) expect(asked.filter(([, count]) => count > 1)).toEqual([]);
    },
  );

  it('reads the packages of all matched products with one search', async () => {
    const service = await start({ profile: 'search', sandbox: large });
    const terms = sample.registered.ids.slice(0, 20);
    const document = `query ($terms: [String!]!) {
      lookup(terms: $terms) { kind matches { product { pmsId packages(first: 100) { nodes { id product { pmsId } } } } } }
    }`;
    const { data, errors } = await service.query(document, { terms });
    const below = (data as { lookup: readonly { matches: readonly { product: Below }[] }[] }).lookup;
    interface Below {
      readonly pmsId: string;
      readonly packages: { readonly nodes: readonly { readonly product: { readonly pmsId: string } }[] };
    }
    expect(errors).toBeUndefined();
    const products = below.flatMap(({ matches }) => matches.map(({ product }) => product));
    expect(products.map(({ pmsId }) => pmsId)).toEqual(terms);
    const owners = products.flatMap(({ pmsId, packages }) =>
      packages.nodes.map(({ product }) => [pmsId, product.pmsId]),
    );
    expect(owners.length).toBeGreaterThan(20);
    expect(owners.filter(([above, owner]) => above !== owner)).toEqual([]);
    const packagesFor = Object.entries(askedOf(service)).filter(([shape]) => shape.includes('package-for'));
    expect(packagesFor.map(([, count]) => count)).toEqual([1]);
  });

  it('sends only the search by name if all terms are names, and no request without terms', async () => {
    const service = await start({ profile: 'search', sandbox: large });
    await service.query(lookupDocument, { terms: ['Imatara 400 mg film-coated tablets'] });
    expect(askedOf(service)).toEqual({ 'GET /MedicinalProductDefinition?name:contains': 1 });
    service.sandbox.clearRequests();
    const { data } = await service.query(lookupDocument, { terms: [] });
    expect([data, service.sandbox.requests]).toEqual([{ lookup: [] }, []]);
  });

  it('reads all products if the upstream accepts only one name in a search', async () => {
    const service = await start({ profile: 'everything', sandbox: large });
    const { ids, identifiers, atc } = sample.registered;
    await service.query(lookupDocument, {
      terms: [...ids.slice(0, 30), ...identifiers.slice(0, 10), ...atc.slice(0, 10)],
    });
    const { 'GET /MedicinalProductDefinition?': all, ...others } = askedOf(service);
    expect(all).toBe(1);
    // The records of the matches contain the selected fields, so no further request is needed.
    expect(others).toEqual({});
  });
});

describe('a lookup of a term with special characters, such as "a|b",', () => {
  const hostile = [
    'a,b',
    'a|b',
    '|',
    'http://spor.ema.europa.eu|1',
    '$everything',
    '\\',
    'a\\,b',
    'a\\',
    '%',
    '%2C',
    '"',
    "'",
    "' OR 1=1 --",
    '</script>',
    'قرص مغلف',
    '\u202Eabc',
    '💊',
    '👩‍⚕️',
    '..',
    '../metadata',
    '.',
    '-',
    '/',
    '?_count=1',
    '&name=x',
    '#',
    '\u0301',
    'ß',
    '１２３',
    'x'.repeat(200),
    '7'.repeat(200),
    `EU/1/${'9'.repeat(190)}`,
    '  Imatara 400 mg film-coated tablets ',
    '\u00A0600000000001\u3000',
  ];

  it.each(['everything', 'search', 'include'] as const)(
    'returns what an oracle computes from the records, with the profile `%s`',
    async (profile) => {
      const service = await start({ profile });
      const answer = await service.query(lookupDocument, { terms: hostile });
      expect(answer.errors).toBeUndefined();
      const lookups = lookupsOf(answer);
      expect(hostile.flatMap((term, index) => sample.faultsOf(term, lookups[index]))).toEqual([]);
      if (profile !== 'everything') expect(lookups.filter(({ kind }) => kind === 'UNSEARCHABLE')).toEqual([]);
    },
  );

  it('finds the product whose name is the term', async () => {
    const called = hostile
      .map((name) => name.trim())
      .filter((name) => name !== '\u0301' && name !== '600000000001');
    const resources = called.map((productName, index) => ({
      resourceType: 'MedicinalProductDefinition' as const,
      id: `p${index}`,
      name: [{ productName }],
    }));
    const naming = createNaming(resources);
    for (const profile of ['everything', 'search'] as const) {
      const service = await start({ profile, sandbox: { resources } });
      const lookups = lookupsOf(await service.query(lookupDocument, { terms: called }));
      expect(lookups.length).toBe(called.length);
      expect(called.flatMap((term, index) => naming.faultsOf(term, lookups[index]))).toEqual([]);
    }
  });

  it.each([
    ['a term of 201 characters', 'x'.repeat(201)],
    ['a blank term', ' '],
    ['an empty term', ''],
    ['a term with a control character', 'a\u0000b'],
    ['a term with a line end', 'a\nb'],
    ['a term with half a surrogate pair', '\uD83D'],
    ['a term of separators alone', '\u001D\u001D'],
  ] as const)(
    'is INVALID for %s, which is never sent upstream, and answers the other terms',
    async (_what, term) => {
      const service = await start({ profile: 'search' });
      const { data, errors } = await service.query(lookupDocument, { terms: [term] });
      expect([data, errors]).toEqual([{ lookup: [{ term, kind: 'INVALID', matches: [] }] }, undefined]);
      expect(service.sandbox.requests).toEqual([]);
      const lookups = lookupsOf(await service.query(lookupDocument, { terms: [term, 'EU/1/24/9001', term] }));
      expect(lookups.map(({ kind }) => kind)).toEqual(['INVALID', 'EXACT', 'INVALID']);
    },
  );

  it('of 51 terms fails with BAD_USER_INPUT before any request', async () => {
    const service = await start({ profile: 'search' });
    const terms = Array.from({ length: 51 }, (_, index) => `t${index}`);
    const { errors } = await service.query(lookupDocument, { terms });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(service.sandbox.requests).toEqual([]);
  });

  it('answers a repeated term each time, also in upper case', async () => {
    const service = await start({ profile: 'search' });
    const terms = ['Imatara', 'Imatara', 'IMATARA', ' imatara ', 'EU/1/24/9001', 'eu/1/24/9001'];
    const lookups = lookupsOf(await service.query(lookupDocument, { terms }));
    expect(lookups.map(({ term }) => term)).toEqual(terms);
    expect(terms.flatMap((term, index) => sample.faultsOf(term, lookups[index]))).toEqual([]);
    expect(lookups.map(({ kind }) => kind)).toEqual([...Array(4).fill('AMBIGUOUS'), 'EXACT', 'EXACT']);
  });
});

const ways = [
  'MedicinalProductDefinition?identifier',
  'MedicinalProductDefinition?name',
  'MedicinalProductDefinition?product-classification',
  'RegulatedAuthorization?identifier',
  'RegulatedAuthorization?case',
  'PackagedProductDefinition?identifier',
  '_id',
];

describe('a lookup answers correctly or with UNSEARCHABLE over upstreams that ignore, refuse, hide or lack a search', () => {
  const guises: readonly (readonly [string, Guise, Partial<TestServiceOptions['sandbox']>?])[] = [
    ...ways.flatMap((way) => [
      [`${way} is ignored`, { ignores: [way] }] as const,
      [`${way} is ignored unseen`, { ignores: [way], self: 'asked' as const }] as const,
      [`${way} is ignored without self`, { ignores: [way], self: 'absent' as const }] as const,
      [`${way} is refused`, { refuses: [way] }] as const,
      [`${way} is concealed`, { conceals: [way] }] as const,
      [`${way} is not there`, { lacks: [way] }] as const,
    ]),
    ...['RegulatedAuthorization?', 'PackagedProductDefinition?', 'Organization?'].map(
      (type) => [`${type} is not served`, { lacks: [type] }] as const,
    ),
    ['no metadata', { metadata: 'absent' }],
    ['all is concealed', { conceals: ['*'] }],
    ['what is not known is ignored', { lacks: ways, unknown: 'ignored' }],
    ['no read by id', { read: 'absent' }],
    ['no $everything', { everything: 'absent' }],
    ['no POST', { post: 404 }],
    ['no POST, short URLs', { post: 405, url: 1_000 }],
    ['totals too low', { total: 'low' }],
    ['totals too high', { total: 'high' }],
    ['no totals', { total: 'absent' }],
    ['rows that come again', { pages: 'overlapping' }, { pageSize: 7, maxPageSize: 7 }],
    ['page links that expire', { uses: 0 }, { pageSize: 7, maxPageSize: 7 }],
    ['names found anywhere', { name: 'contains' }],
    ['names found at their beginning', { name: 'starts-with' }],
  ];

  const few = mixed.filter((_, index) => index % 3 === 0);

  it.each([
    ['everything', 'auto'],
    ['search', 'search'],
    ['include', 'auto'],
  ] as const)(
    'with the other features of the profile `%s`, with `PMS_PROFILE=%s`',
    async (offered, profile) => {
      const faults: string[] = [];
      for (const [what, guise, sandbox] of guises) {
        const service = await startTestService({ profile, sandbox: { profile: offered, guise, ...sandbox } });
        const answer = await service.query(lookupDocument, { terms: few });
        const lookups = lookupsOf(answer);
        const told = answer.errors
          ? answer.errors.map(({ message }) => message)
          : few.flatMap((term, index) => sample.faultsOf(term, lookups[index]));
        faults.push(...told.map((fault) => `${what}: ${fault}`));
        await service.stop();
      }
      expect(faults).toEqual([]);
    },
  );
});

describe('a lookup during an outage', () => {
  const outages: readonly Fault[] = [
    { kind: 'status', status: 503 },
    { kind: 'reset' },
    { kind: 'html' },
    { kind: 'truncated-json' },
  ];

  it.each(
    (['everything', 'search', 'include'] as const).flatMap((profile) =>
      outages.map((fault) => [profile, fault.kind, fault] as const),
    ),
  )(
    'of the whole upstream fails the field `lookup`, with the profile `%s` and the fault `%s`',
    async (profile, _kind, fault) => {
      const service = await start({ profile });
      service.sandbox.setFaults([fault]);
      for (const terms of [['600000000001'], ['Imatara'], ['EU/1/24/9001'], ['C09AA02'], mixed]) {
        const { data, errors } = await service.query(lookupDocument, { terms });
        expect(data).toEqual({ lookup: null });
        expect(errors).toHaveLength(1);
        expect(errors?.[0]?.path).toEqual(['lookup']);
        expect(errors?.[0]?.extensions.code).toMatch(/^UPSTREAM_(UNAVAILABLE|BAD_RESPONSE)$/);
      }
    },
  );

  it.each([
    ['everything', '/MedicinalProductDefinition/600000000001', '600000000001'],
    ['search', '/MedicinalProductDefinition', '600000000001'],
    ['search', '/PackagedProductDefinition?_id', 'EU/1/24/9001/001'],
  ] as const)(
    'with the profile `%s`, of %s only, fails instead of reporting %s as unknown',
    async (profile, match, term) => {
      const service = await start({ profile, sandbox: { products: 1_500 } });
      const naming = createNaming(service.sandbox.resources as readonly FhirResource[]);
      const number = term.startsWith('EU')
        ? (naming.registered.authorizations.find((each) => each.split('/').length === 5) ?? '')
        : (naming.registered.ids[0] ?? '');
      service.sandbox.setFaults([{ kind: 'status', status: 503, match: match.replace(term, number) }]);
      const { data, errors } = await service.query(lookupDocument, { terms: [number] });
      expect(data).toEqual({ lookup: null });
      expect(errors?.[0]?.extensions.code).toBe('UPSTREAM_UNAVAILABLE');
    },
  );
});

describe('a lookup over an authorization that does not name its product', () => {
  const product = (id: string): FhirResource => ({
    resourceType: 'MedicinalProductDefinition',
    id,
    name: [{ productName: `Alpha ${id}` }],
  });
  const authorization = (id: string, subject: unknown): FhirResource =>
    ({
      resourceType: 'RegulatedAuthorization',
      id,
      identifier: [{ value: `MA-${id}` }],
      subject,
    }) as FhirResource;

  it('is UNSEARCHABLE for the number of that authorization, and answers the other terms', async () => {
    const service = await start({
      profile: 'search',
      sandbox: {
        resources: [
          product('1'),
          product('2'),
          authorization('7', [{ reference: 'MedicinalProductDefinition/1' }]),
          authorization('8', [{ identifier: { value: 'somewhere' } }]),
          authorization('9', [
            { reference: 'MedicinalProductDefinition/1' },
            { identifier: { value: 'else' } },
          ]),
          authorization('10', [null, 7]),
          authorization('11', [{ reference: 'MedicinalProductDefinition/404' }]),
          authorization('12', [
            { reference: 'MedicinalProductDefinition/1' },
            { reference: 'MedicinalProductDefinition/2' },
          ]),
        ],
      },
    });
    const terms = ['7', '8', '9', '10', '11', '12', '13'].map((number) => `ma - ${number}`);
    const answer = await service.query(lookupDocument, { terms });
    expect(answer.errors).toBeUndefined();
    expect(lookupsOf(answer).map(({ kind, matches }) => [kind, matches.length])).toEqual([
      ['EXACT', 1],
      ['UNSEARCHABLE', 0],
      ['UNSEARCHABLE', 1],
      // A reference that is not valid may refer to any product.
      ['UNSEARCHABLE', 0],
      ['NONE', 0],
      ['AMBIGUOUS', 2],
      ['NONE', 0],
    ]);
  });
});

describe('a lookup of a name', () => {
  const resources = [
    'Pentazocine 50 mg tablets',
    'Ilosone 500 mg',
    'Vitamin B12 5mg',
    'Amlodipine Orion',
    'Tazocin forte',
  ].map((productName, index) => ({
    resourceType: 'MedicinalProductDefinition' as const,
    id: `p${index}`,
    name: [{ productName }],
  }));

  it.each([
    ['azocin', 'NONE', undefined],
    ['losone', 'NONE', undefined],
    ['tazocin', 'ALIAS', 'NAME_WORD'],
    ['tazocin forte', 'EXACT', 'NAME'],
    ['pentaz', 'PARTIAL', 'NAME_START'],
    ['orion', 'ALIAS', 'NAME_WORD'],
    ['ori', 'PARTIAL', 'NAME_START'],
    ['b12', 'ALIAS', 'NAME_WORD'],
    ['b1', 'NONE', undefined],
    ['50 mg', 'ALIAS', 'NAME_WORD'],
    ['5mg', 'ALIAS', 'NAME_WORD'],
    ['5 mg b12', 'ALIAS', 'NAME_WORD'],
    ['vitamin 5 mg', 'ALIAS', 'NAME_WORD'],
    ['forte tazocin', 'ALIAS', 'NAME_WORD'],
    ['2.5', 'NONE', undefined],
    ['0 mg', 'NONE', undefined],
    ['5 ml', 'NONE', undefined],
    ['500', 'ALIAS', 'NAME_WORD'],
  ] as const)('for "%s" answers %s', async (term, kind, how) => {
    for (const profile of ['everything', 'search'] as const) {
      const service = await start({ profile, sandbox: { resources, guise: { name: 'contains' } } });
      const [lookup] = lookupsOf(await service.query(lookupDocument, { terms: [term] }));
      // A term that may be a number stays undecided if the upstream can only search by name.
      const isOpen = profile === 'everything' && lookup?.kind === 'UNSEARCHABLE';
      if (!isOpen) expect(lookup?.kind).toBe(kind);
      expect(lookup?.matches.map((match) => match.how)).toEqual(how === undefined ? [] : [how]);
    }
  });
});

describe('a lookup over an upstream that accepts only one value in a search parameter', () => {
  it.each(['everything', 'search', 'include'] as const)(
    'answers each term correctly or with UNSEARCHABLE, with the profile `%s`',
    async (profile: Profile) => {
      const sandbox = await startSandbox({ profile });
      onTestFinished(() => sandbox.stop());
      const { baseUrl, tokenUrl, clientId, clientSecret, scope } = sandbox;
      const upstream = await startUpstream(async ({ method, url, headers, body }, response) => {
        const query = body === '' ? (url.split('?')[1] ?? '') : body;
        const isList = [...new URLSearchParams(query)].some(
          ([name, value]) => name !== '_elements' && /(?<!\\),/.test(value),
        );
        const { authorization = '' } = headers;
        const type = headers['content-type'];
        const answer = await fetch(`${new URL(baseUrl).origin}${isList ? '/public/v1/nowhere' : url}`, {
          method,
          headers: {
            authorization,
            accept: 'application/fhir+json',
            ...(type ? { 'content-type': type } : {}),
          },
          ...(method === 'POST' ? { body } : {}),
        });
        const text = (await answer.text()).replaceAll(new URL(baseUrl).origin, upstream.origin);
        response
          .writeHead(isList ? 400 : answer.status, {
            'content-type': answer.headers.get('content-type') ?? '',
          })
          .end(text);
      });
      const facade = await startFacade(
        {
          kind: 'fhir',
          baseUrl: new URL(`${upstream.origin}/public/v1`),
          oauth: { tokenUrl: new URL(tokenUrl), clientId, scope },
        },
        { profile: 'auto', clientSecret, budget: 1_000 },
      );
      onTestFinished(() => facade.stop());
      const { names, ids, authorizations } = sample.registered;
      for (const terms of [names.slice(0, 20), ids.slice(0, 20), authorizations.slice(0, 5)]) {
        const answer = await facade.query(lookupDocument, { terms });
        const lookups = lookupsOf(answer);
        expect(answer.errors).toBeUndefined();
        expect(terms.flatMap((term, index) => sample.faultsOf(term, lookups[index]))).toEqual([]);
        if (terms[0] === names[0]) expect(lookups.map(({ kind }) => kind)).not.toContain('UNSEARCHABLE');
        const { requests, estimated } = upstreamOf(answer);
        expect(requests).toBeLessThanOrEqual(estimated);
      }
    },
  );
});
