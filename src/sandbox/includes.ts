/** `_include` and `_revinclude`: the resources included with a page of matches. */

import type { Holdings } from './holdings.js';
import { searchParameters, type ReferenceParameter } from './parameters.js';

export interface Inclusion {
  /**
   * `forward` includes the resources that the source refers to. `reverse` includes the sources that refer to a match.
   */
  readonly direction: 'forward' | 'reverse';
  /** The resource type that has the reference parameter. */
  readonly source: string;
  readonly parameter: string;
  /** Type of the resources to include or to match. If absent, all target types. */
  readonly target?: string;
  /** Whether the inclusion applies to included resources too (`:iterate`), not only to matches. */
  readonly iterates: boolean;
}

/**
 * Reads `_include[:iterate]=Type:parameter[:Target]` or a `_revinclude`. Returns undefined if R5 has no such reference parameter.
 */
export function parseInclusion(name: string, value: string): Inclusion | undefined {
  const [directive = '', modifier] = name.split(':', 2);
  const [source = '', parameter = '', target, ...rest] = value.split(':');
  const joined = referenceParameter(source, parameter);
  const isKnown = modifier === undefined || modifier === 'iterate';
  if (joined === undefined || !isKnown || rest.length > 0) return undefined;
  if (target !== undefined && !joined.targets.includes(target)) return undefined;
  return {
    direction: directive === '_include' ? 'forward' : 'reverse',
    source,
    parameter,
    ...(target === undefined ? {} : { target }),
    iterates: modifier === 'iterate',
  };
}

/** Returns the reference parameter with this name; undefined if the type has none. */
export function referenceParameter(type: string, name: string): ReferenceParameter | undefined {
  const parameter = searchParameters[type]?.[name];
  return parameter?.type === 'reference' ? parameter : undefined;
}

/** Returns the positions of the resources to include with the matches, without duplicates and without the matches themselves. */
export function includedWith(
  holdings: Holdings,
  matches: readonly number[],
  inclusions: readonly Inclusion[],
): readonly number[] {
  const seen = new Set(matches);
  const iterating = inclusions.filter(({ iterates }) => iterates);
  let round = inclusions;
  for (let latest = matches; latest.length > 0; round = iterating) {
    const reached = round.flatMap((inclusion) => joinedTo(holdings, latest, inclusion));
    latest = [...new Set(reached)].filter((position) => !seen.has(position)).sort((a, b) => a - b);
    for (const position of latest) seen.add(position);
  }
  return [...seen].slice(new Set(matches).size);
}

function joinedTo(holdings: Holdings, positions: readonly number[], inclusion: Inclusion): number[] {
  const { direction, source, parameter, target } = inclusion;
  const resources = positions.map((position) => holdings.at(position));
  if (direction === 'forward') {
    return resources
      .filter(({ resourceType }) => resourceType === source)
      .flatMap((resource) => holdings.targets(source, parameter, resource, target));
  }
  const targets = target === undefined ? referenceParameter(source, parameter)?.targets : [target];
  return resources
    .filter(({ resourceType }) => targets?.includes(resourceType))
    .flatMap(({ resourceType, id = '' }) =>
      holdings.find(source, parameter, `${resourceType}/${id}`, 'exact'),
    );
}
