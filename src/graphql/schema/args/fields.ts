/** The arguments of the schema's fields, with their validation rules. All are validated before anything is sent. */
import {
  ArrayContains,
  ArrayMaxSize,
  ArrayMinSize,
  IsInt,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, ID, Int } from 'type-graphql';
import { EquivalenceBy } from '../../../facts/substances/equivalence.js';
import { AuthorizationType, ClinicalUseType, IngredientRole } from '../../../terms/ema-codes.js';
import type { FacetField as FacetFieldName } from '../../../search-index/facets/facet.js';
import { DateTime } from '../scalars.js';
import { TypoTolerance, Collapse, FacetField } from './enums.js';
import { ProductFilter, ProductSort } from './filter.js';
import {
  mostRows,
  mostIds,
  mostTerms,
  longestId,
  pageBounds,
  AreSome,
  AreTexts,
  IsText,
  IsLanguage,
} from './rules.js';

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: 20,
    description: 'The maximum number of rows, 1 to 100.',
  })
  @IsOptional()
  @IsInt(pageBounds)
  @Min(1, pageBounds)
  @Max(mostRows, pageBounds)
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The `endCursor` of the previous page. Repeat all other arguments unchanged.',
  })
  after?: string;
}

@ArgsType()
export class IngredientArgs extends PageArgs {
  @Field(() => IngredientRole, { nullable: true, description: 'Only ingredients with this role.' })
  role?: IngredientRole;
}

@ArgsType()
export class AuthorizationArgs {
  @Field(() => AuthorizationType, { nullable: true, description: 'Only authorizations of this type.' })
  type?: AuthorizationType;
}

@ArgsType()
export class IdArgs {
  @Field(() => ID, {
    description:
      'The global id, such as `Product:600000000001`, or the id of the FHIR record, such as `600000000001`.',
  })
  @MaxLength(longestId, { message: '"id" must be an id' })
  id!: string;
}

@ArgsType()
export class ClinicalUseArgs {
  @Field(() => ClinicalUseType, { nullable: true, description: 'Only clinical uses of this type.' })
  type?: ClinicalUseType;
}

@ArgsType()
export class DocumentArgs {
  @Field(() => [String], {
    nullable: true,
    description:
      'Only documents of one of these types. A type is given by its code, or by words of its text: `leaflet`. Case and accents do not count.',
  })
  @AreTexts()
  type?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Only documents with a file in this language, as a tag such as `sv`. There is no fallback to another language. Documents of unknown language are left out.',
  })
  @IsOptional()
  @IsLanguage()
  language?: string | null;
}

@ArgsType()
export class WithinProductArgs extends IdArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'The id of the product that contains this object. It is required if the upstream can read only whole products: see `service { capabilities { readsById } }`.',
  })
  @IsOptional()
  @MaxLength(longestId, { message: '"product" must be an id' })
  product?: string | null;
}

@ArgsType()
export class NodeArgs {
  @Field(() => ID, { description: 'A global id: `Package:8485040`.' })
  @MaxLength(longestId, { message: '"id" must be an id' })
  id!: string;
}

@ArgsType()
export class IdsArgs {
  @Field(() => [ID], { description: 'Global ids, such as `Package:8485040`, 100 at most.' })
  @ArrayMaxSize(mostIds, { message: `"ids" must have at most ${mostIds} entries` })
  @MaxLength(longestId, { each: true, message: '"ids" must be ids' })
  ids!: string[];
}

@ArgsType()
export class LookupArgs {
  // Each term is validated separately. A term that cannot be valid is reported as INVALID, and does not affect the
  // other terms.
  @Field(() => [String], {
    description:
      'What to look up, 50 terms at most: names, substances, PMS IDs, MPIDs, EV codes, PCIDs, authorization numbers, procedure numbers, bar codes or ATC codes.',
  })
  @ArrayMaxSize(mostTerms, { message: `"terms" must have at most ${mostTerms} entries` })
  terms!: string[];
}

@ArgsType()
export class SubstanceArgs {
  @Field(() => String, {
    description: 'The code of the substance in EMA’s Substance Management Service: `100000085259`.',
  })
  @Matches(/^[A-Za-z0-9.-]{1,64}$/, { message: '"code" must be a code of letters, digits, "-" and "."' })
  code!: string;
}

@ArgsType()
export class SubstanceProductsArgs extends PageArgs {
  @Field(() => IngredientRole, {
    nullable: true,
    description: 'Only products in which the substance has this role.',
  })
  role?: IngredientRole | null;
}

@ArgsType()
export class EquivalentsArgs extends PageArgs {
  @Field(() => [EquivalenceBy], {
    nullable: true,
    defaultValue: [
      EquivalenceBy.ACTIVES,
      EquivalenceBy.STRENGTH,
      EquivalenceBy.DOSE_FORM,
      EquivalenceBy.ROUTE,
    ],
    description: 'The properties in which the products must be equal. ACTIVES must be one of them.',
  })
  @AreSome()
  @ArrayContains([EquivalenceBy.ACTIVES], { message: '"by" must contain ACTIVES' })
  by?: EquivalenceBy[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Only products that are authorized today in one of these countries. Codes or names are accepted, as in `ProductFilter.country`.',
  })
  @AreTexts()
  country?: string[] | null;
}

