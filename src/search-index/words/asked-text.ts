/** What may be searched for: limits that keep a search within milliseconds. */
import { PmsError } from '../../errors.js';
import { typedWords, type TypedWord } from './tokens.js';

/** Characters of a text. */
export const longestText = 200;
/** Words of a text, as blanks part them. */
export const mostWords = 8;
/** Of what signs part as well: `5mg/160mg/12.5mg` is one word to whoever types it. */
const mostParts = 24;

/**
 * Reads a text that someone searches for.
 * @param place the argument that it was given as: `text`
 * @throws BAD_USER_INPUT for a text without letters and digits, with control characters, or beyond the limits
 */
export function checkAskedText(text: string, place: string): readonly TypedWord[] {
  const fault = faultIn(text);
  const words = fault === undefined ? typedWords(text) : [];
  const fail = (reason: string): never => {
    throw new PmsError('BAD_USER_INPUT', `"${place}" ${reason}`);
  };
  if (fault !== undefined) return fail(fault);
  if (words.length === 0) return fail('must have a letter or a digit to search for.');
  if (words.reduce((sum, { parts }) => sum + Math.max(1, parts.length), 0) > mostParts)
    return fail(`may have ${mostParts} words and numbers at most.`);
  return words;
}

function faultIn(text: string): string | undefined {
  if (text.length > longestText) return `may have ${longestText} characters at most.`;
  // Tabs and line breaks come along with what is pasted.
  if (/[^\P{Cc}\t\r\n]|\p{Cs}/u.test(text)) return 'must be text without control characters.';
  if (text.trim().split(/\s+/u).length > mostWords) return `may have ${mostWords} words at most.`;
  return undefined;
}
