/** The enums of arguments, with a description of each value. */
import { registerEnumType } from 'type-graphql';
import { AuthorizationType, ClinicalUseType, IngredientRole, Lifecycle } from '../../../terms/ema-codes.js';
import { EquivalenceBy } from '../../../facts/substances/equivalence.js';
import type { FacetField as FacetFieldName } from '../../../search-index/facets/facet.js';

registerEnumType(IngredientRole, {
  name: 'IngredientRole',
  description: 'The role of an ingredient in a product. (EMA list 100000072050)',
  valuesConfig: {
    ACTIVE: { description: 'The active substance, which has the medical effect.' },
    ADJUVANT: {
      description: 'A substance that strengthens the effect of an active substance, mainly in vaccines.',
    },
    EXCIPIENT: {
      description:
        'A substance that helps to make, store or take the medicine: a filler, a colour, a preservative.',
    },
    SOLVENT: { description: 'The liquid for dissolving or diluting a powder.' },
    OTHER: { description: 'Any role except the other four values of this enum.' },
  },
});

registerEnumType(AuthorizationType, {
  name: 'AuthorizationType',
  description: 'The type of an authorization. (EMA list 220000000060)',
  valuesConfig: {
    MARKETING: { description: 'The permission to sell a medicine.' },
    ORPHAN: {
      description: 'The designation of a medicine for a rare disease. Its number begins with `EU/3/`.',
    },
    PARALLEL_TRADE: {
      description: 'The permission to bring a medicine from one country of the Union into another.',
    },
    MANUFACTURING: { description: 'The permission to make a medicine.' },
    OTHER: { description: 'Any type of authorization except the other four values of this enum.' },
  },
});

registerEnumType(Lifecycle, {
  name: 'Lifecycle',
  description:
    'The status of a product or an authorization today. It follows from the dates of validity and from the registered status. (EMA lists 200000005003 and 100000072049)',
  valuesConfig: {
    PENDING: { description: 'The authorization is applied for, or the application is planned.' },
    AUTHORIZED: { description: 'The authorization is valid.' },
    SUSPENDED: { description: 'The authorization is suspended: the medicine may not be sold for now.' },
    ENDED: {
      description:
        'The authorization was revoked, withdrawn, surrendered or rejected, has expired, or was not renewed.',
    },
    VOID: {
      description: 'The record of the product or authorization was nullified, or is no longer current.',
    },
    UNKNOWN: {
      description: 'The records give no status, or a status from a list that this service does not know.',
    },
  },
});

registerEnumType(ClinicalUseType, {
  name: 'ClinicalUseType',
  description: 'The type of a clinical use. (ClinicalUseDefinition `type`)',
  valuesConfig: {
    INDICATION: { description: 'A condition that the product is used for.' },
    CONTRAINDICATION: { description: 'A condition in which the product must not be used.' },
    INTERACTION: { description: 'An interaction with another substance, product or food.' },
    UNDESIRABLE_EFFECT: { description: 'A possible unwanted effect.' },
    WARNING: { description: 'A precaution for use.' },
    OTHER: { description: 'A clinical use of any other type, or of a type that the record does not give.' },
  },
});

