/** The nested input types: the filter and the sort order of products. */
import { ArrayMaxSize, ArrayMinSize, IsOptional, Min, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { AuthorizationType, IngredientRole, Lifecycle } from '../../../terms/ema-codes.js';
import { DateTime, FhirDateTime } from '../scalars.js';
import { ProductSortField, SortOrder } from './enums.js';
import { longestId, IsText, AreTexts, AreSome, AreBarcodes, AreStrengths } from './rules.js';

@InputType({ description: 'One active substance, optionally with a strength.' })
export class ActiveFilter {
  @Field(() => String, { description: 'The SMS code or the whole name of the substance or of its base.' })
  @IsText()
  substance!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The strength of the substance, such as `160 mg` or `5 mg/ml`. See `ProductFilter.strength`.',
  })
  @IsText()
  @AreStrengths(false)
  strength?: string | null;
}

/** Maximum number of active substances in a filter. No realistic search has more. */
const mostActives = 20;

@InputType({ description: 'A list of active substances. The product must contain all of them.' })
export class ActivesFilter {
  @Field(() => [ActiveFilter], {
    description:
      'The required active ingredients. One ingredient of the product must match both the substance and the strength of an entry.',
  })
  @ArrayMinSize(1, { message: `"all" must have 1 to ${mostActives} entries` })
  @ArrayMaxSize(mostActives, { message: `"all" must have 1 to ${mostActives} entries` })
  @ValidateNested({ each: true })
  all!: ActiveFilter[];

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Whether to exclude products with any other active substance. If the role of an ingredient is unknown, this cannot be decided: the product is left out, and the list is marked `NOT_TOLD`.',
  })
  only!: boolean;
}

@InputType({ description: 'Conditions for one marketing status of the product or of a package.' })
export class MarketedFilter {
  @Field(() => [String], {
    nullable: true,
    description:
      'Countries, as codes or names. One match is enough. A marketing status for the whole Union does not count for its countries.',
  })
  @AreTexts()
  country?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    defaultValue: ['MARKETED'],
    description:
      'Marketing statuses: `MARKETED`, `TEMPORARILY_UNAVAILABLE` …, or codes or words of EMA list 100000072052. One match is enough.',
  })
  @AreTexts()
  status!: string[];

  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'Only products that are expected back on the market before this date. (`restoreDate`)',
  })
  restoreBefore?: string | null;
}

@InputType({ description: 'A range of whole numbers, both ends included.' })
export class IntRange {
  @Field(() => Int, { nullable: true, description: 'The smallest accepted number. Default: no lower limit.' })
  @IsOptional()
  @Min(0, { message: '"min" must not be below 0' })
  min?: number | null;

  @Field(() => Int, { nullable: true, description: 'The largest accepted number. Default: no upper limit.' })
  @IsOptional()
  @Min(0, { message: '"max" must not be below 0' })
  max?: number | null;
}

