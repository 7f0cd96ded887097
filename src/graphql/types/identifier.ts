/** Business identifiers and periods, as FHIR has them. */
import type { Identifier as FhirIdentifier, Period as FhirPeriod } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import { FhirDateTime } from '../scalars.js';

@ObjectType({ description: 'A number or code that a register or an authority gave. (FHIR Identifier)' })
export class Identifier {
  constructor(private readonly identifier: FhirIdentifier) {}

  static all(identifiers: readonly FhirIdentifier[] | undefined): Identifier[] {
    return (identifiers ?? []).map((identifier) => new Identifier(identifier));
  }

  @Field(() => String, {
    nullable: true,
    description: 'What kind of number it is, as an address. (`system`)',
  })
  get system(): string | null {
    return this.identifier.system ?? null;
  }

  @Field(() => String, { nullable: true, description: 'The number. (`value`)' })
  get value(): string | null {
    return this.identifier.value ?? null;
  }
}

@ObjectType({ description: 'From when to when; an open end is null. (FHIR Period)' })
export class Period {
  constructor(private readonly period: FhirPeriod) {}

  static of(period: FhirPeriod | undefined): Period | null {
    return period ? new Period(period) : null;
  }

  @Field(() => FhirDateTime, { nullable: true, description: 'The first day. (`start`)' })
  get start(): string | null {
    return this.period.start ?? null;
  }

  @Field(() => FhirDateTime, { nullable: true, description: 'The last day. (`end`)' })
  get end(): string | null {
    return this.period.end ?? null;
  }
}

/** The value of the first identifier of a system, which EMA writes with either scheme and in either case. */
export function identifierOf(
  identifiers: readonly FhirIdentifier[] | undefined,
  system: RegExp,
): string | null {
  return (
    identifiers?.find((identifier) => system.test(identifier.system ?? '') && identifier.value)?.value ?? null
  );
}
