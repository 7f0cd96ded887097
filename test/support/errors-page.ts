/** Prints docs/errors.md from the table of error codes. */
import {
  errorCodes,
  errorFaults,
  errorMeanings,
  type ErrorCode,
  type ErrorMeaning,
} from '../../src/errors.js';
import { table } from './markdown.js';

const retries: Readonly<Record<ErrorMeaning['retry'], string>> = {
  no: 'no',
  once: 'once, changed as said',
  later: 'yes, after `retryAfter` or a pause',
};

/** @param limits sentences about the limits of a document and its response */
export function errorsPage(limits: readonly string[]): string {
  const told = errorCodes.filter((code) => !meaningOf(code).isToCome);
  const toCome = errorCodes.filter((code) => meaningOf(code).isToCome);
  return [
    '# Errors',
    'Printed from the code by `npx vitest run test/docs.test.ts --update`.',
    `An error has its code in \`errors[].extensions.code\`, a sentence for people in \`message\`, and the place in \`path\`. Go by the
code: messages may change. A failure nulls its own field and leaves its siblings alone, so an answer often has both \`data\`
and \`errors\`. [Queries](queries.md#null-and-answers-in-part) shows such an answer.`,
    `\`extensions.retryAfter\` says after how many seconds the same request makes sense, where that is known. Clients that ask again
without it should pause for a second at first, and twice as long each time.`,
    'A product that does not exist is `null` without an error.',
    ...(Object.keys(errorFaults) as ErrorMeaning['fault'][]).flatMap((fault) => [
      `## ${errorFaults[fault]}`,
      table(
        ['code', 'meaning', 'what to do', 'send it again?'],
        told.filter((code) => errorMeanings[code].fault === fault).map(rowOf),
      ),
    ]),
    '## Limits of a document',
    `\`QUERY_TOO_COMPLEX\` names the limit that was passed. Introspection keeps to the same limits.`,
    limits.map((limit) => `- ${limit}`).join('\n'),
    '## Reserved codes',
    `These belong to the contract, and this version never gives them: ${toCome.map((code) => `\`${code}\``).join(', ')}.`,
  ]
    .join('\n\n')
    .concat('\n');
}

function meaningOf(code: ErrorCode): ErrorMeaning {
  return errorMeanings[code];
}

function rowOf(code: ErrorCode): readonly string[] {
  const { meaning, cure, retry } = meaningOf(code);
  return [`\`${code}\``, meaning, cure, retries[retry]];
}
