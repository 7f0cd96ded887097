/** A contact for questions about a product. */
import type { MedicinalProductDefinitionContact } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { Concept } from './concept.js';

@ObjectType({
  description:
    'A contact for a product: the person responsible for drug safety, an office for enquiries. (`MedicinalProductDefinition.contact`)',
})
export class Contact {
  constructor(
    readonly contact: MedicinalProductDefinitionContact,
    readonly resource: ResourceOf<'MedicinalProductDefinition'>,
  ) {}

  @Field(() => Concept, {
    nullable: true,
    description: 'The purpose of the contact (EMA list 100000154441). (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.contact.type);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The name of the person or office, as given in the record of the product. (`contact.display`)',
  })
  get name(): string | null {
    return this.contact.contact?.display ?? null;
  }
}
