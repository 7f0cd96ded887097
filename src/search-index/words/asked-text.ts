/** Limits for searched texts, which keep a search within milliseconds. */
import { PmsError } from '../../errors.js';
import { typedWords, type TypedWord } from './tokens.js';

/** Characters of a text. */
export const longestText = 200;
/** The highest number of words, separated by blanks. */
export const mostWords = 8;
/** The highest number of words, also separated by signs: `5mg/160mg/12.5mg` is one word with blanks as separators. */
const mostParts = 24;

/**
 * Reads a text to search for.
 * @param place the name of its argument: `text`
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
  // Tabs and line breaks are allowed: pasted texts have them.
  if (/[^\P{Cc}\t\r\n]|\p{Cs}/u.test(text)) return 'must be text without control characters.';
  if (text.trim().split(/\s+/u).length > mostWords) return `may have ${mostWords} words at most.`;
  return undefined;
}
