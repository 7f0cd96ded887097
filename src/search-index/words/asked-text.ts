/** Checks texts that users search for against limits, so that a search takes only milliseconds. */
import { PmsError } from '../../errors.js';
import { typedWords, type TypedWord } from './tokens.js';

/** Maximum number of characters of a text. */
export const longestText = 200;
/** Maximum number of words, separated by blanks. */
export const mostWords = 8;
/**
 * Maximum number of words, including those that are separated only by signs: `5mg/160mg/12.5mg` has several words and
 * no blank.
 */
const mostParts = 24;

/**
 * Checks a text that a user typed, and returns its words.
 * @param place the name of the argument, such as `text`, for the error message
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
  // Tabs and line breaks are allowed, because texts that users paste may contain them.
  if (/[^\P{Cc}\t\r\n]|\p{Cs}/u.test(text)) return 'must be text without control characters.';
  if (text.trim().split(/\s+/u).length > mostWords) return `may have ${mostWords} words at most.`;
  return undefined;
}