@ArgsType()
export class SubstancesArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'The beginning of a word in one of the names of the substance, or the whole code. Case and accents do not count.',
  })
  @IsText()
  text?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The first letters of the name of the substance. Case and accents do not count.',
  })
  @IsText()
  startsWith?: string | null;

  @Field(() => IngredientRole, {
    nullable: true,
    description:
      'Only substances that have this role in a product. `productCount` then counts only these products.',
  })
  role?: IngredientRole | null;
}

@ArgsType()
export class LanguageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'The language of the text, as a tag such as `de` or `pt-PT`. If there is no text in this language, the languages of `Accept-Language` are tried, then English. Default: the languages of `Accept-Language`, then English.',
  })
  @IsOptional()
  @IsLanguage()
  language?: string;
}

@ArgsType()
export class NameArgs extends LanguageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Only names that are used in this country. It is given as EMA’s term code, ISO 3166 code or name. Null if no name is used there.',
  })
  @IsOptional()
  @MaxLength(100, { message: '"country" must have at most 100 characters' })
  country?: string;
}

/** Maximum number of terms on one page of a list. */
const mostListed = 1_000;

const listBounds = { message: `"first" must be between 1 and ${mostListed}` };

@ArgsType()
export class TermsArgs extends LanguageArgs {
  @Field(() => String, {
    description:
      'The name of the list: ROUTE, DOSE_FORM, COUNTRY, DOMAIN, STATUS, LEGAL_STATUS, LANGUAGE, UNIT, AUTHORIZATION_STATUS, MARKETING_STATUS, CLASSIFICATION or PEDIATRIC_USE. The number of one of EMA’s RMS lists is accepted too: `100000073345`.',
  })
  @MaxLength(100, { message: '"list" must have at most 100 characters' })
  list!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Only terms with this text in their name, short name or code, at any position. Case and accents do not count. Default: all terms.',
  })
  @IsText()
  text?: string | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 20,
    description: 'The maximum number of terms, 1 to 1,000.',
  })
  @IsOptional()
  @IsInt(listBounds)
  @Min(1, listBounds)
  @Max(mostListed, listBounds)
  first!: number;
}

@ArgsType()
export class ProductsArgs extends PageArgs {
  @Field(() => ProductFilter, {
    nullable: true,
    description: 'The conditions that the products must meet. Default: all products.',
  })
  @IsOptional()
  @ValidateNested()
  filter?: ProductFilter;

  @Field(() => ProductSort, {
    nullable: true,
    description: 'The order of the products. Default: the order of the upstream.',
  })
  sort?: ProductSort;
}

@ArgsType()
export class SearchProductsArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'What the user typed: words of names, substances, holders and ATC classes, in any order, or a number from a box. 200 characters and 8 words at most. Without `text`, the search returns all products that `filter` finds, A to Z.',
  })
  @IsText()
  text?: string | null;

  @Field(() => ProductFilter, {
    nullable: true,
    description: 'The conditions that the products must meet. Default: all products.',
  })
  @IsOptional()
  @ValidateNested()
  filter?: ProductFilter;

  @Field(() => ProductSort, {
    nullable: true,
    description: 'The order of the products. Default: the best match first.',
  })
  sort?: ProductSort;

  @Field(() => TypoTolerance, {
    nullable: true,
    defaultValue: TypoTolerance.AUTO,
    description: 'Whether misspelt words find similar words.',
  })
  typos?: TypoTolerance | null;

  @Field(() => Collapse, {
    nullable: true,
    defaultValue: Collapse.NONE,
    description: 'Which products are combined into one row. `first` counts rows. Totals count products.',
  })
  collapse?: Collapse | null;
}

@ArgsType()
export class ChangesArgs extends PageArgs {
  @Field(() => DateTime, {
    description:
      'Only changes that the index recorded at this time or later. If the index does not have all changes since then, `pageInfo.complete` is false.',
  })
  since!: Date;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 50,
    description: 'The maximum number of changes, 1 to 100.',
  })
  @IsOptional()
  @IsInt(pageBounds)
  @Min(1, pageBounds)
  @Max(mostRows, pageBounds)
  override first!: number;
}

/** Maximum number of facets in one operation, because counting each facet takes time. */
export const mostFacets = 6;

@ArgsType()
export class FacetsArgs extends LanguageArgs {
  @Field(() => [FacetField], { description: 'The fields by which products are counted, 6 at most.' })
  @ArrayMinSize(1, { message: `"fields" must have 1 to ${mostFacets} entries` })
  @ArrayMaxSize(mostFacets, { message: `"fields" must have 1 to ${mostFacets} entries` })
  fields!: FacetFieldName[];

  @Field(() => Int, {
    nullable: true,
    defaultValue: 10,
    description:
      'The maximum number of values for each field, 1 to 100. For ATC classes, it is the maximum for each level.',
  })
  @IsOptional()
  @IsInt(pageBounds)
  @Min(1, pageBounds)
  @Max(mostRows, pageBounds)
  first!: number;
}

/** Maximum number of suggestions. */
export const mostSuggestions = 20;

const suggestionBounds = { message: `"first" must be between 1 and ${mostSuggestions}` };

@ArgsType()
export class SuggestArgs extends LanguageArgs {
  @Field(() => String, { description: 'What the user has typed so far, 200 characters at most.' })
  @IsText()
  text!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 8,
    description: 'The maximum number of suggestions, 1 to 20.',
  })
  @IsOptional()
  @IsInt(suggestionBounds)
  @Min(1, suggestionBounds)
  @Max(mostSuggestions, suggestionBounds)
  first!: number;
}
