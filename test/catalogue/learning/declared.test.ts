/** Reading an upstream's declared capabilities, in all their forms. */
import type { CapabilityStatement } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { declaredBy, describedBy } from '../../../src/catalogue/learning/declared.js';
import { learnFrom, startLearner } from '../../support/learning.js';
import { json, startUpstream } from '../../support/upstream.js';

const searchable = { interaction: [{ code: 'search-type' }] };

function declared(rest: unknown): readonly string[] {
  return declaredBy({ resourceType: 'CapabilityStatement', rest } as CapabilityStatement);
}

describe('a CapabilityStatement', () => {
  it('declares searches, reads, includes and $everything of the types that the service reads', () => {
    const resource = [
      {
        type: 'MedicinalProductDefinition',
        interaction: [{ code: 'read' }, { code: 'search-type' }],
        searchParam: [{ name: 'name', type: 'string' }],
        searchInclude: ['MedicinalProductDefinition:contact', 'PackagedProductDefinition:x:Organization'],
        searchRevInclude: ['Ingredient:for'],
        operation: [{ name: 'everything' }, { name: 'other' }],
      },
      { type: 'Ingredient', ...searchable, operation: [{ name: 'everything' }] },
      { type: 'Patient', ...searchable, searchParam: [{ name: 'name' }] },
    ];
    expect(declared([{ mode: 'server', resource }])).toEqual([
      'read',
      'search MedicinalProductDefinition?_id',
      'search MedicinalProductDefinition?name',
      'include MedicinalProductDefinition:contact',
      'include PackagedProductDefinition:x',
      'revinclude Ingredient:for',
      'everything',
      'search Ingredient?_id',
    ]);
  });

  it('declares the features of all its `rest` entries, except those with the mode `client`', () => {
    const of = (type: string, mode?: string): object => ({
      ...(mode === undefined ? {} : { mode }),
      resource: [{ type, ...searchable }],
    });
    expect(
      declared([of('Ingredient', 'server'), of('Organization', 'client'), of('SubstanceDefinition')]),
    ).toEqual(['search Ingredient?_id', 'search SubstanceDefinition?_id']);
  });

  it('declares no parameters for a type without search, and only the id for a type that lists none', () => {
    const named = { searchParam: [{ name: 'for' }] };
    const resource = [
      { type: 'Ingredient', ...named },
      { type: 'Organization', ...searchable },
    ];
    expect(declared([{ resource }])).toEqual(['search Organization?_id']);
  });

  it.each([
    ['no `rest`', undefined],
    ['a text as `rest`', 'x'],
    ['one object instead of a list as `rest`', { resource: [{ type: 'Ingredient', ...searchable }] }],
    ['invalid entries in `rest`', [null, 5, 'x', []]],
    [
      'invalid entries in `rest.resource`',
      [{ resource: 'x' }, { resource: [null, 'Ingredient', {}, { type: 7 }] }],
    ],
    [
      'types named `__proto__` and `constructor`',
      [{ resource: [{ type: '__proto__' }, { type: 'constructor', ...searchable }] }],
    ],
    [
      'elements of wrong JSON types',
      [{ resource: [{ type: 'Ingredient', interaction: 'search-type', searchInclude: 5 }] }],
    ],
    [
      'includes named `*` and `:`',
      [{ resource: [{ type: 'Ingredient', searchInclude: ['*', ':', 'Ingredient:', null] }] }],
    ],
  ])('with %s declares no feature', (_what, rest) => {
    expect(declared(rest)).toEqual([]);
  });

  it('declares search parameters that have a name, and ignores the others', () => {
    const searchParam = [null, {}, { name: 5 }, { name: ['x'] }, { name: 'for' }];
    expect(declared([{ resource: [{ type: 'Ingredient', ...searchable, searchParam }] }])).toEqual([
      'search Ingredient?_id',
      'search Ingredient?for',
    ]);
  });

  it('with members named `__proto__` does not change Object.prototype', async () => {
    const statement = `{ "resourceType": "CapabilityStatement", "__proto__": { "polluted": 1 }, "rest": [{
      "__proto__": { "polluted": 1 }, "resource": [{ "type": "Ingredient", "interaction": [{ "code": "search-type" }],
      "searchParam": [{ "name": "__proto__" }, { "name": "constructor" }] }] }] }`;
    const upstream = await startUpstream(({ url }, response) =>
      url === '/metadata' ? json(response, JSON.parse(statement)) : json(response, {}, 404),
    );
    // The declared features, before the service has probed any.
    const { capabilities, learning } = startLearner({ kind: 'fhir', baseUrl: new URL(upstream.origin) });
    await learning.learnt();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(capabilities.features.evidence('search Ingredient?__proto__' as never)).toBe('declared');
    expect(capabilities.features.has('search Ingredient?toString' as never)).toBe(false);
  });

  it('of several megabytes is read', async () => {
    const searchParam = Array.from({ length: 30_000 }, (_, index) => ({
      name: `parameter-${index}`,
      documentation: 'x'.repeat(100),
    }));
    const resource = [
      { type: 'Patient', ...searchable, searchParam },
      { type: 'Ingredient', ...searchable, searchParam: [{ name: 'for' }] },
    ];
    const upstream = await startUpstream(({ url }, response) =>
      url === '/metadata'
        ? json(response, { resourceType: 'CapabilityStatement', rest: [{ mode: 'server', resource }] })
        : json(response, {}, 404),
    );
    const { told, capabilities } = await learnFrom(upstream.origin);
    expect(told).toMatchObject([{ event: 'capabilities.read', source: 'metadata' }]);
    // The search is declared, and a probe has shown that it does not work.
    expect(capabilities.features.evidence('search Ingredient?for')).toBe('refuted');
    expect([...capabilities.features.all.keys()].filter((name) => name.includes('Patient'))).toEqual([]);
  });
});

