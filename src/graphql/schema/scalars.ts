/** Scalars of the schema: instants, and FHIR's dates of any precision. */
import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { PmsError } from '../../errors.js';
import { faultIn } from '../../facts/authorizations/dates.js';

/** An instant, RFC 3339. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
});

export const FhirDateTime = new GraphQLScalarType<string, string>({
  name: 'FhirDateTime',
  description:
    'A date, as precise as the record gives it: `2017`, `2017-05`, `2017-05-04`, or a date with a time of day. (FHIR dateTime)',
  specifiedByURL: 'https://hl7.org/fhir/R5/datatypes.html#dateTime',
  serialize: (value) => {
    const fault = typeof value === 'string' ? faultIn(value) : 'it is not text';
    if (typeof value === 'string' && fault === undefined) return value;
    throw new PmsError('UPSTREAM_BAD_RESPONSE', `The upstream sent an invalid date: ${fault}.`);
  },
  parseValue: (value) => {
    const fault = typeof value === 'string' ? faultIn(value) : 'it is not text';
    if (typeof value === 'string' && fault === undefined) return value;
    throw new TypeError(`FhirDateTime must be a date such as 2017, 2017-05 or 2017-05-04: ${fault}`);
  },
});
