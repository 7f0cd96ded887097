/** The manufacture of a product: the operations in its record, and the activities that these operations refer to. */
import type { MedicinalProductDefinitionOperation } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { unlessOdd } from '../../../fhir/elements.js';
import { eachValue, withMember } from '../../../terms/contradictions.js';
import { Reads } from '../field.js';
import { Concept } from './concept.js';
import { Period } from './identifier.js';
import { Node, ResourceView } from './resource-view.js';

@ObjectType({
  description:
    'A step in the manufacture of a product, such as packaging or batch certification, with the manufacturers that perform it. (`MedicinalProductDefinition.operation`)',
})
export class ManufacturingOperation {
  constructor(
    readonly operation: MedicinalProductDefinitionOperation,
    readonly resource: ResourceOf<'MedicinalProductDefinition'>,
  ) {}

  @Field(() => Period, {
    nullable: true,
    description: 'The period in which the manufacturers perform this step. (`effectiveDate`)',
  })
  get effectiveDate(): Period | null {
    return Period.of(this.operation.effectiveDate);
  }

  @Field(() => Concept, {
    nullable: true,
    description:
      'Whether the data on this step are public or confidential (EMA list 200000004983). (`confidentialityIndicator`)',
  })
  get confidentiality(): Concept | null {
    return Concept.of(this.operation.confidentialityIndicator);
  }
}

@ObjectType({
  implements: Node,
  description:
    'A manufacturing activity that an organization performs. The organization may have an authorization for the activity. (FHIR ActivityDefinition)',
})
export class ManufacturingActivity extends ResourceView<ResourceOf<'ActivityDefinition'>> {
  @Reads('code')
  @Field(() => Concept, {
    nullable: true,
    description:
      'The type of activity: batch certification, primary packaging … (EMA list 100000160406). (`code`)',
  })
  get type(): Concept | null {
    return Concept.of(this.resource.code);
  }

  @Reads('effectivePeriod')
  @Field(() => Period, {
    nullable: true,
    description: 'The period in which the organization performs the activity. (`effectivePeriod`)',
  })
  get validity(): Period | null {
    return Period.of(this.resource.effectivePeriod);
  }
}

/** Returns an operation as a list. If it has several activities, the list has one entry for each activity. */
export function eachOperation(
  operation: MedicinalProductDefinitionOperation,
): readonly MedicinalProductDefinitionOperation[] {
  const types = unlessOdd(() => (operation.type ? eachValue(operation.type, 'concept') : [])) ?? [];
  return types.length < 2 ? [operation] : types.map((type) => withMember(operation, 'type', type));
}
