/** Records for tests of facts, with only the elements that a test needs. */
import type { CodeableConcept, RegulatedAuthorization } from 'fhir/r5.js';
import { emaList } from '../support/views.js';

export const term = (list: string, code: string): CodeableConcept => ({
  coding: [{ system: emaList(list), code }],
});

export const kinds = {
  marketing: term('220000000060', '220000000061'),
  orphan: term('220000000060', '220000000062'),
  parallel: term('220000000060', '220000000063'),
  manufacturing: term('220000000060', '220000000099'),
  other: term('220000000060', '220000000096'),
} as const;

export const country = (code: string): CodeableConcept => term('100000000002', code);

/** Returns an authorization record with any content, also malformed. */
export const authorization = (content: object): RegulatedAuthorization =>
  ({ resourceType: 'RegulatedAuthorization', ...content }) as RegulatedAuthorization;
