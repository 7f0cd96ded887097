/** Several profiles as one: what the first cannot answer, by all that it finds out, is asked by the next. */
import { isPmsError, PmsError } from '../../errors.js';
import type { Key } from '../graph/key.js';
import type { Candidates, Missing, RootList } from '../known/known.js';
import type { Relation } from '../graph/relation.js';
import type { ProfileName, Profile } from './profile.js';

export function createFallback(
  profiles: readonly { readonly name: ProfileName; readonly open: () => Profile }[],
): Profile {
  const opened = new Map<ProfileName, Profile>();
  const take = ({ name, open }: (typeof profiles)[number]): Profile => {
    const before = opened.get(name);
    if (before) return before;
    const profile = open();
    opened.set(name, profile);
    return profile;
  };
  return {
    async products(search) {
      let found: RootList | Candidates | PmsError | undefined;
      for (const each of profiles) {
        found = await take(each).products(search);
        if (!isUnsupported(found)) break;
      }
      return found ?? new PmsError('UPSTREAM_UNSUPPORTED', 'There is no way to ask the upstream.');
    },

    brings(search) {
      const [first] = profiles;
      return first ? take(first).brings(search) : '';
    },

    async terms(terms) {
      const [first] = profiles;
      if (!first) return new PmsError('UPSTREAM_UNSUPPORTED', 'There is no way to ask the upstream.');
      // All profiles search alike.
      return take(first).terms(terms);
    },

    async children(question, parents) {
      const found = new Map<Key, Relation>();
      let left = parents;
      for (const each of profiles) {
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
      for (const each of profiles) {
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
