/** The permission to sell or make a medicine, as a view over RegulatedAuthorization. */
import type { RegulatedAuthorizationCase } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import {
  authorizationNumber,
  AuthorizationType,
  authorizationType,
  tidyNumber,
} from '../../../terms/ema-codes.js';
import { languageTexts } from '../../../terms/language-texts.js';
import type { Context } from '../../context.js';
import { Reads } from '../field.js';
import { readText } from '../reader.js';
import { FhirDateTime } from '../scalars.js';
import { Concept } from './concept.js';
import { Identifier, Period } from './identifier.js';
import { Node, ResourceView } from './resource-view.js';

@ObjectType({
  description:
    'A procedure of an authority, or an application within a procedure. (`case`, `case.application`)',
})
export class AuthorizationCase {
  constructor(private readonly told: RegulatedAuthorizationCase) {}

  static of(told: RegulatedAuthorizationCase | undefined): AuthorizationCase | null {
    return told ? new AuthorizationCase(told) : null;
  }

  /** Returns the applications in a case, and the applications inside these applications. */
  static madeIn(told: RegulatedAuthorizationCase | undefined): AuthorizationCase[] {
    return (told?.application ?? []).flatMap((each) => [
      new AuthorizationCase(each),
      ...AuthorizationCase.madeIn(each),
    ]);
  }

  @Field(() => String, {
    nullable: true,
    description: 'The number of the procedure or application: `EMEA/H/C/004728`. (`identifier`)',
  })
  get number(): string | null {
    return tidyNumber(this.told.identifier?.value);
  }

  @Field(() => Concept, {
    nullable: true,
    description:
      'The type of procedure (centralised, mutual recognition …), or the type of application (initial, renewal, variation …). (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.told.type);
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The progress of the procedure or application. (`status`)',
  })
  get status(): Concept | null {
    return Concept.of(this.told.status);
  }

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'The date of the procedure or application. Null if the record gives a period. (`dateDateTime`)',
  })
  get date(): string | null {
    return this.told.dateDateTime ?? null;
  }

  @Field(() => Period, {
    nullable: true,
    description:
      'The start and end of the procedure or application. Null if the record gives a single date. (`datePeriod`)',
  })
  get period(): Period | null {
    return Period.of(this.told.datePeriod);
  }
}

@ObjectType({
  implements: Node,
  description: 'A permission from an authority, usually to sell a medicine. (FHIR RegulatedAuthorization)',
})
export class RegulatedAuthorization extends ResourceView<ResourceOf<'RegulatedAuthorization'>> {
  @Reads('identifier')
  @Field(() => String, {
    nullable: true,
    description: 'The number of the authorization: `EU/1/17/1201`. (`identifier`)',
  })
  get number(): string | null {
    return authorizationNumber(this.resource);
  }

  @Reads('identifier')
  @Field(() => [Identifier], { description: 'All numbers of the authorization. (`identifier`)' })
  get identifiers(): Identifier[] {
    return Identifier.all(this.resource.identifier, 'authorization');
  }

  @Reads('type', 'identifier')
  @Field(() => AuthorizationType, {
    nullable: true,
    description: 'The type of authorization, as one of five values. (`type`, else derived from the number)',
  })
  get kind(): AuthorizationType | null {
    return authorizationType(this.resource);
  }

  @Reads('type')
  @Field(() => Concept, {
    nullable: true,
    description: 'The type of authorization, as registered (EMA list 220000000060). (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.resource.type);
  }

  @Reads('description')
  @Field(() => String, {
    nullable: true,
    description: 'A description of the authorization, as Markdown text. (`description`)',
  })
  description(_args: unknown, context: Context): string | null {
    return readText(languageTexts(this.resource, 'description'), {}, context);
  }

  @Reads('case')
  @Field(() => String, {
    nullable: true,
    description:
      'The number of the procedure that led to the authorization: `EMEA/H/C/004728`. (`case.identifier`)',
  })
  get procedureNumber(): string | null {
    return tidyNumber(this.resource.case?.identifier?.value);
  }

  @Reads('case')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The type of the procedure that led to the authorization: centralised, mutual recognition … (EMA list 100000154442). (`case.type`)',
  })
  get procedureType(): Concept | null {
    return Concept.of(this.resource.case?.type);
  }

  @Reads('basis')
  @Field(() => [Concept], { description: 'The legal grounds of the authorization. (`basis`)' })
  get basis(): Concept[] {
    return Concept.all(this.resource.basis);
  }

  @Reads('status')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The status of the authorization: valid, suspended, withdrawn … (EMA list 100000072049). (`status`)',
  })
  get status(): Concept | null {
    return Concept.of(this.resource.status);
  }

  @Reads('statusDate')
  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'The date since which the authorization has its `status`. (`statusDate`)',
  })
  get statusDate(): string | null {
    return this.resource.statusDate ?? null;
  }

  @Reads('region')
  @Field(() => [Concept], {
    description: 'The countries or regions where the authorization is valid. (`region`)',
  })
  get region(): Concept[] {
    return Concept.all(this.resource.region);
  }

  @Reads('validityPeriod')
  @Field(() => Period, {
    nullable: true,
    description: 'The period in which the authorization is valid. (`validityPeriod`)',
  })
  get validity(): Period | null {
    return Period.of(this.resource.validityPeriod);
  }

  @Reads('intendedUse')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The use for which the authorization permits the medicine: prevention, treatment. (`intendedUse`)',
  })
  get intendedUse(): Concept | null {
    return Concept.of(this.resource.intendedUse);
  }

  @Reads('case')
  @Field(() => AuthorizationCase, {
    nullable: true,
    description: 'The procedure that led to the authorization, with its dates. (`case`)',
  })
  get case(): AuthorizationCase | null {
    return AuthorizationCase.of(this.resource.case);
  }

  @Reads('case')
  @Field(() => [AuthorizationCase], {
    description:
      'The applications in the procedure that led to the authorization, including applications within applications. (`case.application`)',
  })
  get applications(): AuthorizationCase[] {
    return AuthorizationCase.madeIn(this.resource.case);
  }
}
