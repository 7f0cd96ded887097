/** Queries for organizations by their ids. */
import { Query, Resolver } from 'type-graphql';
import { IdArgs } from '../args/fields.js';
import { Arguments, Follow } from '../field.js';
import { keyOfType } from '../global-id.js';
import type { Rows } from '../rows.js';
import { Organization } from '../types/organization.js';

@Resolver(() => Organization)
export class OrganizationResolver {
  @Query(() => Organization, {
    nullable: true,
    description:
      'One company or authority by its id. Null if there is no organization with this id. If only the name of an organization is known, its id contains the name. Such an id returns the name without an upstream request. (Organization by `id`)',
  })
  @Follow('resources', ({ id }: IdArgs) => ({ keys: [keyOfType('Organization', id, 'id')] }))
  organization(rows: Rows<Organization>, @Arguments(() => IdArgs) _args?: IdArgs): Organization | null {
    return rows.one();
  }
}
