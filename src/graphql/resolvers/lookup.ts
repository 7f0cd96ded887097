/** Products by names and numbers of any kind. */
import { Query, Resolver } from 'type-graphql';
import { LookupArgs } from '../args.js';
import { Arguments, Follow } from '../field.js';
import type { Rows } from '../rows.js';
import { Lookup } from '../types/lookup.js';
import { refuse } from './unsupported.js';

@Resolver()
export class LookupResolver {
  @Query(() => [Lookup], {
    nullable: true,
    description:
      'What names and numbers of any kind stand for: names, PMS IDs, MPIDs, EV codes, authorization numbers, procedure numbers, PCIDs, ATC codes. (searches on several FHIR resources)',
  })
  @Follow('resources', refuse('lookup', 'search by "products(filter: { name })"'))
  lookup(rows: Rows<Lookup>, @Arguments(() => LookupArgs) _args?: LookupArgs): readonly Lookup[] {
    return rows.list();
  }
}
