/** Queries that look up products by any name or number. */
import { Query, Resolver } from 'type-graphql';
import { LookupArgs } from '../args/fields.js';
import { Arguments, Follow } from '../field.js';
import type { Rows } from '../rows.js';
import { Lookup, LookupBy, LookupKind } from '../types/lookup.js';
import type { Package } from '../types/package.js';
import type { Product } from '../types/product.js';

@Resolver()
export class LookupResolver {
  @Query(() => [Lookup], {
    nullable: true,
    description:
      'The products behind names and numbers of any kind: names, substances, PMS IDs, MPIDs, EV codes, PCIDs, authorization numbers, procedure numbers, bar codes, ATC codes. (searches on several FHIR resources)',
  })
  @Follow('terms', ({ terms }: LookupArgs) => ({ terms }))
  lookup(rows: Rows<Product>, @Arguments(() => LookupArgs) _args?: LookupArgs): readonly Lookup[] {
    return rows.lookups().map(({ term, kind, matches }) => ({
      term,
      kind: LookupKind[kind],
      matches: matches.map(({ how, package: pack, ...match }) => ({
        ...match,
        package: pack as Package | null,
        how: LookupBy[how],
      })),
    }));
  }
}
