/** Joins several profiles into one. If the first profile cannot answer a request, the next profile tries it. */
import { isPmsError } from '../../errors.js';
import type { Key } from '../graph/key.js';
import type { Missing } from '../known/known.js';
import type { Relation } from '../graph/relation.js';
import type { OpenProfile, ProfileName } from './profile.js';

export function createFallback(
  profiles: readonly { readonly name: ProfileName; readonly open: () => OpenProfile }[],
): Pick<OpenProfile, 'children' | 'read'> {
  const opened = new Map<ProfileName, OpenProfile>();
  const take = ({ name, open }: (typeof profiles)[number]): OpenProfile => {
    const before = opened.get(name);
    if (before) return before;
    const profile = open();
    opened.set(name, profile);
    return profile;
  };
  return {
    async children(question, parents) {
      const found = new Map<Key, Relation>();
      let left = parents;
      for (const each of profiles) {
        for (const [parent, relation] of await take(each).children(question, left)) {
          // If all profiles refuse, the refusal of the first profile is returned, because it describes best what the
          // upstream lacks.
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
          // `unseen` means that a profile has looked for the record. A refusal by a later profile does not replace this
          // result.
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

/**
 * Whether another profile may still find the record, because no bundle contained it or this profile cannot read it.
 */
function isOpen(why: Missing | undefined): boolean {
  return why === 'unseen' || isUnsupported(why);
}

function isUnsupported(outcome: unknown): boolean {
  return isPmsError(outcome) && outcome.code === 'UPSTREAM_UNSUPPORTED';
}
