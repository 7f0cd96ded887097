#!/usr/bin/env node
/**
 * A small FHIR R5 server for measurements: products, their packages, the item in each and its ingredients, all made
 * up, and each answer written once and then kept as bytes.
 *
 *     node bench/rivals/upstream.mjs [port]
 *
 * `/-/set?latency=50&page=20` adds milliseconds to each answer and bounds the rows on a page; `/-/calls` tells how many
 * requests came since it was last asked, and which. Neither is part of what the clients see.
 */
import http from 'node:http';
import { pathToFileURL } from 'node:url';

const productCount = 200;
const epoch = '2026-01-01T00:00:00Z';
const systems = {
  pms: 'http://ema.europa.eu/fhir/pmsId',
  mpid: 'http://ema.europa.eu/fhir/mpId',
  pcid: 'http://ema.europa.eu/fhir/pcId',
  role: 'http://spor.ema.europa.eu/v1/lists/100000072050',
  substance: 'http://spor.ema.europa.eu/v2/SubstanceDefinition',
  form: 'http://spor.ema.europa.eu/v1/lists/200000000006',
  unit: 'http://unitsofmeasure.org',
};

/** What each type can be searched by, and the references or texts that the parameter reads. */
const parameters = {
  MedicinalProductDefinition: { name: ({ name }) => name.map(({ productName }) => productName) },
  PackagedProductDefinition: {
    'package-for': ({ packageFor }) => packageFor.map(referred),
    'manufactured-item': ({ packaging }) =>
      packaging.containedItem.map(({ item }) => referred(item.reference)),
  },
  ManufacturedItemDefinition: {},
  Ingredient: { for: (ingredient) => ingredient.for.map(referred) },
  // There is none, but who looks for the ingredients of a product has to ask.
  AdministrableProductDefinition: { 'form-of': ({ formOf }) => formOf.map(referred) },
};

