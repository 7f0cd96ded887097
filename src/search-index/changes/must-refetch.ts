/** Tells clients that they must fetch all products again, because changes after their place may be missing. */
import type { MustRefetch } from './change.js';

const reasons: Readonly<Record<MustRefetch, string>> = {
  PURGED: 'The index was filled anew since then',
  FORGOTTEN: 'Changes after this place are deleted already, because they are too old or too many',
  AHEAD: 'The index was replaced by an older copy since then',
};

export function mustRefetchMessage(reason: MustRefetch): string {
  return `${reasons[reason]}, so changes may be missing. Fetch all products again, then go on with the changes since then.`;
}
