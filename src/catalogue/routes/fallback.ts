/** Several routes as one: what the first cannot answer, by all that it finds out, is asked by the next. */
import { isPmsError } from '../../errors.js';
import type { Key } from '../key.js';
import type { Missing } from '../known.js';
import type { Relation } from '../relation.js';
import type { Route } from './route.js';

export function createFallback(routes: readonly [Route, ...Route[]]): Route {
  const [first, ...others] = routes;
  return {
    async products(search) {
      let found = await first.products(search);
      for (const route of others) {
        if (!isUnsupported(found)) break;
        found = await route.products(search);
      }
      return found;
    },

    async children(question, parents) {
      const found = new Map<Key, Relation>();
      let left = parents;
      for (const route of routes) {
        for (const [parent, relation] of await route.children(question, left)) {
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
      for (const route of routes) {
        const unread = await route.read(left);
        for (const key of left.keys()) missing.delete(key);
        for (const [key, why] of unread) missing.set(key, why);
        left = new Map([...left].filter(([key]) => isUnsupported(missing.get(key))));
        if (left.size === 0) break;
      }
      return missing;
    },
  };
}

function isRefused(relation: Relation | undefined): boolean {
  return relation?.state.kind === 'failed' && isUnsupported(relation.state.error);
}

function isUnsupported(outcome: unknown): boolean {
  return isPmsError(outcome) && outcome.code === 'UPSTREAM_UNSUPPORTED';
}
