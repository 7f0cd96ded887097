/** Writes answers as text, and limits their length. */
import { PmsError } from '../../errors.js';

/** Most bytes of one answer. Writing 18 MB alone takes 100 ms, in which no other request is answered. */
export const maxAnswerBytes = 4_000_000;

/** Thrown when an answer would exceed `maxAnswerBytes`. */
export class AnswerTooLarge extends PmsError {
  constructor() {
    super('QUERY_TOO_COMPLEX', 'The answer would have more than 4 MB. Ask for less at once.');
  }
}

/** The `data` of an answer, already serialized. */
export class Written {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** Serializes an answer as `JSON.stringify` would, around data that is text already. */
export function stringifyAnswer(answer: { readonly data?: unknown }): string {
  const { data, ...others } = answer;
  if (!(data instanceof Written)) return JSON.stringify(answer);
  const rest = JSON.stringify(others);
  return rest === '{}' ? `{"data":${data.text}}` : `{"data":${data.text},${rest.slice(1)}`;
}

/** Whether a text exceeds `maxAnswerBytes`; for most texts their length decides. */
export function isTooLarge(text: string): boolean {
  // No character takes more than three bytes.
  return text.length * 3 > maxAnswerBytes && Buffer.byteLength(text) > maxAnswerBytes;
}
