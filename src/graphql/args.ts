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
import { AuthorizationType, ClinicalUseType, IngredientRole, Lifecycle } from '../terms/ema-codes.js';
import { isStrengthFault, readStrength } from '../facts/amounts/asked-strength.js';
import { isLanguage } from '../terms/languages.js';
import type { FacetField as FacetFieldName } from '../search-index/facets/facet.js';
import { DateTime, FhirDateTime } from './scalars.js';

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

registerEnumType(Lifecycle, {
  name: 'Lifecycle',
  description:
    'Where a product or an authorization stands today (from EMA lists 200000005003 and 100000072049, and the dates of validity).',
  valuesConfig: {
    PENDING: { description: 'It was applied for, or is about to be.' },
    AUTHORIZED: { description: 'It is valid.' },
    SUSPENDED: { description: 'It may not be sold for the time being.' },
    ENDED: {
      description: 'It was revoked, withdrawn, surrendered or rejected, has expired, or was not renewed.',
    },
    VOID: { description: 'The record was nullified, or is no longer current.' },
    UNKNOWN: { description: 'The records do not tell, or in a list that is not known here.' },
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
  AUTHORIZED = 'AUTHORIZED',
  HOLDER = 'HOLDER',
  SUBSTANCE = 'SUBSTANCE',
  STRENGTH = 'STRENGTH',
  PACK_SIZE = 'PACK_SIZE',
}
export enum SortOrder {
  ASC = 'ASC',
  DESC = 'DESC',
}
registerEnumType(ProductSortField, {
  name: 'ProductSortField',
  description:
    'What products can be ordered by. Of several values ascending order goes by the least, descending order by the greatest; what has none comes last.',
  valuesConfig: {
    NAME: { description: 'The name, as the reader’s language orders it.' },
    UPDATED: { description: 'When the record last changed (`meta.lastUpdated`).' },
    AUTHORIZED: { description: 'Since when it may be sold, as `Product.firstAuthorized` has it.' },
    SUBSTANCE: { description: 'The names of its active substances, of their bases where these are told.' },
    STRENGTH: {
      description:
        'The strengths of its active substances, as quantities: 100 µg before 5 mg, masses before units.',
    },
    PACK_SIZE: { description: 'How many tablets, vials … are in its packages.' },
    HOLDER: { description: 'The name of the company that may sell it, as `Product.holder` has it.' },
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

/** Values of an enum, any of which may match: at least one. */
function AreSome(): PropertyDecorator {
  const size = { message: `"$property" must have 1 to ${mostIds} entries` };
  return together(IsOptional(), ArrayMinSize(1, size), ArrayMaxSize(mostIds, size));
}

/** GS1's separator is a part of bar codes, as scanners read them. */
function AreBarcodes(): PropertyDecorator {
  const size = { message: `"$property" must have 1 to ${mostIds} entries` };
  const rule = (message: string): ValidationOptions => ({ each: true, message: `"$property" ${message}` });
  return together(
    IsOptional(),
    ArrayMinSize(1, size),
    ArrayMaxSize(mostIds, size),
    MaxLength(200, rule('must have at most 200 characters')),
    Matches(/^[^\p{Surrogate}]*\S[^\p{Surrogate}]*$/u, rule('must not be blank')),
  );
}

/** Texts such as `5 mg` or `250 mg/5 ml`. */
function AreStrengths(each: boolean): PropertyDecorator {
  const faultOf = (value: unknown): string | undefined => {
    const read =
      typeof value === 'string' ? readStrength(value) : { message: 'must be a text such as "5 mg"' };
    return isStrengthFault(read) ? read.message : undefined;
  };
  return ValidateBy(
    {
      name: 'isStrength',
      validator: {
        validate: (value: unknown) =>
          value === undefined || value === null || all(value).every((one) => faultOf(one) === undefined),
        defaultMessage: (at) => `"$property" ${all(at?.value).flatMap((one) => faultOf(one) ?? [])[0] ?? ''}`,
      },
    },
    {},
  );
  function all(value: unknown): readonly unknown[] {
    return each && Array.isArray(value) ? value : [value];
  }
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

@ArgsType()
export class SubstanceProductsArgs extends PageArgs {
  @Field(() => IngredientRole, {
    nullable: true,
    description: 'Only products that it has this role in.',
  })
  role?: IngredientRole | null;
}

@ArgsType()
export class SubstancesArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'What one of its names has at the beginning of a word, or its whole code; case and accents do not count.',
  })
  @IsText()
  text?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The first letters of its name; case and accents do not count.',
  })
  @IsText()
  startsWith?: string | null;

  @Field(() => IngredientRole, {
    nullable: true,
    description: 'Only substances that have this role in a product; then only these products are counted.',
  })
  role?: IngredientRole | null;
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

@InputType({ description: 'One active substance, with a strength of it where one is given.' })
export class ActiveFilter {
  @Field(() => String, { description: 'An SMS code, or a whole name, of the substance or of its base.' })
  @IsText()
  substance!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Its strength, such as `160 mg` or `5 mg/ml`; see `ProductFilter.strength`.',
  })
  @IsText()
  @AreStrengths(false)
  strength?: string | null;
}

