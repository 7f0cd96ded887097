/**
 * The conditions of a search: on the resource itself, on resources that it refers to (chains), or on resources that refer to it
 * (`_has`).
 */

import type { Holdings, StringMatch } from './holdings.js';
import { referenceParameter } from './includes.js';
import { parseMoment } from './last-updated.js';
import { searchParameters, type Parameter } from './parameters.js';
import type { Offers } from './profiles.js';
import { unlessUnknown, unknownParameter } from './refusal.js';
import { splitUnescaped, unescapeSearch } from './text.js';

/** Returns the positions of the resources that meet the condition. */
export type Filter = (holdings: Holdings) => ReadonlySet<number>;

export interface FilterRules {
  readonly offers: Offers;
  /** How a string parameter without a modifier is compared. */
  readonly stringMatch: StringMatch;
  /** Whether a parameter, as written in the query, is refused although the server declares it. */
  readonly refuses: (type: string, name: string, value: string) => boolean;
}

/**
 * Parses a parameter as written in a query. Throws a Refusal with status 400 if the server does not support the
 * parameter.
 */
export function parseFilter(type: string, written: string, value: string, rules: FilterRules): Filter {
  if (rules.refuses(type, written, value)) throw unknownParameter(written, type);
  if (written.startsWith('_has:')) return parseHas(type, written, value, rules);
  const dot = written.indexOf('.');
  if (dot >= 0) return parseChain(type, written, dot, value, rules);
  return parseOwn(type, written, value, rules);
}

function parseOwn(type: string, written: string, value: string, rules: FilterRules): Filter {
  const [name = '', modifier] = written.split(':', 2);
  requireOffer(type, name, rules, written);
  const values = splitUnescaped(value, ',').filter((each) => each !== '');
  if (name === '_id' && modifier === undefined) return idFilter(type, values);
  if (name === '_lastUpdated' && modifier === undefined) return updateFilter(type, values);
  if (modifier !== undefined && referenceParameter(type, name)?.targets.includes(modifier))
    return parseOwn(type, name, values.map((each) => typed(modifier, each)).join(','), rules);
  const parameter = searchParameters[type]?.[name];
  const match = parameter && matchOf(parameter, modifier, rules);
  if (match === undefined) throw unknownParameter(written, type);
  return (holdings) => new Set(values.flatMap((each) => holdings.find(type, name, each, match)));
}

/** Completes a reference: `subject:Type=id` is short for `subject=Type/id`. */
function typed(type: string, value: string): string {
  return value.includes('/') ? value : `${type}/${value}`;
}

function requireOffer(type: string, name: string, { offers }: FilterRules, written: string): void {
  if (!offers[type]?.parameters.includes(name)) throw unknownParameter(written, type);
}

/** Undefined if the modifier is unknown, or does not fit the type of the parameter. */
function matchOf(
  parameter: Parameter,
  modifier: string | undefined,
  rules: FilterRules,
): StringMatch | undefined {
  if (modifier === undefined) return rules.stringMatch;
  const isMatch = modifier === 'contains' || modifier === 'exact';
  return parameter.type === 'string' && isMatch ? modifier : undefined;
}

function idFilter(type: string, values: readonly string[]): Filter {
  return (holdings) => new Set(values.flatMap((id) => holdings.locate(type, unescapeSearch(id)) ?? []));
}

function updateFilter(type: string, values: readonly string[]): Filter {
  const tests = values.map(parseMoment);
  return (holdings) => {
    const updates = [...holdings.updates(type)];
    return new Set(
      updates.filter(([, moment]) => tests.some((isMet) => isMet(moment))).map(([position]) => position),
    );
  };
}

/** Reads `reference[:Type].parameter`: the parameter must match the resource that the reference names. */
function parseChain(type: string, written: string, dot: number, value: string, rules: FilterRules): Filter {
  const [name = '', only] = written.slice(0, dot).split(':', 2);
  requireOffer(type, name, rules, written);
  const targets = (referenceParameter(type, name)?.targets ?? []).filter(
    (target) => only === undefined || target === only,
  );
  // Without a type, the chain applies to every target type that has the parameter.
  const filters = targets.flatMap(
    (target) => unlessUnknown(() => parseFilter(target, written.slice(dot + 1), value, rules)) ?? [],
  );
  if (filters.length === 0) throw unknownParameter(written, type);
  return (holdings) => {
    const reached = filters.flatMap((filter) =>
      [...filter(holdings)].map((position) => holdings.at(position)),
    );
    return new Set(
      reached.flatMap(({ resourceType, id = '' }) =>
        holdings.find(type, name, `${resourceType}/${id}`, 'exact'),
      ),
    );
  };
}

const HAS = /^_has:(?<source>[A-Za-z]+):(?<name>[a-z-]+):(?<rest>.+)$/;

/**
 * Reads `_has:Type:reference:parameter`: a resource of the type must refer to the result, and the parameter must match that
 * resource.
 */
function parseHas(type: string, written: string, value: string, rules: FilterRules): Filter {
  requireOffer(type, '_has', rules, written);
  const { source = '', name = '', rest = '' } = HAS.exec(written)?.groups ?? {};
  requireOffer(source, name, rules, written);
  if (!referenceParameter(source, name)?.targets.includes(type)) throw unknownParameter(written, type);
  const filter = parseFilter(source, rest, value, rules);
  return (holdings) => {
    const sources = [...filter(holdings)].map((position) => holdings.at(position));
    return new Set(sources.flatMap((resource) => holdings.targets(source, name, resource, type)));
  };
}
