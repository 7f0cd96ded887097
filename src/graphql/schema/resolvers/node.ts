/** Queries for objects by their global ids. */
import { Query, Resolver } from 'type-graphql';
import type { PmsError } from '../../../errors.js';
import { IdsArgs, NodeArgs } from '../args/fields.js';
import { Arguments, Follow } from '../field.js';
import { keysOfGlobalIds } from '../global-id.js';
import type { Rows } from '../rows.js';
import { Node } from '../types/resource-view.js';

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'One object by its global id. Null if the object no longer exists. If the upstream can read only whole products, this service reads the product in which it found the object earlier. An id that this service has never returned, or no longer remembers, then fails with UPSTREAM_UNSUPPORTED. (read of the FHIR resource that the id names)',
  })
  @Follow('resources', ({ id }: NodeArgs) => ({ keys: keysOfGlobalIds([id], 'id') }))
  node(rows: Rows<Node>, @Arguments(() => NodeArgs) _args?: NodeArgs): Node | null {
    return rows.one();
  }

  @Query(() => [Node], {
    nullable: 'itemsAndList',
    description:
      'Several objects by their global ids, in the order of `ids`. Null for each object that no longer exists. (read of the FHIR resources)',
  })
  @Follow('resources', ({ ids }: IdsArgs) => ({ keys: keysOfGlobalIds(ids, 'ids') }))
  nodes(rows: Rows<Node>, @Arguments(() => IdsArgs) _args?: IdsArgs): readonly (Node | PmsError | null)[] {
    return rows.each();
  }
}
