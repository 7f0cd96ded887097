/** Finds out from an OperationOutcome which search parameters were ignored. Servers use different wordings. */
import { isObject } from './answer.js';

/** Returns the names, without modifiers, of the search parameters that the upstream ignored. */
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
 * Finds parameter names in a text. Some names, such as `for` and `name`, are also words. So only quoted text and lists
 * after a colon count as names.
 */
function namedIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/["'`‘’“”«»[({]([^"'`‘’“”«»[\](){}\n]{1,200})["'`‘’“”«»\])}]/gu)];
  const listed = [...text.matchAll(/\bparameters?\s*[:=]\s*([\w:-]+(?:\s*,\s*[\w:-]+)*)/giu)];
  return [...quoted, ...listed].flatMap(([, names = '']) => names.split(/[,\s]+/));
}

/** Returns parameter names from `issue.expression` and `issue.location`. */
function placesIn(issue: Readonly<Record<string, unknown>>): readonly string[] {
  return [issue['expression'], issue['location']]
    .flat()
    .flatMap((place) => (typeof place === 'string' ? (place.split('.').at(-1) ?? []) : []));
}

/** Returns the parameter name in a text: `subject` in `subject:Product=1`. */
function parameterIn(written: string): string | undefined {
  const [name = ''] = written.replace(/^[?&]/, '').split(/[:=]/, 1);
  return /^_?[a-z][a-z-]{1,60}$/i.test(name) ? name : undefined;
}