/** @returns the server, which listens, and the URL that it is at */
export async function startUpstream(port = 0) {
  const settings = { latency: 0, page: 500 };
  const world = madeUp();
  const kept = new Map();
  let calls = [];

  const server = http.createServer((request, response) => {
    if (request.url.startsWith('/-/')) return response.end(JSON.stringify(control(request.url)));
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const target = request.method === 'POST' ? asked(request.url, body) : request.url;
      calls.push(target);
      const answer = () => send(response, target);
      if (settings.latency > 0) setTimeout(answer, settings.latency);
      else answer();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;

  function control(target) {
    const { pathname, searchParams } = new URL(target, url);
    if (pathname === '/-/set') {
      for (const [name, value] of searchParams) settings[name] = Number(value);
      kept.clear();
      return settings;
    }
    const counted = { count: calls.length, calls: calls.slice(0, 20) };
    calls = [];
    return counted;
  }

  function send(response, target) {
    let answer = kept.get(target);
    if (!answer) {
      answer = answered(target);
      kept.set(target, answer);
    }
    const { status, bytes } = answer;
    response.writeHead(status, { 'content-type': 'application/fhir+json', 'content-length': bytes.length });
    response.end(bytes);
  }

  function answered(target) {
    const { pathname, searchParams } = new URL(target, url);
    const [type, id, ...beyond] = pathname.split('/').filter(Boolean);
    if (type === 'metadata') return written(200, capabilityStatement(url));
    if (!world[type] || beyond.length > 0)
      return written(404, outcome('not-supported', 'There is no such thing here.'));
    if (id === undefined) return searched(type, searchParams, target);
    const found = world[type].byId.get(id);
    return found ? written(200, found) : written(404, outcome('not-found', 'There is no such resource.'));
  }

  function searched(type, query, target) {
    let found = world[type].all;
    for (const [key, value] of query) {
      const [name, modifier] = key.split(':');
      if (['_count', '_elements', '_page', '_total'].includes(name)) continue;
      const values = value.split(',');
      if (name === '_id') found = values.flatMap((id) => world[type].byId.get(id) ?? []);
      else if (name === 'name' && parameters[type].name) found = found.filter(named(value, modifier));
      else if (parameters[type][name]) found = joined(type, name, values, found);
      else return written(400, outcome('not-supported', `Nothing is searched by ${name}.`));
    }
    const offset = Number(query.get('_page') ?? 0);
    const rows = Math.min(Number(query.get('_count') ?? 20), settings.page);
    const page = found.slice(offset, offset + rows);
    const elements = query.get('_elements')?.split(',');
    const next = new URL(target, url);
    next.searchParams.set('_page', String(offset + rows));
    return written(200, {
      resourceType: 'Bundle',
      type: 'searchset',
      total: found.length,
      link: [
        { relation: 'self', url: `${url}${target}` },
        ...(offset + rows < found.length ? [{ relation: 'next', url: next.href }] : []),
      ],
      entry: page.map((resource) => ({
        fullUrl: `${url}/${type}/${resource.id}`,
        resource: elements ? narrowed(type, resource, elements) : resource,
        search: { mode: 'match' },
      })),
    });
  }

  /** In the order of the collection, as a database gives them, not in that of the values asked for. */
  function joined(type, name, values, found) {
    const wanted = new Set(values);
    return found.filter((resource) =>
      parameters[type][name](resource).some((reference) => wanted.has(reference)),
    );
  }

  return { url, server };
}

/** A search by POST is the same as one by GET. */
function asked(target, body) {
  const { pathname } = new URL(target, 'http://localhost');
  return `${pathname.replace(/\/_search$/, '')}?${body}`;
}

function named(text, modifier) {
  const wanted = text.toLowerCase();
  return ({ name }) =>
    name.some(({ productName }) => {
      const at = productName.toLowerCase().indexOf(wanted);
      return modifier === 'contains' ? at >= 0 : at === 0;
    });
}

function narrowed(type, resource, elements) {
  const names = elements.map((element) =>
    element.startsWith(`${type}.`) ? element.slice(type.length + 1) : element,
  );
  const kept = { resourceType: type, id: resource.id, meta: resource.meta };
  for (const name of names) if (resource[name] !== undefined) kept[name] = resource[name];
  return kept;
}

function referred(reference) {
  return typeof reference === 'string' ? reference : reference.reference;
}

function written(status, resource) {
  return { status, bytes: Buffer.from(JSON.stringify(resource)) };
}

function outcome(code, diagnostics) {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
}

function capabilityStatement(url) {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: epoch,
    kind: 'instance',
    software: { name: 'upstream for measurements' },
    implementation: { description: 'Made up, not for clinical use', url },
    fhirVersion: '5.0.0',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        resource: Object.entries(parameters).map(([type, names]) => ({
          type,
          interaction: [{ code: 'read' }, { code: 'search-type' }],
          searchParam: [
            { name: '_id', type: 'token' },
            ...Object.keys(names).map((name) => ({ name, type: name === 'name' ? 'string' : 'reference' })),
          ],
        })),
      },
    ],
  };
}

/** The same world each time: two packages a product, in every tenth a third, an item in each, three ingredients. */
function madeUp() {
  const world = {
    MedicinalProductDefinition: [],
    PackagedProductDefinition: [],
    ManufacturedItemDefinition: [],
    Ingredient: [],
    AdministrableProductDefinition: [],
  };
  for (let number = 1; number <= productCount; number += 1) {
    const id = String(600_000_000_000 + number);
    world.MedicinalProductDefinition.push(productOf(id, number));
    const packs = number % 10 === 0 ? 3 : 2;
    for (let pack = 1; pack <= packs; pack += 1) {
      const item = `${id}-item-${pack}`;
      world.PackagedProductDefinition.push(packageOf(`${id}-pack-${pack}`, id, item, pack));
      world.ManufacturedItemDefinition.push(itemOf(item, number));
      for (let part = 1; part <= 3; part += 1)
        world.Ingredient.push(ingredientOf(`${id}-ingredient-${pack}-${part}`, item, number, part));
    }
  }
  return Object.fromEntries(
    Object.entries(world).map(([type, all]) => [
      type,
      { all, byId: new Map(all.map((resource) => [resource.id, resource])) },
    ]),
  );
}