registerEnumType(EquivalenceBy, {
  name: 'EquivalenceBy',
  description: 'A property in which two products must be equal.',
  valuesConfig: {
    ACTIVES: {
      description:
        'Both products have the same active substances and no others. A substance is compared by its base, if the record gives the base. Only with STRENGTH does it matter which tablet or vial contains a substance.',
    },
    STRENGTH: {
      description:
        'Each tablet, vial … of one product has a counterpart in the other product with the same amounts of the active substances. Amounts are compared per unit, else as concentrations. Items without an active substance need a counterpart too, such as the placebo tablets in a pack of contraceptive pills.',
    },
    DOSE_FORM: {
      description:
        'Both products have the same dose form, as in `Product.compositionKey`. Similar dose forms count as different.',
    },
    ROUTE: { description: 'Both products have the same routes of administration, all of them.' },
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
    'A field to sort products by. If a product has several values, ascending order uses its smallest value, descending order its largest. Products without a value come last.',
  valuesConfig: {
    NAME: { description: 'The name of the product, by the sorting rules of the user’s language.' },
    UPDATED: { description: 'The time of the last change of the product’s record (`meta.lastUpdated`).' },
    AUTHORIZED: {
      description: 'The date since which the product may be sold, as in `Product.firstAuthorized`.',
    },
    SUBSTANCE: {
      description:
        'The names of the active substances. If the record gives a base, the name of the base is used.',
    },
    STRENGTH: {
      description:
        'The strengths of the active substances, by amount: 100 µg before 5 mg. Masses come before units such as IU.',
    },
    PACK_SIZE: { description: 'The number of tablets, vials … in the packages of the product.' },
    HOLDER: { description: 'The name of the company that holds the authorization, as in `Product.holder`.' },
  },
});
registerEnumType(SortOrder, {
  name: 'SortOrder',
  description: 'The direction of sorting.',
  valuesConfig: {
    ASC: { description: 'Ascending: the smallest value first.' },
    DESC: { description: 'Descending: the largest value first.' },
  },
});

export enum FilterSupport {
  UPSTREAM = 'UPSTREAM',
  INDEX = 'INDEX',
  HERE = 'HERE',
  REFUSED = 'REFUSED',
}
registerEnumType(FilterSupport, {
  name: 'FilterSupport',
  description: 'Who applies a part of a filter: the upstream, the index, or this service after the search.',
  valuesConfig: {
    UPSTREAM: { description: 'The upstream applies this part in its own search.' },
    INDEX: {
      description:
        'The index of this service applies this part to the products in the index. See `service { coverage }`.',
    },
    HERE: {
      description:
        'This service checks one by one the products that the other parts of the filter find. They must find at most 500 products.',
    },
    REFUSED: { description: 'This part cannot be applied. A query with it fails with UPSTREAM_UNSUPPORTED.' },
  },
});

export enum TypoTolerance {
  AUTO = 'AUTO',
  OFF = 'OFF',
}

registerEnumType(TypoTolerance, {
  name: 'TypoTolerance',
  description: 'Whether misspelt words find similar words.',
  valuesConfig: {
    AUTO: {
      description:
        'A word that is not in the index finds similar words. One letter may differ in a word of 4 letters, two in a longer word, none in a shorter word. A word that is in the index is never corrected.',
    },
    OFF: { description: 'A word finds only the same word, and words that begin with it.' },
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
  description:
    'Which products are combined into one row. A product without the compared value has its own row.',
  valuesConfig: {
    NONE: { description: 'No products are combined: each product has its own row.' },
    AUTHORIZATION: {
      description:
        'Products that share their authorization numbers, for example one centrally authorized product with two product ids (PMS IDs).',
    },
    COMPOSITION: { description: 'Products with the same `compositionKey`.' },
    BRAND: {
      description:
        'Products with the same brand name (invented name): all strengths and dose forms of one brand.',
    },
  },
});

/** The fields for which facets can be counted. The index uses the same names. */
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
    'A field by which products are counted (a facet). To narrow a search to a counted value, put the value into the part of `ProductFilter` that the description of the field names.',
  valuesConfig: {
    ATC: {
      description:
        'ATC classes, by level. A product counts for its class and for all classes above. To narrow the search: `filter.atc`.',
    },
    SUBSTANCE: {
      description: 'Substances, by code, and their bases. To narrow the search: `filter.substance`.',
    },
    STRENGTH: { description: 'Strengths of active substances. To narrow the search: `filter.strength`.' },
    DOSE_FORM: { description: 'Dose forms. To narrow the search: `filter.doseForm`.' },
    ROUTE: { description: 'Routes of administration. To narrow the search: `filter.route`.' },
    HOLDER: { description: 'Holders of authorizations. To narrow the search: `filter.holder`.' },
    COUNTRY: {
      description:
        'Countries of authorization. A Union authorization counts for each member state. To narrow the search: `filter.country`.',
    },
    STATUS: {
      description:
        'Statuses of the record of the product, not of an authorization. To narrow the search: `filter.status`.',
    },
    MARKETED: { description: 'Marketing statuses. To narrow the search: `filter.marketed.status`.' },
    LIFECYCLE: { description: 'Statuses of the product today. To narrow the search: `filter.lifecycle`.' },
    LEGAL_STATUS: {
      description:
        'Legal statuses of supply: with or without a prescription. To narrow the search: `filter.legalStatusOfSupply`.',
    },
    DOMAIN: { description: 'Domains: for people or for animals. To narrow the search: `filter.domain`.' },
    KIND: { description: 'Types of authorization. To narrow the search: `filter.authorizationKind`.' },
    PACK_SIZE: {
      description:
        'Pack sizes. To narrow the search: `filter.packSize`, with the value as `min` and as `max`.',
    },
  },
});
