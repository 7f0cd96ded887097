/**
 * EMA's lists that this service reads: their RMS names, and the fields and filters that have fewer texts without
 * them.
 */

export interface ListUse {
  readonly name: string;
  /** GraphQL fields, as `Type.field`. */
  readonly fields: readonly string[];
  /** Parts of `ProductFilter`. */
  readonly filters: readonly string[];
}

const doseFormUses = {
  fields: ['Product.doseForm', 'ManufacturedItem.doseForm', 'AdministrableProduct.doseForm'],
  filters: ['doseForm'],
} as const;

function fields(name: string, ...of: readonly string[]): ListUse {
  return { name, fields: of, filters: [] };
}

function withFilters(use: ListUse, ...filters: readonly string[]): ListUse {
  return { ...use, filters };
}

/** The names and uses of lists, by the id of the list. */
export const listUses: ReadonlyMap<string, ListUse> = new Map<string, ListUse>([
  [
    '100000000002',
    {
      name: 'Country',
      fields: ['MarketingStatus.country', 'NameUsage.country', 'RegulatedAuthorization.region'],
      filters: ['country', 'marketed'],
    },
  ],
  ['100000000004', { name: 'Domain', fields: ['Product.domain'], filters: ['domain'] }],
  ['100000000008', fields('Quantity Operator', 'Quantity.comparator')],
  [
    '100000072049',
    withFilters(
      fields('Regulatory Entitlement Status', 'RegulatedAuthorization.status'),
      'authorizationStatus',
    ),
  ],
  ['100000072050', fields('Ingredient Role', 'Ingredient.role')],
  [
    '100000072051',
    withFilters(
      fields('Legal Status for the Supply', 'Product.legalStatusOfSupply', 'LegalStatusOfSupply.code'),
      'legalStatusOfSupply',
    ),
  ],
  ['100000072052', withFilters(fields('Marketing Status', 'MarketingStatus.status'), 'marketed')],
  ['100000072057', fields('Language', 'NameUsage.language', 'SubstanceName.languages')],
  ['100000073343', fields('Shelf Life Type', 'ShelfLife.type')],
  ['100000073344', fields('Special Precautions for Storage', 'ShelfLife.specialPrecautions')],
  [
    '100000073345',
    {
      name: 'Routes and Methods of Administration',
      fields: ['Product.routes', 'Route.code'],
      filters: ['route'],
    },
  ],
  ['100000073346', fields('Packaging', 'Packaging.type')],
  [
    '100000093533',
    {
      name: 'Anatomical Therapeutic Chemical classification system - Human',
      fields: ['Product.atc'],
      filters: ['atc', 'classification'],
    },
  ],
  ['100000110633', fields('Units of Measurement', 'Quantity.unit')],
  ['100000116045', withFilters(fields('Legal Basis', 'RegulatedAuthorization.basis'), 'classification')],
  ['100000154441', fields('Contact Party Role', 'Contact.type')],
  ['100000154442', fields('Procedure Type', 'RegulatedAuthorization.procedureType')],
  ['100000155526', withFilters(fields('Product Category', 'Product.classifications'), 'classification')],
  ['100000160406', fields('Manufacturing Activity', 'ManufacturingOperation.type')],
  ['200000000004', { name: 'Pharmaceutical Dose Form', ...doseFormUses }],
  ['200000000006', { name: 'Combined Pharmaceutical Dose Form', ...doseFormUses }],
  ['200000000007', { name: 'Combined Term', ...doseFormUses }],
  ['200000000008', { name: 'Combination Package', ...doseFormUses }],
  [
    '200000000014',
    fields(
      'Units of Presentation',
      'ManufacturedItem.unitOfPresentation',
      'AdministrableProduct.unitOfPresentation',
      'Quantity.unit',
    ),
  ],
  ['200000003199', fields('Material', 'Packaging.materials')],
  ['200000004983', fields('Data Classification', 'ManufacturingOperation.confidentiality')],
  ['200000005003', { name: 'Record Status', fields: ['Product.status'], filters: ['status'] }],
  ['220000000000', fields('Medicinal Product Name Part Type', 'NamePart.type')],
  ['220000000031', fields('Organisation Role', 'Organization.types')],
  ['220000000060', fields('Regulatory Entitlement Type', 'RegulatedAuthorization.type')],
]);
