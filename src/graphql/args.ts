/** The arguments of the schema's fields, with what each must be; all are checked before anything is sent. */
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsInt,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { AuthorizationType, ClinicalUseType, IngredientRole } from '../terms/ema-codes.js';
import { isLanguage } from '../terms/languages.js';
import { DateTime } from './scalars.js';

registerEnumType(IngredientRole, {
  name: 'IngredientRole',
  description:
    'What an ingredient is there for (EMA list 100000072050). OTHER is any role that is none of the four.',
  valuesConfig: {
    ACTIVE: { description: 'It has the effect: the active substance.' },
    ADJUVANT: { description: 'It strengthens the effect of an active substance, in vaccines above all.' },
    EXCIPIENT: {
      description: 'It is needed to make, keep or take the medicine: fillers, colours, preservatives.',
    },
    SOLVENT: { description: 'The liquid that a powder is dissolved or diluted in.' },
    OTHER: { description: 'A role that is none of these.' },
  },
});

registerEnumType(AuthorizationType, {
  name: 'AuthorizationType',
  description: 'What kind of permission an authorization is (EMA list 220000000060).',
  valuesConfig: {
    MARKETING: { description: 'The permission to sell a medicine.' },
    ORPHAN: {
      description: 'The designation as a medicine for a rare disease; its numbers begin with EU/3/.',
    },
    PARALLEL_TRADE: {
      description: 'The permission to bring a medicine from one country of the Union into another.',
    },
    MANUFACTURING: { description: 'The permission to make a medicine.' },
    OTHER: { description: 'An authorization that is none of these.' },
  },
});

registerEnumType(ClinicalUseType, {
  name: 'ClinicalUseType',
  description: 'The kinds of clinical use (FHIR ClinicalUseDefinition `type`).',
  valuesConfig: {
    INDICATION: { description: 'What a product is for.' },
    CONTRAINDICATION: { description: 'When it must not be used.' },
    INTERACTION: { description: 'What happens together with something else.' },
    UNDESIRABLE_EFFECT: { description: 'What it may do that nobody wants.' },
    WARNING: { description: 'What to mind when using it.' },
    OTHER: { description: 'A kind that is none of these, or that the record does not tell.' },
  },
});

export enum ProductSortField {
  NAME = 'NAME',
  UPDATED = 'UPDATED',
}
export enum SortOrder {
  ASC = 'ASC',
  DESC = 'DESC',
}
registerEnumType(ProductSortField, {
  name: 'ProductSortField',
  description: 'What products can be ordered by.',
  valuesConfig: {
    NAME: { description: 'The name, as the reader’s language orders it.' },
    UPDATED: { description: 'When the record last changed (`meta.lastUpdated`).' },
  },
});
registerEnumType(SortOrder, {
  name: 'SortOrder',
  description: 'Which end comes first.',
  valuesConfig: { ASC: { description: 'Smallest first.' }, DESC: { description: 'Largest first.' } },
});

/** Most rows of one list, ids of one `nodes`, terms of one `lookup`. */
export const mostRows = 100;
export const mostIds = 100;
export const mostTerms = 50;

/** The id of an organization that is known by its display carries the display. */
const longestId = 8_000;

const pageBounds = { message: '"first" must be between 1 and 100' };

/** A line of text that a search can carry. @param most characters */
function IsText(most = 200): PropertyDecorator {
  return textRules(most, false);
}

/** Lines of text, any of which may match: at least one, `mostIds` at most. */
function AreTexts(most = 200): PropertyDecorator {
  const size = { message: `"$property" must have 1 to ${mostIds} entries` };
  return together(ArrayMinSize(1, size), ArrayMaxSize(mostIds, size), textRules(most, true));
}

function textRules(most: number, each: boolean): PropertyDecorator {
  const rule = (message: string): ValidationOptions => ({ each, message: `"$property" ${message}` });
  return together(
    IsOptional(),
    MaxLength(most, rule(`must have at most ${most} characters`)),
    Matches(/\S/u, rule('must not be blank')),
    Matches(
      /^[^\p{Control}\p{Surrogate}]*$/u,
      rule('must not hold control characters or halves of characters'),
    ),
  );
}

function together(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'How many rows at most, 1 to 100.' })
  @IsOptional()
  @IsInt(pageBounds)
  @Min(1, pageBounds)
  @Max(mostRows, pageBounds)
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Where to go on: the `endCursor` of the page before, with the same arguments.',
  })
  @IsOptional()
  @MaxLength(4_000, { message: '"after" must be a cursor that this same list gave' })
  after?: string;
}

