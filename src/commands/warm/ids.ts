/** Reads a list of products, with one PMS ID or global id per line. */
import { isPmsError } from '../../errors.js';
import { idOf } from '../../catalogue/graph/key.js';
import { keyOfType } from '../../graphql/schema/global-id.js';
import { WarmError } from './warm-error.js';

/** Maximum number of line numbers that a message names. The other lines are only counted. */
const mostNamed = 20;

/**
 * Returns the ids in the order of their first occurrence, without duplicates. `#` starts a comment. Empty lines and a
 * byte order mark are ignored. All kinds of line ends are accepted.
 * @throws WarmError with the numbers of invalid lines, but never with their text
 */
export function readIds(text: string): readonly string[] {
  const ids = new Set<string>();
  const wrong: number[] = [];
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const written = line.replace(/#.*/, '').trim();
    if (written === '') continue;
    const id = idIn(written);
    if (id === undefined) wrong.push(at + 1);
    else ids.add(id);
  }
  if (wrong.length > 0) throw new WarmError('data', messageOf(wrong));
  return [...ids];
}

function idIn(written: string): string | undefined {
  try {
    return idOf(keyOfType('MedicinalProductDefinition', written, 'id'));
  } catch (error) {
    if (isPmsError(error)) return undefined;
    throw error;
  }
}

function messageOf(wrong: readonly number[]): string {
  const named = wrong.slice(0, mostNamed).join(', ');
  const more = wrong.length > mostNamed ? ` and ${wrong.length - mostNamed} more` : '';
  const lines = wrong.length === 1 ? `Line ${named} is` : `Lines ${named}${more} are`;
  return `${lines} not valid. Give a PMS ID (600000000001) or a global id (Product:600000000001). Nothing was sent.`;
}
