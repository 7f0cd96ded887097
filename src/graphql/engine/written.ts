/** Serializes responses to text, and limits their length. */
import { PmsError } from '../../errors.js';

/**
 * Maximum size of one response in bytes. Writing 18 MB takes 100 ms, during which the process handles no other
 * request.
 */
export const maxAnswerBytes = 4_000_000;

/** Thrown if a response would exceed `maxAnswerBytes`. */
export class AnswerTooLarge extends PmsError {
  constructor() {
    super('QUERY_TOO_COMPLEX', 'The response would have more than 4 MB. Request less data in one operation.');
  }
}

/** The `data` of a response, already serialized. */
export class Written {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** Serializes a response as `JSON.stringify` would. `data` may already be text. */
export function stringifyAnswer(answer: { readonly data?: unknown }): string {
  const { data, ...others } = answer;
  if (!(data instanceof Written)) return JSON.stringify(answer);
  const rest = JSON.stringify(others);
  return rest === '{}' ? `{"data":${data.text}}` : `{"data":${data.text},${rest.slice(1)}`;
}

/** Whether a text exceeds `maxAnswerBytes`. For most texts the number of characters is enough to decide. */
export function isTooLarge(text: string): boolean {
  // No character of a string takes more than three bytes.
  return text.length * 3 > maxAnswerBytes && Buffer.byteLength(text) > maxAnswerBytes;
}
