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
      'Finds the products that each term stands for. A term may be the name of a product or substance, a PMS ID, MPID, EV code, PCID, authorization number, procedure number, bar code or ATC code. (searches on several FHIR resources)',
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
