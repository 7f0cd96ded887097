/** The nested inputs of arguments: the filter and the order of products. */
import { ArrayMaxSize, ArrayMinSize, IsOptional, Min, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { AuthorizationType, IngredientRole, Lifecycle } from '../../../terms/ema-codes.js';
import { DateTime, FhirDateTime } from '../scalars.js';
import { ProductSortField, SortOrder } from './enums.js';
import { longestId, IsText, AreTexts, AreSome, AreBarcodes, AreStrengths } from './rules.js';

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

/** Most active substances of a filter: no sensible search has more. */
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
      'Contained anywhere in a name; upper and lower case are the same, accents as far as the upstream goes. Blanks around it do not count. (`name.productName`)',
  })
  @IsText()
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What a name begins with; case, accents and blanks around it do not count. (`name.productName`)',
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

  @Field(() => FhirDateTime, {
    nullable: true,
    description:
      'Only what has the status of an authorization since then or later: what was withdrawn lately, with `lifecycle` or `authorizationStatus`. A date less precise than this one leaves it open. (`RegulatedAuthorization.statusDate`)',
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
      'How many tablets, vials … are in a package; one of several kinds of things, or told in ml or g, has no size. (`containedItemQuantity`, else what lies in `packaging`)',
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

/** Nested inputs that are validated as their own classes. */
export const nestedInputs: Readonly<Record<string, new () => object>> = {
  filter: ProductFilter,
  actives: ActivesFilter,
  all: ActiveFilter,
  marketed: MarketedFilter,
  packSize: IntRange,
  sort: ProductSort,
};
