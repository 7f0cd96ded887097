/** Chooses the includes for a selection, and the lists that they return. */
import type { ResourceType } from '../../../fhir/resources.js';
import type { SearchParameters } from '../../../fhir/search.js';
import type { KnownFeatures } from '../../upstream/features.js';
import type { Forward, Link, Reverse } from '../../graph/link.js';
import { links } from '../../graph/links.js';
import { isRoot, type ParentType, type Selection } from '../../question/selection.js';

export interface Includes {
  readonly parameters: SearchParameters;
  /** The resource types that the includes may return. */
  readonly types: readonly ResourceType[];
  /** The searches that the includes replace, and whether their parents are matches, included records, or both. */
  readonly promises: readonly Promised[];
}

export interface Promised {
  readonly question: Reverse;
  readonly ofMatches: boolean;
  readonly ofIncluded: boolean;
}

/** Whether records of a type are matches of the search, included records, or both. */
type Reached = ReadonlyMap<ParentType, { readonly match: boolean; readonly included: boolean }>;

interface Wanted {
  match: boolean;
  included: boolean;
}

/**
 * @param below the selections below the matches, by type
 * @param features the upstream's features; only includes that are among them are used
 */
export function includesOf(below: Selection['below'], features: KnownFeatures): Includes {
  const reverses = new Map<Reverse, Wanted>();
  const forwards = new Map<Forward, Wanted>();
  const matches: Reached = new Map([...below.keys()].map((type) => [type, { match: true, included: false }]));
  visit(below, matches);
  return {
    parameters: [
      ...[...forwards].flatMap(([link, wanted]) => parametersFor('_include', includeOf(link), wanted)),
      ...[...reverses].flatMap(([link, wanted]) =>
        parametersFor('_revinclude', `${link.type}:${link.parameter}`, wanted),
      ),
    ],
    types: [
      ...new Set([
        ...[...reverses.keys()].map(({ type }) => type),
        ...[...forwards.keys()].flatMap(({ types }) => types),
      ]),
    ],
    promises: [...reverses].map(([question, { match, included }]) => ({
      question,
      ofMatches: match,
      ofIncluded: included,
    })),
  };

  function visit(below: Selection['below'], from: Reached): void {
    for (const [type, selections] of below) {
      const how = from.get(type);
      if (!how) continue;
      for (const { link, below: further } of selections)
        if (!isRoot(link)) visit(further, walk(links[link], new Map([[type, how]])));
    }
  }

  function walk(link: Link, from: Reached): Reached {
    switch (link.kind) {
      case 'self':
        return from;
      case 'bundled':
        return new Map();
      case 'reverse':
        return reverse(link, from);
      case 'forward':
        return forward(link, from);
      case 'then':
        return walk(link.second, walk(link.first, from));
      case 'union':
        return link.of.reduce<Reached>((all, part) => merge(all, walk(part, from)), new Map());
      case 'orElse':
        return merge(walk(link.first, from), walk(link.second, from));
      case 'where':
      case 'unless':
      case 'first':
        return walk(link.link, from);
    }
  }

  function reverse(link: Reverse, from: Reached): Reached {
    const name = `${link.type}:${link.parameter}` as const;
    const goesOn = features.evidence(`revinclude:iterate ${name}`) !== 'refuted';
    const parents = link.parents.flatMap((type) => from.get(type) ?? []);
    if (parents.length === 0 || !features.has(`revinclude ${name}`)) return new Map();
    // If the children of some parents must be searched, one search finds the children of all parents. Then no include
    // is needed.
    if (!goesOn && parents.some((how) => how.included)) return new Map();
    want(reverses, link, parents);
    return new Map([[link.type, included]]);
  }

  function forward(link: Forward, from: Reached): Reached {
    const parent = from.get(link.from);
    if (!parent) return new Map();
    if (link.include && features.has(`include ${link.from}:${link.include}`)) {
      want(forwards, link, [parent]);
      return new Map(link.types.map((type) => [type, included]));
    }
    // A reference from a record to its product leads back to the matches, if the matches are products.
    return new Map([...matches].filter(([type]) => link.types.some((each) => each === type)));
  }
}

/** Returns all selections below records of a type, anywhere in an operation. */
export function selectionsBelow(type: ResourceType, selections: readonly Selection[]): Selection['below'] {
  const asked: Selection[] = [];
  const visit = ({ below }: Selection): void => {
    asked.push(...(below.get(type) ?? []));
    [...below.values()].flat().forEach(visit);
  };
  selections.forEach(visit);
  return new Map([[type, asked]]);
}

const included = { match: false, included: true } as const;

function want<L extends Link>(table: Map<L, Wanted>, link: L, parents: readonly Wanted[]): void {
  const wanted = table.get(link) ?? { match: false, included: false };
  for (const { match, included } of parents) {
    wanted.match ||= match;
    wanted.included ||= included;
  }
  table.set(link, wanted);
}

function merge(one: Reached, other: Reached): Reached {
  const all = new Map(one);
  for (const [type, how] of other) {
    const before = all.get(type) ?? { match: false, included: false };
    all.set(type, { match: before.match || how.match, included: before.included || how.included });
  }
  return all;
}

function includeOf({ from, include }: Forward): string {
  return `${from}:${include}`;
}

/**
 * Returns the include parameters of a link. `:iterate` applies to included records. Some servers apply it to matches
 * too, others do not.
 */
function parametersFor(
  name: '_include' | '_revinclude',
  value: string,
  { match, included: isIncluded }: Wanted,
): SearchParameters {
  return [
    ...(match ? [{ name, values: [value] }] : []),
    ...(isIncluded ? [{ name, modifier: 'iterate' as const, values: [value] }] : []),
  ];
}
