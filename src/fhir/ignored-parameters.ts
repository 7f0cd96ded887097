/** What an OperationOutcome says that was left out of a question: names of search parameters, as servers put it in words. */
import { isObject } from './answer.js';

/** Names, without modifiers, of the parameters that it says were not applied. */
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

/** Some parameters are called as words are, `for` and `name`: only what is quoted, or listed after a colon, is a name. */
function namedIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/["'`‘’“”«»[({]([^"'`‘’“”«»[\](){}\n]{1,200})["'`‘’“”«»\])}]/gu)];
  const listed = [...text.matchAll(/\bparameters?\s*[:=]\s*([\w:-]+(?:\s*,\s*[\w:-]+)*)/giu)];
  return [...quoted, ...listed].flatMap(([, names = '']) => names.split(/[,\s]+/));
}

/** FHIR's own place for it: where in the request the fault is. */
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
