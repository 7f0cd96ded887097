/** The error of a place after which changes may be missing: the body of a 410 response, or of an event. */
import type { MustRefetch } from '../../search-index/changes/change.js';
import { mustRefetchMessage } from '../../search-index/changes/must-refetch.js';

export function mustRefetchBody(reason: MustRefetch): object {
  return {
    errors: [
      { message: mustRefetchMessage(reason), extensions: { code: 'BAD_CURSOR', mustRefetch: reason } },
    ],
  };
}