/** More active substances no medicine is asked for by. */
const mostActives = 20;

@InputType({ description: 'Active substances, all of which must be there.' })
export class ActivesFilter {
  @Field(() => [ActiveFilter], {
    description: 'Each of them is one active ingredient, of that substance and in that strength.',
  })
  @ArrayMinSize(1, { message: `"all" must have 1 to ${mostActives} entries` })
  @ArrayMaxSize(mostActives, { message: `"all" must have 1 to ${mostActives} entries` })
  @ValidateNested({ each: true })
  all!: ActiveFilter[];

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether there may be no other active substance. A role that is not known leaves that open.',
  })
  only!: boolean;
}

@InputType({ description: 'A state on the market, of the product or of a package.' })
export class MarketedFilter {
  @Field(() => [String], {
    nullable: true,
    description:
      'Countries, any of them, in codes or names; what is said of the Union is said of none of its countries.',
  })
  @AreTexts()
  country?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    defaultValue: ['MARKETED'],
    description:
      'States, any of them: `MARKETED`, `TEMPORARILY_UNAVAILABLE` …, or codes or words of EMA list 100000072052.',
  })
  @AreTexts()
  status!: string[];

  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'Only what is expected back on the market before this date. (`restoreDate`)',
  })
  restoreBefore?: string | null;
}

@InputType({ description: 'A range of whole numbers, both ends included.' })
export class IntRange {
  @Field(() => Int, { nullable: true, description: 'The least; none where it is not given.' })
  @IsOptional()
  @Min(0, { message: '"min" must not be below 0' })
  min?: number | null;

  @Field(() => Int, { nullable: true, description: 'The greatest; none where it is not given.' })
  @IsOptional()
  @Min(0, { message: '"max" must not be below 0' })
  max?: number | null;
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

