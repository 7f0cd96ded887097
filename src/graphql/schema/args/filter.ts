/** The nested input types: the filter and the sort order of products. */
import { ArrayMaxSize, ArrayMinSize, IsOptional, Min, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { AuthorizationType, IngredientRole, Lifecycle } from '../../../terms/ema-codes.js';
import { DateTime, FhirDateTime } from '../scalars.js';
import { ProductSortField, SortOrder } from './enums.js';
import { longestId, IsText, AreTexts, AreSome, AreBarcodes, AreStrengths } from './rules.js';

@InputType({ description: 'One active substance, optionally with a strength.' })
export class ActiveFilter {
  @Field(() => String, { description: 'An SMS code or a whole name of the substance or of its base.' })
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

/** Most active substances in a filter. No sensible search has more. */
const mostActives = 20;

@InputType({ description: 'Active substances, all of which the product must contain.' })
export class ActivesFilter {
  @Field(() => [ActiveFilter], {
    description: 'Each entry is one active ingredient, with that substance and that strength.',
  })
  @ArrayMinSize(1, { message: `"all" must have 1 to ${mostActives} entries` })
  @ArrayMaxSize(mostActives, { message: `"all" must have 1 to ${mostActives} entries` })
  @ValidateNested({ each: true })
  all!: ActiveFilter[];

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Whether to exclude products with any other active substance. An ingredient of unknown role leaves this undecided.',
  })
  only!: boolean;
}

@InputType({ description: 'A marketing status of the product or of a package.' })
export class MarketedFilter {
  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these countries, in codes or names. A status for the Union does not count for its countries.',
  })
  @AreTexts()
  country?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    defaultValue: ['MARKETED'],
    description:
      'Any of these statuses: `MARKETED`, `TEMPORARILY_UNAVAILABLE` …, or codes or words of EMA list 100000072052.',
  })
  @AreTexts()
  status!: string[];

  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'Only products expected back on the market before this date. (`restoreDate`)',
  })
  restoreBefore?: string | null;
}

@InputType({ description: 'A range of whole numbers, both ends included.' })
export class IntRange {
  @Field(() => Int, { nullable: true, description: 'The lower limit; default: none.' })
  @IsOptional()
  @Min(0, { message: '"min" must not be below 0' })
  min?: number | null;

  @Field(() => Int, { nullable: true, description: 'The upper limit; default: none.' })
  @IsOptional()
  @Min(0, { message: '"max" must not be below 0' })
  max?: number | null;
}

