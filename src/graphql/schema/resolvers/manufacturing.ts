/** The links from manufacturing operations and activities to other records. */
import { FieldResolver, Resolver } from 'type-graphql';
import { Follow, ReadsRows } from '../field.js';
import type { Rows } from '../rows.js';
import { Concept } from '../types/concept.js';
import { ManufacturingActivity, ManufacturingOperation } from '../types/manufacturing.js';
import { Organization } from '../types/organization.js';
import { RegulatedAuthorization } from '../types/regulated-authorization.js';

@Resolver(() => ManufacturingOperation)
export class ManufacturingOperationResolver {
  @FieldResolver(() => Concept, {
    nullable: true,
    description:
      'The type of manufacturing step: batch certification, primary packaging … (`type.concept`, else `ActivityDefinition.code`)',
  })
  @ReadsRows({ ActivityDefinition: ['code'] })
  @Follow('operation.activity')
  type(rows: Rows<ManufacturingActivity>, { operation }: ManufacturingOperation): Concept | null {
    return Concept.of(operation.type?.concept) ?? rows.referred(operation.type?.reference)?.type ?? null;
  }

  @FieldResolver(() => ManufacturingActivity, {
    nullable: true,
    description: 'The manufacturing activity of this step, with its authorizations. (`type.reference`)',
  })
  @Follow('operation.activity')
  activity(
    rows: Rows<ManufacturingActivity>,
    { operation }: ManufacturingOperation,
  ): ManufacturingActivity | null {
    return rows.referred(operation.type?.reference);
  }

  @FieldResolver(() => [Organization], {
    nullable: true,
    description: 'The organizations that perform this step. (`organization`)',
  })
  @Follow('operation.organizations')
  organizations(rows: Rows<Organization>, { operation }: ManufacturingOperation): readonly Organization[] {
    return rows.those(operation.organization ?? []);
  }
}

@Resolver(() => ManufacturingActivity)
export class ManufacturingActivityResolver {
  @FieldResolver(() => [Organization], {
    nullable: true,
    description: 'The organizations that perform the activity. (`participant.typeReference`)',
  })
  @Follow('activity.organizations')
  organizations(rows: Rows<Organization>): readonly Organization[] {
    return rows.list();
  }

  @FieldResolver(() => [RegulatedAuthorization], {
    nullable: true,
    description: 'The authorizations for the activity. (RegulatedAuthorization by `subject`)',
  })
  @Follow('activity.authorizations')
  authorizations(rows: Rows<RegulatedAuthorization>): readonly RegulatedAuthorization[] {
    return rows.list();
  }
}
