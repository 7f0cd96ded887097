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
      'The object with this schema’s `id`; null if it no longer exists. If the upstream can read only products, the object is found in the product that it came with; an id that this service never gave, or has forgotten, gets UPSTREAM_UNSUPPORTED. (read of the FHIR resource that the id names)',
  })
  @Follow('resources', ({ id }: NodeArgs) => ({ keys: keysOfGlobalIds([id], 'id') }))
  node(rows: Rows<Node>, @Arguments(() => NodeArgs) _args?: NodeArgs): Node | null {
    return rows.one();
  }

  @Query(() => [Node], {
    nullable: 'itemsAndList',
    description:
      'Several objects, in the order of their ids; null for each that no longer exists. (read of the FHIR resources)',
  })
  @Follow('resources', ({ ids }: IdsArgs) => ({ keys: keysOfGlobalIds(ids, 'ids') }))
  nodes(rows: Rows<Node>, @Arguments(() => IdsArgs) _args?: IdsArgs): readonly (Node | PmsError | null)[] {
    return rows.each();
  }
}