  @Field(() => [String], {
    nullable: true,
    description:
      'Numbers of the product, any of them: PMS ID, MPID, EV code and so on, of any system or, as `system|value`, of one. (`id`, `identifier`)',
  })
  @AreTexts()
  identifier?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Numbers of authorizations of the product (`EU/1/17/1201`) or of a package (`EU/1/17/1201/001`), any of them, with or without blanks, in any case. (`RegulatedAuthorization.identifier`)',
  })
  @AreTexts()
  authorizationNumber?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Procedure numbers, such as `EMEA/H/C/004728`, with or without `/0000`, any of them. (`RegulatedAuthorization.case.identifier`)',
  })
  @AreTexts()
  procedureNumber?: string[] | null;

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
      'Countries that it or a package may be sold in, any of them: EMA’s term codes, ISO 3166 codes, or names in any language of Europe. By authorizations for marketing or parallel trade, whatever their status: narrow by `lifecycle`. What the Union authorized holds in its countries, Iceland, Liechtenstein and Norway; `EU` asks for that alone. (`RegulatedAuthorization.region`, or a number `EU/1/…`)',
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
      'Classes of any kind, in codes or words, any of them: ATC, legal basis, product type. (`classification`)',
  })
  @AreTexts()
  classification?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'SMS codes, or whole names, of ingredients of any role, or of their bases, any of them: amlodipine finds its besilate. (`Ingredient.substance.code`, `strength.referenceStrength.substance`)',
  })
  @AreTexts()
  substance?: string[] | null;

  @Field(() => IngredientRole, {
    nullable: true,
    description:
      'What the `substance` is there for. By itself: products with any ingredient of this role. (`Ingredient.role`)',
  })
  substanceRole?: IngredientRole | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Strengths of the `substance`, else of an active one, any of them: `5 mg` in a tablet or another unit, `5 mg/ml`, `250 mg/5 ml`. Masses and volumes convert; IU, mmol and % stay what they are. (`Ingredient.substance.strength`)',
  })
  @AreTexts()
  @AreStrengths(true)
  strength?: string[] | null;

  @Field(() => ActivesFilter, {
    nullable: true,
    description: 'Active substances, all of which must be there, and with `only` no others. (`Ingredient`)',
  })
  @IsOptional()
  @ValidateNested()
  actives?: ActivesFilter | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'SMS codes, or names, of substances none of which may be there in any form: `lactose` excludes lactose monohydrate. Only products whose record lists what else is in them; the list is marked for all others. A register’s list is not the leaflet: read that before you rely on it. (`Ingredient`, `ingredient`)',
  })
  @AreTexts()
  withoutSubstance?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Ids, or whole names, of who may sell it: the holder of a marketing authorization or of a permission for parallel trade, of the product or of a package, any of them. (`RegulatedAuthorization.holder`)',
  })
  @AreTexts(longestId)
  holder?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Ids, or whole names, of those who make it, its packages or what is in them, any of them. (`manufacturer`, `operation.organization`)',
  })
  @AreTexts(longestId)
  manufacturer?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'The status of an authorization, in codes or words (`Valid`), any of them. (`RegulatedAuthorization.status`)',
  })
  @AreTexts()
  authorizationStatus?: string[] | null;

  @Field(() => [AuthorizationType], {
    nullable: true,
    description: 'The kind of an authorization, any of them. (`RegulatedAuthorization.type`)',
  })
  @AreSome()
  authorizationKind?: AuthorizationType[] | null;

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only what was first authorized then or later. A date less precise than this one leaves it open. (`validityPeriod.start`, else the date of the `case`)',
  })
  authorizedSince?: string | null;

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only what was first authorized before. (`validityPeriod.start`, else the date of the `case`)',
  })
  authorizedBefore?: string | null;

  @Field(() => [Lifecycle], {
    nullable: true,
    description:
      'Where it stands today, any of them: as `Product.lifecycle` has it, or with other parts about authorizations, such as `country`, as that very authorization stands. (`RegulatedAuthorization.status`, `validityPeriod`)',
  })
  @AreSome()
  lifecycle?: Lifecycle[] | null;

  @Field(() => MarketedFilter, {
    nullable: true,
    description: 'Its state on the market, or that of a package. (`marketingStatus`)',
  })
  @IsOptional()
  @ValidateNested()
  marketed?: MarketedFilter | null;

  @Field(() => IntRange, {
    nullable: true,
    description:
      'How many tablets, vials … are in a package; one of several kinds of things, or told in ml or g, has no size. (`containedItemQuantity`)',
  })
  @IsOptional()
  @ValidateNested()
  packSize?: IntRange | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Bar codes of a package, any of them: EAN-13, GTIN-14, or a whole string that a scanner reads. (`packaging.identifier`)',
  })
  @AreBarcodes()
  dataCarrier?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Whether it needs a prescription, in codes or words, any of them; with `country`, what holds there. Of the product or of a package. (`legalStatusOfSupply`)',
  })
  @AreTexts()
  legalStatusOfSupply?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it is watched more closely: the black triangle. With `false`, only products whose record says that it is not. (`additionalMonitoringIndicator`)',
  })
  additionalMonitoring?: boolean | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Whether it may be given to children, in codes or words, any of them. (`pediatricUseIndicator`)',
  })
  @AreTexts()
  pediatricUse?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'What it is for: codes of diseases, or whole words of their texts, any of them. Of clinical uses alone: `Product.indication` is not searched. (`ClinicalUseDefinition.indication`)',
  })
  @AreTexts()
  indication?: string[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only records that changed then or later. (`meta.lastUpdated`)',
  })
  updatedSince?: Date | null;
}

export enum FilterSupport {
  UPSTREAM = 'UPSTREAM',
  INDEX = 'INDEX',
  HERE = 'HERE',
  REFUSED = 'REFUSED',
}
registerEnumType(FilterSupport, {
  name: 'FilterSupport',
  description: 'Who applies a part of a filter.',
  valuesConfig: {
    UPSTREAM: { description: 'The upstream searches by it.' },
    INDEX: {
      description:
        'The index finds it, among the products that this service holds: see `service { coverage }`.',
    },
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
  actives: ActivesFilter,
  all: ActiveFilter,
  marketed: MarketedFilter,
  packSize: IntRange,
  sort: ProductSort,
};

export enum TypoTolerance {
  AUTO = 'AUTO',
  OFF = 'OFF',
}

registerEnumType(TypoTolerance, {
  name: 'TypoTolerance',
  description: 'Whether misspelt words find those that are near to them.',
  valuesConfig: {
    AUTO: {
      description:
        'A word that is known nowhere finds its neighbours: none up to 3 letters, one edit at 4, two from 5 on. A known word is never corrected.',
    },
    OFF: { description: 'Words are only what they are, or begin so.' },
  },
});

export enum Collapse {
  NONE = 'NONE',
  AUTHORIZATION = 'AUTHORIZATION',
  COMPOSITION = 'COMPOSITION',
  BRAND = 'BRAND',
}

registerEnumType(Collapse, {
  name: 'Collapse',
  description: 'Which products share one row. What tells nothing of that stands alone.',
  valuesConfig: {
    NONE: { description: 'None: each has a row.' },
    AUTHORIZATION: {
      description: 'Those with the same authorization numbers: one central product under two PMS IDs.',
    },
    COMPOSITION: { description: 'Those with the same `compositionKey`.' },
    BRAND: { description: 'Those with the same invented name: all strengths and forms of one brand.' },
  },
});

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

@ArgsType()
export class SearchProductsArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'What someone types: words of names, substances, holders and ATC classes, in any order, or a number off a box. 200 characters and 8 words at most. Without it: all that `filter` finds, A to Z.',
  })
  @IsText()
  text?: string | null;

  @Field(() => ProductFilter, {
    nullable: true,
    description: 'Which products are wanted; all of them where none is given.',
  })
  @IsOptional()
  @ValidateNested()
  filter?: ProductFilter;

  @Field(() => ProductSort, {
    nullable: true,
    description: 'In which order; the best first where none is given.',
  })
  sort?: ProductSort;

  @Field(() => TypoTolerance, {
    nullable: true,
    defaultValue: TypoTolerance.AUTO,
    description: 'Whether misspelt words find those that are near to them.',
  })
  typos?: TypoTolerance | null;

  @Field(() => Collapse, {
    nullable: true,
    defaultValue: Collapse.NONE,
    description: 'Which products share one row. `first` counts rows, totals count products.',
  })
  collapse?: Collapse | null;
}

