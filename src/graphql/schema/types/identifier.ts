/** Business identifiers and periods of FHIR. */
import type { Identifier as FhirIdentifier, Period as FhirPeriod } from 'fhir/r5.js';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { IdentifierKind, identifierKind, type IdentifierPlace } from '../../../terms/identifier-kinds.js';
import { FhirDateTime } from '../scalars.js';

registerEnumType(IdentifierKind, {
  name: 'IdentifierKind',
  description:
    'The type of an identifier: what it is the number or code of. (`identifier.system`, and the type of the record with the identifier)',
  valuesConfig: {
    PMS_ID: { description: 'The number of a product in EMA’s Product Management Service.' },
    MPID: { description: 'The Medicinal Product Identifier of a product, of ISO IDMP.' },
    EV_CODE: { description: 'The code of a product in EudraVigilance: `PRD417562`.' },
    AUTHORIZATION: { description: 'The number of an authorization: `EU/1/17/1201`.' },
    PROCEDURE: { description: 'The number of a procedure of an authority: `EMEA/H/C/004728`.' },
    PCID: { description: 'The Packaged Medicinal Product Identifier of a package, of ISO IDMP.' },
    DATA_CARRIER: { description: 'The bar code of a packaging.' },
    PHPID: { description: 'The Pharmaceutical Product Identifier of an administrable product, of ISO IDMP.' },
    ORGANIZATION: { description: 'The number of a company or an authority: `ORG-100003918`.' },
    LOCATION: { description: 'The number of a site of an organization: `LOC-100005206`.' },
    SUBSTANCE: { description: 'The number or code of a substance.' },
    OTHER: { description: 'Any other number, such as one of a national register.' },
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
    description: 'The URI of the number system. (`system`)',
  })
  get system(): string | null {
    return this.identifier.system ?? null;
  }

  @Field(() => String, { nullable: true, description: 'The number or code itself. (`value`)' })
  get value(): string | null {
    return this.identifier.value ?? null;
  }

  @Field(() => IdentifierKind, {
    nullable: true,
    description:
      'The type of the identifier. It follows from `system`, else from the type of the record with the identifier. (`system`)',
  })
  get kind(): IdentifierKind | null {
    return identifierKind(this.identifier, this.place);
  }
}

@ObjectType({
  description: 'A period of time. `start` or `end` is null if the record does not give it. (FHIR Period)',
})
export class Period {
  constructor(private readonly period: FhirPeriod) {}

  static of(period: FhirPeriod | undefined): Period | null {
    return period ? new Period(period) : null;
  }

  @Field(() => FhirDateTime, { nullable: true, description: 'The first day of the period. (`start`)' })
  get start(): string | null {
    return this.period.start ?? null;
  }

  @Field(() => FhirDateTime, { nullable: true, description: 'The last day of the period. (`end`)' })
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
