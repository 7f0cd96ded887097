/** Answers as text, and how long that may be. */
import { PmsError } from '../../errors.js';

/** Most bytes of one answer. To write 18 MB alone takes 100 ms, in which nobody else is answered. */
export const maxAnswerBytes = 4_000_000;

/** The answer would have more bytes than one may. */
export class AnswerTooLarge extends PmsError {
  constructor() {
    super('QUERY_TOO_COMPLEX', 'The answer would have more than 4 MB. Ask for less at once.');
  }
}

/** The `data` of an answer, written once. */
export class Written {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** As `JSON.stringify` would write it, around what is written already. */
export function stringifyAnswer(answer: { readonly data?: unknown }): string {
  const { data, ...others } = answer;
  if (!(data instanceof Written)) return JSON.stringify(answer);
  const rest = JSON.stringify(others);
  return rest === '{}' ? `{"data":${data.text}}` : `{"data":${data.text},${rest.slice(1)}`;
}

/** Whether a text has more bytes than an answer may; most are told by their length alone. */
export function isTooLarge(text: string): boolean {
  // No character takes more than three bytes.
  return text.length * 3 > maxAnswerBytes && Buffer.byteLength(text) > maxAnswerBytes;
}