@InputType({
  description:
    'Conditions for products. A product must meet every part that is given. In a list of values, one match is enough.',
})
export class ProductFilter {
  @Field(() => [ID], {
    nullable: true,
    description: 'Only these products, given by PMS ID or global id, 100 at most. (`id`)',
  })
  @AreTexts()
  ids?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Text at any position in a name of the product. Case and surrounding blanks do not count. Whether accents count depends on the upstream. (`name.productName`)',
  })
  @IsText()
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The beginning of a name of the product. Case, accents and surrounding blanks do not count. (`name.productName`)',
  })
  @IsText()
  nameStartsWith?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'A whole name of the product. Case, accents and surrounding blanks do not count. (`name.productName`)',
  })
  @IsText()
  nameEquals?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Numbers of the product: PMS ID, MPID, EV code and so on. One match is enough. A plain value matches numbers of any number system; `system|value` matches one system only. (`id`, `identifier`)',
  })
  @AreTexts()
  identifier?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Authorization numbers of the product (`EU/1/17/1201`) or of a package (`EU/1/17/1201/001`). One match is enough. Blanks and case do not count. (`RegulatedAuthorization.identifier`)',
  })
  @AreTexts()
  authorizationNumber?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Procedure numbers, such as `EMEA/H/C/004728`, with or without `/0000` at the end. One match is enough. (`RegulatedAuthorization.case.identifier`)',
  })
  @AreTexts()
  procedureNumber?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Statuses of the record of the product, as codes or words (`Current`). One match is enough. (`status`)',
  })
  @AreTexts()
  status?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Domains, for people or for animals, as codes or words (`human`). One match is enough. (`domain`)',
  })
  @AreTexts()
  domain?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Dose forms, as codes or words (`Film-coated tablet`). One match is enough. (`combinedPharmaceuticalDoseForm`, else EMA’s extension authorisedDoseForm)',
  })
  @AreTexts()
  doseForm?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Routes of administration, as codes or words (`Oral use`, `oral`). One match is enough. (`route`, else `AdministrableProductDefinition.routeOfAdministration`)',
  })
  @AreTexts()
  route?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Countries for which the product or a package has an authorization for marketing or parallel trade. One match is enough. Countries are given as EMA’s term codes, ISO 3166 codes, or names in any language of Europe. Authorizations of any status count: add `lifecycle` to narrow. A Union authorization counts for the countries of the Union and for Iceland, Liechtenstein and Norway. `EU` finds only Union authorizations. (`RegulatedAuthorization.region`, or a number `EU/1/…`)',
  })
  @AreTexts()
  country?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'ATC classes. One match is enough. A class is given by its ATC code (`N06AX12`), the code of a group (`N06A`), EMA’s term code, or its name (`bupropion`). (`classification`)',
  })
  @AreTexts()
  atc?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Classes of any classification, as codes or words: ATC, legal basis, product type. One match is enough. (`classification`)',
  })
  @AreTexts()
  classification?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Substances that the product contains, in any role, as SMS codes or whole names. One match is enough. A base also finds its salts: amlodipine finds amlodipine besilate. (`Ingredient.substance.code`, `strength.referenceStrength.substance`)',
  })
  @AreTexts()
  substance?: string[] | null;

  @Field(() => IngredientRole, {
    nullable: true,
    description:
      'The role of the substance that `substance` names. Without `substance`, it finds products with any ingredient of this role. (`Ingredient.role`)',
  })
  substanceRole?: IngredientRole | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Strengths of the substance that `substance` names. Without `substance`, they are strengths of an ingredient with the role `substanceRole`, by default of an active substance. One match is enough. `5 mg` is the amount in a tablet or another unit; `5 mg/ml` and `250 mg/5 ml` are concentrations. Masses and volumes are converted; IU, mmol and % are not. (`Ingredient.substance.strength`)',
  })
  @AreTexts()
  @AreStrengths(true)
  strength?: string[] | null;

  @Field(() => ActivesFilter, {
    nullable: true,
    description:
      'Active substances. The product must contain all of them, and with `only` no others. (`Ingredient`)',
  })
  @IsOptional()
  @ValidateNested()
  actives?: ActivesFilter | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Substances that the product must not contain, as SMS codes or names. All forms are excluded: `lactose` excludes lactose monohydrate. A product whose record does not list its inactive ingredients is left out, and the list is marked `NOT_TOLD`. The ingredients in the register may differ from those in the leaflet: read the leaflet before you rely on the result. (`Ingredient`, `ingredient`)',
  })
  @AreTexts()
  withoutSubstance?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Holders of an authorization for marketing or parallel trade, as ids or whole names. One match is enough. Authorizations of the product and of its packages count. (`RegulatedAuthorization.holder`)',
  })
  @AreTexts(longestId)
  holder?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Manufacturers of the product, of its packages or of their contents, as ids or whole names. One match is enough. (`manufacturer`, `operation.organization`)',
  })
  @AreTexts(longestId)
  manufacturer?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Statuses of an authorization, as codes or words (`Valid`). One match is enough. (`RegulatedAuthorization.status`)',
  })
  @AreTexts()
  authorizationStatus?: string[] | null;

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only products with an authorization whose status changed on this date or later. Together with `lifecycle` or `authorizationStatus`, it finds recent withdrawals. A product whose date is not precise enough to decide is left out, and the list is marked `NOT_TOLD`. (`RegulatedAuthorization.statusDate`)',
  })
  statusSince?: string | null;

  @Field(() => [AuthorizationType], {
    nullable: true,
    description: 'Types of an authorization. One match is enough. (`RegulatedAuthorization.type`)',
  })
  @AreSome()
  authorizationKind?: AuthorizationType[] | null;

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only products that were first authorized on this date or later. A product whose date is not precise enough to decide is left out, and the list is marked `NOT_TOLD`. (`validityPeriod.start`, else the date of the `case`)',
  })
  authorizedSince?: string | null;

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only products that were first authorized before this date. (`validityPeriod.start`, else the date of the `case`)',
  })
  authorizedBefore?: string | null;

  @Field(() => [Lifecycle], {
    nullable: true,
    description:
      'Statuses today. One match is enough. The status is that of the product, as in `Product.lifecycle`. With other parts about authorizations, such as `country`, it is the status of the authorization that matches those parts. (`RegulatedAuthorization.status`, `validityPeriod`)',
  })
  @AreSome()
  lifecycle?: Lifecycle[] | null;

  @Field(() => MarketedFilter, {
    nullable: true,
    description:
      'A marketing status that the product or one of its packages must have: whether it is on the market, and where. (`marketingStatus`)',
  })
  @IsOptional()
  @ValidateNested()
  marketed?: MarketedFilter | null;

  @Field(() => IntRange, {
    nullable: true,
    description:
      'The number of tablets, vials … in a package. A package with several kinds of items has no size, nor has a package that is measured in ml or g. (`containedItemQuantity`, else the contents of `packaging`)',
  })
  @IsOptional()
  @ValidateNested()
  packSize?: IntRange | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Bar codes of a package: EAN-13, GTIN-14, or a whole scanned string. One match is enough. (`packaging.identifier`)',
  })
  @AreBarcodes()
  dataCarrier?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Legal statuses of the product or of a package: with or without a prescription, as codes or words. One match is enough. With `country`, it is the legal status in that country. (`legalStatusOfSupply`)',
  })
  @AreTexts()
  legalStatusOfSupply?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the product is under additional monitoring (the black triangle). `false` finds only products whose record says that they are not. (`additionalMonitoringIndicator`)',
  })
  additionalMonitoring?: boolean | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Whether the product may be given to children, as codes or words of the list PEDIATRIC_USE. One match is enough. (`pediatricUseIndicator`)',
  })
  @AreTexts()
  pediatricUse?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Diseases that the product is used for, as codes or as whole words of their texts. One match is enough. Only clinical uses are searched, not the text in `Product.indication`. (`ClinicalUseDefinition.indication`)',
  })
  @AreTexts()
  indication?: string[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only products whose record was changed at this time or later. (`meta.lastUpdated`)',
  })
  updatedSince?: Date | null;
}

@InputType({ description: 'The order of products.' })
export class ProductSort {
  @Field(() => ProductSortField, { description: 'The field to sort by.' })
  by!: ProductSortField;

  @Field(() => SortOrder, {
    nullable: true,
    defaultValue: SortOrder.ASC,
    description: 'The direction of sorting.',
  })
  order!: SortOrder;
}

/** Nested inputs, each with the class that validates it. */
export const nestedInputs: Readonly<Record<string, new () => object>> = {
  filter: ProductFilter,
  actives: ActivesFilter,
  all: ActiveFilter,
  marketed: MarketedFilter,
  packSize: IntRange,
  sort: ProductSort,
};