function productOf(id, number) {
  const name = `Valtensa ${String.fromCharCode(65 + (number % 26))}${number} ${5 * (1 + (number % 8))} mg film-coated tablets`;
  return {
    resourceType: 'MedicinalProductDefinition',
    id,
    meta: { versionId: '1', lastUpdated: epoch },
    identifier: [
      { system: systems.pms, value: id },
      { system: systems.mpid, value: `EU-100001234-${String(number).padStart(8, '0')}` },
    ],
    domain: concept('http://spor.ema.europa.eu/v1/lists/100000000004', '100000000012', 'Human use'),
    status: concept('http://spor.ema.europa.eu/v1/lists/200000005003', '200000005004', 'Current'),
    combinedPharmaceuticalDoseForm: concept(systems.form, '100000073665', 'Film-coated tablet'),
    indication: 'Hypertension in adults, and in children from six years of age.',
    legalStatusOfSupply: concept(
      'http://spor.ema.europa.eu/v1/lists/100000072051',
      '100000072084',
      'Medicinal product subject to medical prescription',
    ),
    classification: [concept('http://www.whocc.no/atc', 'C09CA03', 'valsartan')],
    name: [
      {
        productName: name,
        part: [
          {
            part: 'Valtensa',
            type: concept(
              'http://spor.ema.europa.eu/v1/lists/220000000000',
              '220000000002',
              'Invented name part',
            ),
          },
        ],
        usage: [
          {
            country: concept('http://spor.ema.europa.eu/v1/lists/100000000002', '100000000390', 'Germany'),
            language: concept('http://spor.ema.europa.eu/v1/lists/100000072057', '100000072147', 'English'),
          },
        ],
      },
    ],
  };
}

function packageOf(id, product, item, pack) {
  const size = 14 * pack;
  return {
    resourceType: 'PackagedProductDefinition',
    id,
    meta: { versionId: '1', lastUpdated: epoch },
    identifier: [
      { system: systems.pcid, value: `EU-100001234-${product.slice(-8)}-${String(pack).padStart(4, '0')}` },
    ],
    packageFor: [{ reference: `MedicinalProductDefinition/${product}` }],
    status: concept('http://spor.ema.europa.eu/v1/lists/200000005003', '200000005004', 'Current'),
    containedItemQuantity: [{ value: size, unit: 'tablet', system: systems.unit, code: '{tbl}' }],
    description: `${size} tablets in a carton`,
    packaging: {
      type: concept('http://spor.ema.europa.eu/v1/lists/100000073346', '100000073498', 'Box'),
      quantity: 1,
      material: [concept('http://spor.ema.europa.eu/v1/lists/200000003199', '200000003529', 'Cardboard')],
      containedItem: [
        { item: { reference: { reference: `ManufacturedItemDefinition/${item}` } }, amount: { value: size } },
      ],
    },
  };
}

function itemOf(id, number) {
  return {
    resourceType: 'ManufacturedItemDefinition',
    id,
    meta: { versionId: '1', lastUpdated: epoch },
    status: 'active',
    name: `Tablet ${number}`,
    manufacturedDoseForm: concept(systems.form, '100000073665', 'Film-coated tablet'),
    unitOfPresentation: concept('http://spor.ema.europa.eu/v1/lists/200000000014', '200000002152', 'Tablet'),
  };
}

function ingredientOf(id, item, number, part) {
  const isActive = part === 1;
  const code = `1000000${String(90_000 + ((number * 7 + part * 13) % 400))}`;
  const strength = 5 * (1 + (number % 8));
  return {
    resourceType: 'Ingredient',
    id,
    meta: { versionId: '1', lastUpdated: epoch },
    status: 'active',
    for: [{ reference: `ManufacturedItemDefinition/${item}` }],
    role: isActive
      ? concept(systems.role, '100000072072', 'Active')
      : concept(systems.role, '100000072082', 'Excipient'),
    substance: {
      code: { concept: concept(systems.substance, code, `substance ${code.slice(-3)}`) },
      ...(isActive
        ? {
            strength: [
              {
                presentationRatio: {
                  numerator: { value: strength, unit: 'mg', system: systems.unit, code: 'mg' },
                  denominator: { value: 1, unit: 'tablet', system: systems.unit, code: '{tbl}' },
                },
              },
            ],
          }
        : {}),
    },
  };
}

function concept(system, code, display) {
  return { coding: [{ system, code, display }] };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { url } = await startUpstream(Number(process.argv[2] ?? 0));
  process.stdout.write(`ready ${url}\n`);
}
