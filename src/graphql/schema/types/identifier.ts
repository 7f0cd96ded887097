/** Business identifiers and periods of FHIR. */
import type { Identifier as FhirIdentifier, Period as FhirPeriod } from 'fhir/r5.js';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { IdentifierKind, identifierKind, type IdentifierPlace } from '../../../terms/identifier-kinds.js';
import { FhirDateTime } from '../scalars.js';

registerEnumType(IdentifierKind, {
  name: 'IdentifierKind',
  description:
    'The kinds of things that a number or code identifies. (`identifier.system`, and the record that it stands in)',
  valuesConfig: {
    PMS_ID: { description: 'A product in EMA’s Product Management Service.' },
    MPID: { description: 'A product: the Medicinal Product Identifier of ISO IDMP.' },
    EV_CODE: { description: 'A product in EudraVigilance: `PRD417562`.' },
    AUTHORIZATION: { description: 'An authorization: `EU/1/17/1201`.' },
    PROCEDURE: { description: 'A procedure of an authority: `EMEA/H/C/004728`.' },
    PCID: { description: 'A package: the Packaged Medicinal Product Identifier of ISO IDMP.' },
    DATA_CARRIER: { description: 'A packaging: the number of its bar code.' },
    PHPID: { description: 'A pharmaceutical product: the Pharmaceutical Product Identifier of ISO IDMP.' },
    ORGANIZATION: { description: 'A company or an authority: `ORG-100003918`.' },
    LOCATION: { description: 'A site of an organization: `LOC-100005206`.' },
    SUBSTANCE: { description: 'A substance.' },
    OTHER: { description: 'Anything else, such as the number of a national register.' },
  },
});

@ObjectType({ description: 'A number or code from a register or an authority. (FHIR Identifier)' })
export class Identifier {
  constructor(
    private readonly identifier: FhirIdentifier,
    private readonly place: IdentifierPlace,
  ) {}

  static all(identifiers: readonly FhirIdentifier[] | undefined, place: IdentifierPlace): Identifier[] {
    return (identifiers ?? []).map((identifier) => new Identifier(identifier, place));
  }

  @Field(() => String, {
    nullable: true,
    description: 'The URI of its number system. (`system`)',
  })
  get system(): string | null {
    return this.identifier.system ?? null;
  }

  @Field(() => String, { nullable: true, description: 'The number. (`value`)' })
  get value(): string | null {
    return this.identifier.value ?? null;
  }

  @Field(() => IdentifierKind, {
    nullable: true,
    description:
      'The kind of number: its `system` tells, else the type of the record that has it. (`system`)',
  })
  get kind(): IdentifierKind | null {
    return identifierKind(this.identifier, this.place);
  }
}

@ObjectType({ description: 'A start and an end; an open end is null. (FHIR Period)' })
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

/** Returns the value of the first identifier of a system. EMA writes the URI with `http` or `https`, in either case. */
export function identifierOf(
  identifiers: readonly FhirIdentifier[] | undefined,
  system: RegExp,
): string | null {
  return (
    identifiers?.find((identifier) => system.test(identifier.system ?? '') && identifier.value)?.value ?? null
  );
}
