/** The parameters that an OperationOutcome reports as ignored, in the words of several servers. */
import { expect, it } from 'vitest';
import { ignoredParametersIn } from '../../src/fhir/ignored-parameters.js';

function named(...issue: readonly object[]): readonly string[] {
  return [...new Set(ignoredParametersIn({ resourceType: 'OperationOutcome', issue }))];
}

it.each<[string, object, readonly string[]]>([
  [
    'a quoted name',
    {
      severity: 'warning',
      code: 'not-supported',
      diagnostics: "The search parameter 'for' is not supported for resource type 'Ingredient'.",
    },
    ['for', 'Ingredient'],
  ],
  [
    'its details',
    { code: 'invalid', details: { text: 'Unknown search parameter "package-for:missing" was ignored' } },
    ['package-for'],
  ],
  ['a list after a colon', { diagnostics: 'Ignored parameters: _sort, form-of' }, ['_sort', 'form-of']],
  ['a place', { code: 'not-supported', expression: ['http.subject'] }, ['subject']],
  ['an older place', { code: 'not-supported', location: ['http.name:contains'] }, ['name']],
  ['brackets', { diagnostics: 'Parameter [_elements] is not recognised' }, ['_elements']],
])('the ignored parameters are read from an outcome of %s', (_what, issue, names) => {
  expect(named(issue)).toEqual(names);
});

it.each<[string, unknown]>([
  ['words that are no names', { diagnostics: 'The search parameter name for this is not supported' }],
  ['words behind a name', { diagnostics: 'Unknown parameter: colour is not known for the subject' }],
  ['what is not about parameters that were left out', { diagnostics: "Sorted by 'name'" }],
  ['what is no text', { code: 'not-supported', diagnostics: 7, expression: [null, {}], details: 'x' }],
  ['a value with anything in it', { code: 'not-supported', diagnostics: "The value '<a b=1>' is odd" }],
])('the outcome %s is not read as a report of ignored parameters', (_what, issue) => {
  expect(named(issue as object).filter((name) => ['name', 'for', 'subject'].includes(name))).toEqual([]);
});

it.each([undefined, null, 'x', [], {}, { issue: {} }, { issue: [null, 1, 'x'] }])(
  'the malformed outcome %j causes no error',
  (outcome) => {
    expect(ignoredParametersIn(outcome)).toEqual([]);
  },
);