/** By their own names, which are those of the index. */
export const FacetField: Readonly<Record<FacetFieldName, FacetFieldName>> = {
  ATC: 'ATC',
  SUBSTANCE: 'SUBSTANCE',
  STRENGTH: 'STRENGTH',
  DOSE_FORM: 'DOSE_FORM',
  ROUTE: 'ROUTE',
  HOLDER: 'HOLDER',
  COUNTRY: 'COUNTRY',
  STATUS: 'STATUS',
  MARKETED: 'MARKETED',
  LIFECYCLE: 'LIFECYCLE',
  LEGAL_STATUS: 'LEGAL_STATUS',
  DOMAIN: 'DOMAIN',
  KIND: 'KIND',
  PACK_SIZE: 'PACK_SIZE',
};

registerEnumType(FacetField, {
  name: 'FacetField',
  description:
    'What products are counted by. The values of each go back into the part of the filter that is named.',
  valuesConfig: {
    ATC: { description: '`filter.atc`: classes by level; a product counts for its class and for all above.' },
    SUBSTANCE: { description: '`filter.substance`: substances by their codes, and bases.' },
    STRENGTH: { description: '`filter.strength`: strengths of active substances.' },
    DOSE_FORM: { description: '`filter.doseForm`.' },
    ROUTE: { description: '`filter.route`.' },
    HOLDER: { description: '`filter.holder`.' },
    COUNTRY: { description: '`filter.country`: an authorization of the Union counts in its members.' },
    STATUS: { description: '`filter.status`: of the record, not of an authorization.' },
    MARKETED: { description: '`filter.marketed.status`.' },
    LIFECYCLE: { description: '`filter.lifecycle`: where the product stands today.' },
    LEGAL_STATUS: { description: '`filter.legalStatusOfSupply`.' },
    DOMAIN: { description: '`filter.domain`.' },
    KIND: { description: '`filter.authorizationKind`.' },
    PACK_SIZE: { description: '`filter.packSize`, as `min` and `max`.' },
  },
});

/** Counting each takes its time. */
export const mostFacets = 6;

@ArgsType()
export class FacetsArgs extends LanguageArgs {
  @Field(() => [FacetField], { description: 'The fields to count by, 6 at most.' })
  @ArrayMinSize(1, { message: `"fields" must have 1 to ${mostFacets} entries` })
  @ArrayMaxSize(mostFacets, { message: `"fields" must have 1 to ${mostFacets} entries` })
  fields!: FacetFieldName[];

  @Field(() => Int, {
    nullable: true,
    defaultValue: 10,
    description: 'How many values of each at most, 1 to 100; of ATC classes, of each level.',
  })
  @IsOptional()
  @IsInt(pageBounds)
  @Min(1, pageBounds)
  @Max(mostRows, pageBounds)
  first!: number;
}

const suggestionBounds = { message: '"first" must be between 1 and 20' };

@ArgsType()
export class SuggestArgs extends LanguageArgs {
  @Field(() => String, { description: 'What was typed so far, 200 characters at most.' })
  @IsText()
  text!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 8,
    description: 'How many suggestions at most, 1 to 20.',
  })
  @IsOptional()
  @IsInt(suggestionBounds)
  @Min(1, suggestionBounds)
  @Max(20, suggestionBounds)
  first!: number;
}