@InputType({ description: 'The products to find. They must match every part given.' })
export class ProductFilter {
  @Field(() => [ID], {
    nullable: true,
    description: 'Only these products, by PMS ID or by this schema’s id, 100 at most. (`id`)',
  })
  @AreTexts()
  ids?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Text anywhere in a name. Case does not count, nor do blanks around it; accents depend on the upstream. (`name.productName`)',
  })
  @IsText()
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The beginning of a name; case, accents and blanks around it do not count. (`name.productName`)',
  })
  @IsText()
  nameStartsWith?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The whole name; case, accents and blanks around it do not count. (`name.productName`)',
  })
  @IsText()
  nameEquals?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these numbers of the product: PMS ID, MPID, EV code and so on, of any system or, as `system|value`, of one. (`id`, `identifier`)',
  })
  @AreTexts()
  identifier?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these authorization numbers, of the product (`EU/1/17/1201`) or of a package (`EU/1/17/1201/001`), with or without blanks, in any case. (`RegulatedAuthorization.identifier`)',
  })
  @AreTexts()
  authorizationNumber?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these procedure numbers, such as `EMEA/H/C/004728`, with or without `/0000`. (`RegulatedAuthorization.case.identifier`)',
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
      'Any of these countries where it or a package may be sold: EMA’s term codes, ISO 3166 codes, or names in any language of Europe. Authorizations for marketing or parallel trade count, in any status: narrow by `lifecycle`. A Union authorization counts for its countries, Iceland, Liechtenstein and Norway; `EU` finds only Union authorizations. (`RegulatedAuthorization.region`, or a number `EU/1/…`)',
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
      'Any of these SMS codes or whole names of ingredients of any role, or of their bases: amlodipine finds its besilate. (`Ingredient.substance.code`, `strength.referenceStrength.substance`)',
  })
  @AreTexts()
  substance?: string[] | null;

  @Field(() => IngredientRole, {
    nullable: true,
    description:
      'The role of the `substance`. Alone, it finds products with any ingredient of this role. (`Ingredient.role`)',
  })
  substanceRole?: IngredientRole | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these strengths of the `substance`, else of an active substance: `5 mg` in a tablet or another unit, `5 mg/ml`, `250 mg/5 ml`. Masses and volumes are converted; IU, mmol and % are not. (`Ingredient.substance.strength`)',
  })
  @AreTexts()
  @AreStrengths(true)
  strength?: string[] | null;

  @Field(() => ActivesFilter, {
    nullable: true,
    description:
      'Active substances that the product must all contain, and with `only` no others. (`Ingredient`)',
  })
  @IsOptional()
  @ValidateNested()
  actives?: ActivesFilter | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'SMS codes or names of substances that the product must not contain in any form: `lactose` excludes lactose monohydrate. Products whose record does not list their other ingredients are left out, and the result is marked. A register’s list is not the leaflet: read the leaflet before you rely on it. (`Ingredient`, `ingredient`)',
  })
  @AreTexts()
  withoutSubstance?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these ids or whole names of the holder of a marketing authorization or parallel trade authorization, of the product or of a package. (`RegulatedAuthorization.holder`)',
  })
  @AreTexts(longestId)
  holder?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these ids or whole names of manufacturers of the product, its packages or their contents. (`manufacturer`, `operation.organization`)',
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

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only products with an authorization in its status since this date or later: recent withdrawals, with `lifecycle` or `authorizationStatus`. A less precise date in the record leaves this undecided. (`RegulatedAuthorization.statusDate`)',
  })
  statusSince?: string | null;

  @Field(() => [AuthorizationType], {
    nullable: true,
    description: 'The kind of an authorization, any of them. (`RegulatedAuthorization.type`)',
  })
  @AreSome()
  authorizationKind?: AuthorizationType[] | null;

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only products first authorized on this date or later. A less precise date in the record leaves this undecided. (`validityPeriod.start`, else the date of the `case`)',
  })
  authorizedSince?: string | null;

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only products first authorized before this date. (`validityPeriod.start`, else the date of the `case`)',
  })
  authorizedBefore?: string | null;

  @Field(() => [Lifecycle], {
    nullable: true,
    description:
      'Any of these statuses today: as in `Product.lifecycle`; or with other parts about authorizations, such as `country`, the status of the same authorization. (`RegulatedAuthorization.status`, `validityPeriod`)',
  })
  @AreSome()
  lifecycle?: Lifecycle[] | null;

  @Field(() => MarketedFilter, {
    nullable: true,
    description: 'The marketing status of the product or of a package. (`marketingStatus`)',
  })
  @IsOptional()
  @ValidateNested()
  marketed?: MarketedFilter | null;

  @Field(() => IntRange, {
    nullable: true,
    description:
      'The number of tablets, vials … in a package. A package of several kinds of items, or measured in ml or g, has no size. (`containedItemQuantity`, else what lies in `packaging`)',
  })
  @IsOptional()
  @ValidateNested()
  packSize?: IntRange | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Any of these bar codes of a package: EAN-13, GTIN-14, or a whole scanned string. (`packaging.identifier`)',
  })
  @AreBarcodes()
  dataCarrier?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Whether the product or a package needs a prescription, in codes or words, any of them; with `country`, the status there. (`legalStatusOfSupply`)',
  })
  @AreTexts()
  legalStatusOfSupply?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it is under additional monitoring: the black triangle. `false` finds only products whose record says no. (`additionalMonitoringIndicator`)',
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
      'The indication, in codes of diseases or whole words of their texts, any of them. Only clinical uses are searched, not `Product.indication`. (`ClinicalUseDefinition.indication`)',
  })
  @AreTexts()
  indication?: string[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Only records changed at this time or later. (`meta.lastUpdated`)',
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
    description: 'The direction.',
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