describe('an OpenAPI document of the upstream', () => {
  const get = (path: string, ...parameters: readonly string[]): readonly string[] =>
    describedBy([{ path, method: 'get', parameters }]);

  it.each([
    ['/Ingredient', ['search Ingredient?for', 'search Ingredient?_id']],
    ['/Ingredient/', ['search Ingredient?for', 'search Ingredient?_id']],
    ['/public/v1/Ingredient', ['search Ingredient?for', 'search Ingredient?_id']],
  ])('declares a search by each parameter of GET %s', (path, features) => {
    expect(get(path, 'for', '_id')).toEqual(features);
  });

  it('declares a search parameter without its modifier', () => {
    expect(get('/MedicinalProductDefinition', 'name:contains')).toEqual([
      'search MedicinalProductDefinition?name',
    ]);
  });

  it.each([
    ['/MedicinalProductDefinition/{id}', 'the feature read', ['read']],
    ['/v1/MedicinalProductDefinition/{id}/$everything', 'the feature everything', ['everything']],
    ['/MedicinalProductDefinition/$everything', 'no feature', []],
    ['/MedicinalProductDefinition/_history', 'no feature', []],
    ['/MedicinalProductDefinition/{id}/_history', 'no feature', []],
    ['/MedicinalProductDefinition/_search', 'no feature', []],
    ['/Ingredient/{id}', 'no feature', []],
    ['/Ingredient/{id}/$everything', 'no feature', []],
    ['/metadata', 'no feature', []],
    ['/', 'no feature', []],
    ['/__proto__/{id}', 'no feature', []],
  ])('with only the path GET %s declares %s', (path, _what, features) => {
    expect(get(path)).toEqual(features);
  });

  it.each([
    ['/Ingredient/_search', 'the feature post-search', ['post-search']],
    ['/Ingredient', 'no feature', []],
    ['/MedicinalProductDefinition/{id}', 'no feature', []],
    ['/MedicinalProductDefinition/{id}/$everything', 'no feature', []],
  ])('with only the path POST %s declares %s', (path, _what, features) => {
    expect(describedBy([{ path, method: 'post', parameters: ['for'] }])).toEqual(features);
  });
});
