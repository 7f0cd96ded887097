/** Several routes as one: what the first cannot answer, by all that it finds out, is asked by the next. */
import { isPmsError, PmsError } from '../../errors.js';
import type { Key } from '../graph/key.js';
import type { Candidates, Missing, RootList } from '../known/known.js';
import type { Relation } from '../graph/relation.js';
import type { Profile, Route } from './route.js';

/** @param onTurn told when a route that was not planned is taken, once for each */
export function createFallback(
  routes: readonly { readonly name: Profile; readonly open: () => Route }[],
  onTurn: (to: Profile) => void,
): Route {
  const opened = new Map<Profile, Route>();
  const take = ({ name, open }: (typeof routes)[number]): Route => {
    const before = opened.get(name);
    if (before) return before;
    if (name !== routes[0]?.name) onTurn(name);
    const route = open();
    opened.set(name, route);
    return route;
  };
  return {
    async products(search) {
      let found: RootList | Candidates | PmsError | undefined;
      for (const each of routes) {
        found = await take(each).products(search);
        if (!isUnsupported(found)) break;
      }
      return found ?? new PmsError('UPSTREAM_UNSUPPORTED', 'There is no way to ask the upstream.');
    },

    async terms(terms) {
      const [first] = routes;
      if (!first) return new PmsError('UPSTREAM_UNSUPPORTED', 'There is no way to ask the upstream.');
      // All routes search alike.
      return take(first).terms(terms);
    },

    async children(question, parents) {
      const found = new Map<Key, Relation>();
      let left = parents;
      for (const each of routes) {
        for (const [parent, relation] of await take(each).children(question, left)) {
          // The first refusal says best what is not offered.
          if (!found.has(parent) || !isRefused(relation)) found.set(parent, relation);
        }
        left = left.filter((parent) => isRefused(found.get(parent)));
        if (left.length === 0) break;
      }
      return found;
    },

    async read(reads) {
      const missing = new Map<Key, Missing>();
      let left = reads;
      for (const each of routes) {
        const unread = await take(each).read(left);
        for (const key of left.keys()) {
          const why = unread.get(key);
          // Who cannot read it at all knows less than who has not seen it.
          if (missing.get(key) === 'unseen' && isUnsupported(why)) continue;
          if (why === undefined) missing.delete(key);
          else missing.set(key, why);
        }
        left = new Map([...left].filter(([key]) => isOpen(missing.get(key))));
        if (left.size === 0) break;
      }
      return missing;
    },
  };
}

function isRefused(relation: Relation | undefined): boolean {
  return relation?.state.kind === 'failed' && isUnsupported(relation.state.error);
}

/** What is in none of the bundles that were read may be found by another way. */
function isOpen(why: Missing | undefined): boolean {
  return why === 'unseen' || isUnsupported(why);
}

function isUnsupported(outcome: unknown): boolean {
  return isPmsError(outcome) && outcome.code === 'UPSTREAM_UNSUPPORTED';
}
