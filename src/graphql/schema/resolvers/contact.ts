/** The link from a product's contact to an organization. */
import { FieldResolver, Resolver } from 'type-graphql';
import { Follow } from '../field.js';
import type { Rows } from '../rows.js';
import { Contact } from '../types/contact.js';
import { Organization } from '../types/organization.js';

@Resolver(() => Contact)
export class ContactResolver {
  @FieldResolver(() => Organization, {
    nullable: true,
    description: 'The organization to contact. Null if the contact is a person. (`contact`)',
  })
  @Follow('contact.organization')
  organization(rows: Rows<Organization>, { contact }: Contact): Organization | null {
    return rows.referred(contact.contact);
  }
}
