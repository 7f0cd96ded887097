/** Checks searched texts against limits, which keep a search within milliseconds. */
import { PmsError } from '../../errors.js';
import { typedWords, type TypedWord } from './tokens.js';

/** The maximum number of characters of a text. */
export const longestText = 200;
/** The highest number of words, separated by blanks. */
export const mostWords = 8;
/**
 * The highest number of words, including those that only signs separate: `5mg/160mg/12.5mg` has several words and no
 * blank.
 */
const mostParts = 24;

/**
 * Checks a typed text, and returns its words.
 * @param place the name of the argument that has the text, such as `text`, for the error
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
