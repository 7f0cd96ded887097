/**
 * Gives access to the resources of the sandbox. It builds the index of a search parameter when the parameter is first
 * used.
 */

import type { Resource } from 'fhir/r5.js';
import { indexKeys, queryKeys } from './index-keys.js';
import { searchParameters, type Parameter } from './parameters.js';
import { targetOf } from './references.js';
import { fold, unescapeSearch } from './text.js';
import type { Entry, World } from './world/world.js';

export type StringMatch = 'starts-with' | 'contains' | 'exact';

export interface Holdings {
  readonly types: readonly string[];
  /** Positions of all resources of a type, ascending. */
  all(type: string): readonly number[];
  at(position: number): Resource;
  read(type: string, id: string): Resource | undefined;
  locate(type: string, id: string): number | undefined;
  /** Positions of the resources that match one value of a search parameter, in no particular order. */
  find(type: string, parameter: string, value: string, match: StringMatch): readonly number[];
  /**
   * Positions of the existing resources that a resource refers to by a reference parameter. With `target`, only resources of that
   * type.
   */
  targets(type: string, parameter: string, resource: Resource, target?: string): readonly number[];
  /** When each resource of a type was last updated, in milliseconds since 1970. Keys are positions. */
  updates(type: string): ReadonlyMap<number, number>;
  /**
   * The value by which each resource of a type is sorted. Keys are positions. If there are several texts, the first
   * in alphabetical order is used.
   */
  sortValues(type: string, name: string): ReadonlyMap<number, string | number>;
  /** Builds the index of a string parameter, so that the first search is not slow. */
  prepare(type: string, parameter: string): void;
  /** The resources of a type that refer to `target` (`Type/id`) by a reference parameter, in the order of positions. */
  referring(type: string, parameter: string, target: string): readonly Resource[];
}

interface Text {
  readonly position: number;
  readonly text: string;
  readonly folded: string;
}

export function createHoldings(world: World): Holdings {
  const positions = remember((type: string) => [...world.each(type)].map(({ position }) => position));
  const keyed = remember((path: string) => buildIndex(world, path));
  const texts = remember((path: string) => collectTexts(world, path));
  const updates = remember((type: string) => collectUpdates(world, type));

  function find(type: string, name: string, value: string, match: StringMatch): readonly number[] {
    const parameter = parameterOf(`${type}.${name}`);
    if (parameter.type === 'string') return findText(texts(`${type}.${name}`), unescapeSearch(value), match);
    const keys = queryKeys(parameter, value);
    if (parameter.type === 'token') return keys.flatMap((key) => keyed(`${type}.${name}`).get(key) ?? []);
    return keys.flatMap((key) => {
      const relatives = world.relatives(idOf(key));
      if (relatives === undefined) return keyed(`${type}.${name}`).get(key) ?? [];
      return relatives.filter(isReferring(type, parameter, key)).map(({ position }) => position);
    });
  }

  function targets(type: string, name: string, resource: Resource, only?: string): readonly number[] {
    const parameter = parameterOf(`${type}.${name}`);
    if (parameter.type !== 'reference') return [];
    return parameter.of(resource).flatMap((reference) => {
      const target = targetOf(reference);
      if (target === undefined) return [];
      const types = target.type === undefined ? parameter.targets : [target.type];
      return types
        .filter((each) => only === undefined || each === only)
        .flatMap((each) => world.locate(each, target.id) ?? []);
    });
  }

  return {
    types: world.types,
    all: positions,
    at: (position) => world.at(position),
    locate: (type, id) => world.locate(type, id),
    read: (type, id) => {
      const position = world.locate(type, id);
      return position === undefined ? undefined : world.at(position);
    },
    find,
    targets,
    updates,
    sortValues(type, name) {
      if (name === '_lastUpdated') return updates(type);
      if (name === '_id') return new Map(positions(type).map((position) => [position, position]));
      return leastTexts(texts(`${type}.${name}`));
    },
    prepare: (type, name) => void texts(`${type}.${name}`),
    referring: (type, name, target) =>
      [...new Set(find(type, name, target, 'exact'))]
        .sort((a, b) => a - b)
        .map((position) => world.at(position)),
  };
}

function isReferring(type: string, parameter: Parameter, key: string): (entry: Entry) => boolean {
  return ({ resource }) => resource.resourceType === type && indexKeys(parameter, resource).includes(key);
}

/** Returns the id in an index key `Type/id`. */
function idOf(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

function buildIndex(world: World, path: string): Map<string, number[]> {
  const parameter = parameterOf(path);
  const index = new Map<string, number[]>();
  for (const { position, resource } of world.each(typeOf(path))) {
    for (const key of new Set(indexKeys(parameter, resource))) {
      if (parameter.type === 'reference' && world.hasRelatives(idOf(key))) continue;
      const found = index.get(key);
      if (found === undefined) index.set(key, [position]);
      else found.push(position);
    }
  }
  return index;
}

function collectTexts(world: World, path: string): Text[] {
  const parameter = parameterOf(path);
  if (parameter.type !== 'string') return [];
  const texts: Text[] = [];
  for (const { position, resource } of world.each(typeOf(path))) {
    for (const text of parameter.of(resource)) texts.push({ position, text, folded: fold(text) });
  }
  return texts;
}

function collectUpdates(world: World, type: string): Map<number, number> {
  const moments = [...world.each(type)].map(({ position, resource }): [number, number] => [
    position,
    Date.parse(resource.meta?.lastUpdated ?? ''),
  ]);
  return new Map(moments.filter(([, moment]) => !Number.isNaN(moment)));
}

function leastTexts(texts: readonly Text[]): Map<number, string> {
  const least = new Map<number, string>();
  for (const { position, folded } of texts) {
    const known = least.get(position);
    if (known === undefined || folded < known) least.set(position, folded);
  }
  return least;
}

function findText(texts: readonly Text[], wanted: string, match: StringMatch): number[] {
  const folded = fold(wanted);
  const isMatch = {
    exact: ({ text }: Text) => text === wanted,
    contains: (text: Text) => text.folded.includes(folded),
    // As in HAPI, the start of any word matches, not only the start of the text.
    'starts-with': (text: Text) => text.folded.startsWith(folded) || text.folded.includes(` ${folded}`),
  }[match];
  return texts.filter(isMatch).map(({ position }) => position);
}

function typeOf(path: string): string {
  return path.slice(0, path.indexOf('.'));
}

function parameterOf(path: string): Parameter {
  const parameter = searchParameters[typeOf(path)]?.[path.slice(path.indexOf('.') + 1)];
  if (parameter === undefined) throw new RangeError(`no search parameter ${path}`);
  return parameter;
}

function remember<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