@ArgsType()
export class IngredientArgs extends PageArgs {
  @Field(() => IngredientRole, { nullable: true, description: 'Only the ingredients of this role.' })
  role?: IngredientRole;
}

@ArgsType()
export class AuthorizationArgs {
  @Field(() => AuthorizationType, { nullable: true, description: 'Only the authorizations of this kind.' })
  type?: AuthorizationType;
}

@ArgsType()
export class IdArgs {
  @Field(() => ID, {
    description: 'The id that this schema gave (`Product:600000000001`), or the record’s own id.',
  })
  @MaxLength(longestId, { message: '"id" must be an id' })
  id!: string;
}

@ArgsType()
export class ClinicalUseArgs {
  @Field(() => ClinicalUseType, { nullable: true, description: 'Only the clinical uses of this kind.' })
  type?: ClinicalUseType;
}

@ArgsType()
export class WithinProductArgs extends IdArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'The product to find it in. Needed where the upstream reads nothing but products; `service { capabilities }` tells.',
  })
  @IsOptional()
  @MaxLength(longestId, { message: '"product" must be an id' })
  product?: string | null;
}

@ArgsType()
export class NodeArgs {
  @Field(() => ID, { description: 'An id that this schema gave: `Package:8485040`.' })
  @MaxLength(longestId, { message: '"id" must be an id' })
  id!: string;
}

@ArgsType()
export class IdsArgs {
  @Field(() => [ID], { description: 'Ids that this schema gave, 100 at most.' })
  @ArrayMaxSize(mostIds, { message: `"ids" must have at most ${mostIds} entries` })
  @MaxLength(longestId, { each: true, message: '"ids" must be ids' })
  ids!: string[];
}

@ArgsType()
export class LookupArgs {
  // Each text is judged by itself: what cannot be a term is INVALID, and spoils no other.
  @Field(() => [String], {
    description:
      'Names, substances, PMS IDs, MPIDs, EV codes, PCIDs, authorization numbers, procedure numbers, bar codes or ATC codes, 50 at most.',
  })
  @ArrayMaxSize(mostTerms, { message: `"terms" must have at most ${mostTerms} entries` })
  terms!: string[];
}

@ArgsType()
export class SubstanceArgs {
  @Field(() => String, { description: 'The code in EMA’s Substance Management Service, `100000085259`.' })
  @Matches(/^[A-Za-z0-9.-]{1,64}$/, { message: '"code" must be a code of letters, digits, "-" and "."' })
  code!: string;
}

/** The tag of a language that there is: a slip of the pen would look like a lack of texts. */
function IsLanguage(): PropertyDecorator {
  return ValidateBy({
    name: 'isLanguage',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isLanguage(value),
      defaultMessage: () => '"language" must be the tag of a language, such as "de" or "pt-PT"',
    },
  });
}

@ArgsType()
export class LanguageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'A language tag, such as `de` or `pt-PT`. Where there is no text in it another stands in: in a language of the request’s `Accept-Language`, else in English. Default: what `Accept-Language` prefers, else English.',
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
      'A country, as EMA’s term code, ISO 3166 code or name. Only names that are used there count: null where there is none.',
  })
  @IsOptional()
  @MaxLength(100, { message: '"country" must have at most 100 characters' })
  country?: string;
}

/** Most terms of one list. */
const mostListed = 1_000;

const listBounds = { message: `"first" must be between 1 and ${mostListed}` };

@ArgsType()
export class TermsArgs extends LanguageArgs {
  @Field(() => String, {
    description:
      'The list: ROUTE, DOSE_FORM, COUNTRY, DOMAIN, STATUS, LEGAL_STATUS, LANGUAGE, UNIT, AUTHORIZATION_STATUS, MARKETING_STATUS, CLASSIFICATION, PEDIATRIC_USE, or the number of one of EMA’s RMS lists, `100000073345`.',
  })
  @MaxLength(100, { message: '"list" must have at most 100 characters' })
  list!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What a text, a short name or a code begins with or holds; case and accents do not count. All terms where it is not given.',
  })
  @IsText()
  text?: string | null;

  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'How many terms at most, 1 to 1,000.' })
  @IsOptional()
  @IsInt(listBounds)
  @Min(1, listBounds)
  @Max(mostListed, listBounds)
  first!: number;
}

