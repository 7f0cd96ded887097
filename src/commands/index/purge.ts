/** `pms-graphql index purge`: deletes all data of the index. */
import { counted } from '../counted.js';
import { IndexCommandError, openAt, type IndexPlace } from './place.js';

/**
 * @returns the text for the user
 * @throws IndexError if the index cannot be opened; IndexCommandError if another process writes to it
 */
export async function purge(place: IndexPlace): Promise<string> {
  const index = await openAt(place);
  if (!index) return `The index is empty: ${place.file} does not exist.\n`;
  try {
    const { access, because, products, place: named } = await index.status();
    if (access === 'reads')
      throw new IndexCommandError(
        `${named} was not changed. ${because ?? ''} Stop the process that writes to it, and try again.`,
      );
    await index.purge();
    return `${counted(products, 'product')} deleted from ${named}.\n`;
  } finally {
    await index.close();
  }
}
