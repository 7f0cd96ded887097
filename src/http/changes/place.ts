/** Places in the list of changes, as clients send them: `handle.offset`. */
import type { ChangePlace } from '../../search-index/changes/change.js';

export function writePlace({ handle, offset }: ChangePlace): string {
  return `${handle}.${offset}`;
}

/** Returns the place; undefined if the text is not a place. */
export function readPlace(text: string): ChangePlace | undefined {
  const [, handle, offset] = /^([\w-]{1,64})\.(\d{1,15})$/.exec(text) ?? [];
  return handle === undefined ? undefined : { handle, offset: Number(offset) };
}