@InputType({ description: 'Which products are wanted. Every part that is given must hold.' })
export class ProductFilter {
  @Field(() => [ID], {
    nullable: true,
    description: 'Only these products, by PMS ID or by the id that this schema gave, 100 at most. (`id`)',
  })
  @AreTexts()
  ids?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Contained anywhere in a name; upper and lower case are the same, accents as far as the upstream goes. (`name.productName`)',
  })
  @IsText()
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What a name begins with; case and accents do not count. (`name.productName`)',
  })
  @IsText()
  nameStartsWith?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The whole name; case and accents do not count. (`name.productName`)',
  })
  @IsText()
  nameEquals?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Any number of the product: PMS ID, MPID, EV code and so on, of any system or, as `system|value`, of one. (`id`, `identifier`)',
  })
  @IsText()
  identifier?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The number of an authorization of the product (`EU/1/17/1201`) or of a package (`EU/1/17/1201/001`), with or without blanks, in any case. (`RegulatedAuthorization.identifier`)',
  })
  @IsText()
  authorizationNumber?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'A procedure number, such as `EMEA/H/C/004728`, with or without `/0000`. (`RegulatedAuthorization.case.identifier`)',
  })
  @IsText()
  procedureNumber?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'The record’s status, in codes or words (`Current`), any of them. (`status`)',
  })
  @AreTexts()
  status?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'The domain, in codes or words (`human`), any of them. (`domain`)',
  })
  @AreTexts()
  domain?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'The dose form, in codes or words (`Film-coated tablet`), any of them. (`combinedPharmaceuticalDoseForm`, else EMA’s extension authorisedDoseForm)',
  })
  @AreTexts()
  doseForm?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'The route of administration, in codes or words (`Oral use`, `oral`), any of them. (`route`, else `AdministrableProductDefinition.routeOfAdministration`)',
  })
  @AreTexts()
  route?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Countries that it or a package is authorized in, any of them: EMA’s term codes, ISO 3166 codes, or names in any language of Europe. (`RegulatedAuthorization.region`)',
  })
  @AreTexts()
  country?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'ATC codes (`N06AX12`), groups of these (`N06A`), EMA’s term codes, or names of classes (`bupropion`), any of them. (`classification`)',
  })
  @AreTexts()
  atc?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'SMS codes, or whole names, of ingredients of any role, any of them. (`Ingredient.substance.code`)',
  })
  @AreTexts()
  substance?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Ids, or whole names, of the holder of a marketing authorization, of the product or of a package, any of them. (`RegulatedAuthorization.holder`)',
  })
  @AreTexts(longestId)
  holder?: string[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only records that changed then or later. (`meta.lastUpdated`)',
  })
  updatedSince?: Date | null;
}

export enum FilterSupport {
  UPSTREAM = 'UPSTREAM',
  HERE = 'HERE',
  REFUSED = 'REFUSED',
}
registerEnumType(FilterSupport, {
  name: 'FilterSupport',
  description: 'Who applies a part of a filter.',
  valuesConfig: {
    UPSTREAM: { description: 'The upstream searches by it.' },
    HERE: {
      description:
        'This service applies it, where the rest of the filter finds at most 500 products that it can look through.',
    },
    REFUSED: { description: 'Nobody can: it answers UPSTREAM_UNSUPPORTED.' },
  },
});

@InputType({ description: 'In which order products come.' })
export class ProductSort {
  @Field(() => ProductSortField, { description: 'What to order by.' })
  by!: ProductSortField;

  @Field(() => SortOrder, {
    nullable: true,
    defaultValue: SortOrder.ASC,
    description: 'Which end comes first.',
  })
  order!: SortOrder;
}

/** Inputs inside arguments that are validated as classes of their own. */
export const nestedInputs: Readonly<Record<string, new () => object>> = {
  filter: ProductFilter,
  sort: ProductSort,
};

@ArgsType()
export class ProductsArgs extends PageArgs {
  @Field(() => ProductFilter, {
    nullable: true,
    description: 'Which products are wanted; all of them where none is given.',
  })
  @IsOptional()
  @ValidateNested()
  filter?: ProductFilter;

  @Field(() => ProductSort, {
    nullable: true,
    description: 'In which order; the upstream’s own where none is given.',
  })
  sort?: ProductSort;
}
