/** Reads which search parameters an OperationOutcome says were ignored, in the wordings of different servers. */
import { isObject } from './answer.js';

/** Returns the names, without modifiers, of the parameters that were not applied. */
export function ignoredParametersIn(outcome: unknown): readonly string[] {
  const issues = isObject(outcome) && Array.isArray(outcome['issue']) ? outcome['issue'] : [];
  return issues.filter(isObject).flatMap((issue) => {
    const text = textOf(issue);
    if (issue['code'] !== 'not-supported' && !notApplied.test(text)) return [];
    return [...namedIn(text), ...placesIn(issue)].flatMap((name) => parameterIn(name) ?? []);
  });
}

const notApplied =
  /\b(ignor|unknown|unsupported|unrecogni[sz]|invalid|(not|n't)\b.{0,20}\b(support|recogni[sz]|known|implement|appl|honou?r|understood|valid|used))/i;

function textOf(issue: Readonly<Record<string, unknown>>): string {
  const details = isObject(issue['details']) ? issue['details']['text'] : undefined;
  return [issue['diagnostics'], details].filter((text) => typeof text === 'string').join('\n');
}

/**
 * Finds names in a text. Some parameters are called like words, `for` and `name`. So only quoted text, or text listed
 * after a colon, counts as a name.
 */
function namedIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/["'`‘’“”«»[({]([^"'`‘’“”«»[\](){}\n]{1,200})["'`‘’“”«»\])}]/gu)];
  const listed = [...text.matchAll(/\bparameters?\s*[:=]\s*([\w:-]+(?:\s*,\s*[\w:-]+)*)/giu)];
  return [...quoted, ...listed].flatMap(([, names = '']) => names.split(/[,\s]+/));
}

/** Reads FHIR's own elements for it, which locate the fault in the request. */
function placesIn(issue: Readonly<Record<string, unknown>>): readonly string[] {
  return [issue['expression'], issue['location']]
    .flat()
    .flatMap((place) => (typeof place === 'string' ? (place.split('.').at(-1) ?? []) : []));
}

/** `subject:Product=1` names `subject`. */
function parameterIn(written: string): string | undefined {
  const [name = ''] = written.replace(/^[?&]/, '').split(/[:=]/, 1);
  return /^_?[a-z][a-z-]{1,60}$/i.test(name) ? name : undefined;
}
