/** Products by what people call them. */
import { FieldResolver, Query, Resolver } from 'type-graphql';
import type { ListArgs, Position } from '../../catalogue/question/selection.js';
import { Collapse, TypoTolerance, type SearchProductsArgs, SearchProductsArgs as Args } from '../args.js';
import type { Context } from '../context.js';
import { Arguments, Follow, FromContext, type Selects } from '../field.js';
import type { Rows } from '../rows.js';
import { Connection } from '../types/connection.js';
import type { Product } from '../types/product.js';
import { SearchMatch, TotalRelation } from '../types/product-search.js';
import { coverageOf, Coverage } from '../types/service.js';
import { ProductSearchConnection } from './connections.js';
import { searchOf } from './product.js';

type Request = Omit<SearchProductsArgs, 'after'> & { readonly after?: Position };

function searchFor(
  { text, typos, collapse, ...others }: Request,
  selects: Selects,
  language: string,
): ListArgs {
  const { search, first } = searchOf(others, selects, language);
  if (!search) throw new TypeError('a search says what for');
  const called = {
    typos: typos !== TypoTolerance.OFF,
    ...(typeof text === 'string' && { text }),
    ...(collapse && collapse !== Collapse.NONE && { collapse }),
  };
  return { search: { ...search, called }, ...(first !== undefined && { first }) };
}

@Resolver(() => ProductSearchConnection)
export class ProductSearchResolver {
  @Query(() => ProductSearchConnection, {
    nullable: true,
    description:
      'Products by what people call them: names, active substances, holders, ATC classes and numbers, in any order, misspelt ones too. The best first: exact names, names that begin so, words that begin so, words that are near. A correction is never silent: `match` and `didYouMean` tell. From the index of this service: costs no upstream request.',
  })
  @Follow('products', searchFor)
  searchProducts(
    rows: Rows<Product>,
    @Arguments(() => Args) _args?: SearchProductsArgs,
  ): Connection<Product> {
    const { nodes, matches, folded, products, didYouMean, place } = rows.called();
    const total = {
      value: products,
      relation: place.complete ? TotalRelation.EXACT : TotalRelation.AT_LEAST,
    };
    const more = (index: number): object => ({
      match: SearchMatch.of(matches[index]),
      folded: folded[index] ?? [],
    });
    return Object.assign(new Connection(nodes, place, more), { total, didYouMean });
  }

  @FieldResolver(() => Coverage, {
    nullable: true,
    description: 'How much of the upstream this service holds: what it does not hold is not found.',
  })
  @FromContext()
  coverage({ service }: Context): Coverage | null {
    return coverageOf(service);
  }
}
