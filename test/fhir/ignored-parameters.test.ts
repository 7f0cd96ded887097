/** The parameters that an OperationOutcome reports as ignored, in the words of several servers. */
import { expect, it } from 'vitest';
import { ignoredParametersIn } from '../../src/fhir/ignored-parameters.js';

function named(...issue: readonly object[]): readonly string[] {
  return [...new Set(ignoredParametersIn({ resourceType: 'OperationOutcome', issue }))];
}

it.each<[string, object, readonly string[]]>([
  [
    'a quoted name in its diagnostics',
    {
      severity: 'warning',
      code: 'not-supported',
      diagnostics: "The search parameter 'for' is not supported for resource type 'Ingredient'.",
    },
    ['for', 'Ingredient'],
  ],
  [
    'a quoted name in its details',
    { code: 'invalid', details: { text: 'Unknown search parameter "package-for:missing" was ignored' } },
    ['package-for'],
  ],
  [
    'a list of names after a colon',
    { diagnostics: 'Ignored parameters: _sort, form-of' },
    ['_sort', 'form-of'],
  ],
  ['an `expression` with the name', { code: 'not-supported', expression: ['http.subject'] }, ['subject']],
  ['a `location` with the name', { code: 'not-supported', location: ['http.name:contains'] }, ['name']],
  ['a name in brackets', { diagnostics: 'Parameter [_elements] is not recognised' }, ['_elements']],
])('an OperationOutcome that names ignored search parameters is recognized by %s', (_what, issue, names) => {
  expect(named(issue)).toEqual(names);
});

it.each<[string, unknown]>([
  [
    'words instead of a parameter name',
    { diagnostics: 'The search parameter name for this is not supported' },
  ],
  [
    'other words after a parameter name',
    { diagnostics: 'Unknown parameter: colour is not known for the subject' },
  ],
  ['a quoted parameter that was used', { diagnostics: "Sorted by 'name'" }],
  [
    'diagnostics that are no string',
    { code: 'not-supported', diagnostics: 7, expression: [null, {}], details: 'x' },
  ],
  ['a quoted value that is no name', { code: 'not-supported', diagnostics: "The value '<a b=1>' is odd" }],
])('an OperationOutcome with %s does not count as a report of ignored search parameters', (_what, issue) => {
  expect(named(issue as object).filter((name) => ['name', 'for', 'subject'].includes(name))).toEqual([]);
});

it.each([undefined, null, 'x', [], {}, { issue: {} }, { issue: [null, 1, 'x'] }])(
  'a malformed OperationOutcome, %j, names no ignored search parameters and causes no error',
  (outcome) => {
    expect(ignoredParametersIn(outcome)).toEqual([]);
  },
);
