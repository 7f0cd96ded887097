/** Queries for products by text, for facets and for suggestions. */
import { FieldResolver, Query, Resolver } from 'type-graphql';
import { ROOT } from '../../../catalogue/graph/key.js';
import type { ListArgs, Position } from '../../../catalogue/question/selection.js';
import { toIndex } from '../../../catalogue/question/to-index.js';
import type { Facet as CountedFacet } from '../../../search-index/facets/facet.js';
import type { Suggestion as Suggested } from '../../../search-index/suggest/suggestion.js';
import { Collapse, TypoTolerance } from '../args/enums.js';
import { FacetsArgs, SearchProductsArgs, SuggestArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { Arguments, ReadsListAbove, Follow, FromContext, type Selects } from '../field.js';
import type { Rows } from '../rows.js';
import { Connection } from '../types/connection.js';
import { Facet } from '../types/facet.js';
import type { Product } from '../types/product.js';
import { SearchMatch, TotalRelation } from '../types/product-search.js';
import { coverageOf, Coverage } from '../types/service.js';
import { Suggestion } from '../types/suggestion.js';
import { ProductSearchConnection } from './connections.js';
import { searchOf } from './product.js';

type Request = Omit<SearchProductsArgs, 'after'> & { readonly after?: Position };

function searchFor(
  { text, typos, collapse, ...others }: Request,
  selects: Selects,
  language: string,
): ListArgs {
  const { search, first } = searchOf(others, selects, language);
  if (!search) throw new TypeError('A search must have a text.');
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
      'Searches for products by the words that users type: names, active substances, holders, ATC classes and numbers, in any order, even misspelt. The best matches come first: exact names, then beginnings of names, then beginnings of words, then similar words. `match` and `didYouMean` report every correction. The search uses the index of this service and costs no upstream request.',
  })
  @Follow('products', searchFor)
  searchProducts(
    rows: Rows<Product>,
    @Arguments(() => SearchProductsArgs) _args?: SearchProductsArgs,
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

  @FieldResolver(() => [Facet], {
    nullable: true,
    description:
      'The number of found products for each value of the given fields, 6 fields at most. A facet ignores the filter on its own field, so that users can choose several values. All found products count, whatever the `first` of the search.',
  })
  @ReadsListAbove()
  @Follow(
    'value',
    ({ fields, first }: FacetsArgs, _selects, _language, above: Request) => {
      const { search } = searchFor({ ...above, first: 1 }, () => false, '');
      if (!search?.called) throw new TypeError('The field facets must be selected below a search.');
      const { filter, called } = search;
      return { asked: toIndex('facets', { filter, called, fields: [...new Set(fields)], first }), first };
    },
    () => ROOT,
  )
  facets(
    rows: Rows<Product>,
    _connection: unknown,
    context: Context,
    @Arguments(() => FacetsArgs) args: FacetsArgs,
  ): readonly Facet[] {
    return rows.page<CountedFacet>().values.map((facet) => Facet.of(facet, args, context));
  }

  @Query(() => [Suggestion], {
    nullable: true,
    description:
      'Suggestions for the text that a user is typing: products, substances, ATC classes, holders and numbers, each with a filter. They come from the index of this service and cost no upstream request.',
  })
  @Follow('value', ({ text, first }: SuggestArgs) => ({
    asked: toIndex('suggestions', { text, first }),
    first,
  }))
  suggest(
    rows: Rows<Product>,
    _root: unknown,
    context: Context,
    @Arguments(() => SuggestArgs) args: SuggestArgs,
  ): readonly Suggestion[] {
    return rows.page<Suggested>().values.map((found) => Suggestion.of(found, args, context));
  }

  @FieldResolver(() => Coverage, {
    description:
      'How many of the upstream’s products are in the index of this service. The search does not find other products.',
  })
  @FromContext()
  coverage({ service }: Context): Coverage | null {
    return coverageOf(service);
  }
}
