/** The enums of arguments, with a description of each value. */
import { registerEnumType } from 'type-graphql';
import { AuthorizationType, ClinicalUseType, IngredientRole, Lifecycle } from '../../../terms/ema-codes.js';
import { EquivalenceBy } from '../../../facts/substances/equivalence.js';
import type { FacetField as FacetFieldName } from '../../../search-index/facets/facet.js';

registerEnumType(IngredientRole, {
  name: 'IngredientRole',
  description: 'The roles of ingredients (EMA list 100000072050). OTHER is any role outside the other four.',
  valuesConfig: {
    ACTIVE: { description: 'The active substance: it has the effect.' },
    ADJUVANT: { description: 'It strengthens the effect of an active substance, mainly in vaccines.' },
    EXCIPIENT: {
      description: 'A substance for making, keeping or taking the medicine: fillers, colours, preservatives.',
    },
    SOLVENT: { description: 'The liquid for dissolving or diluting a powder.' },
    OTHER: { description: 'A role that is none of these.' },
  },
});

registerEnumType(AuthorizationType, {
  name: 'AuthorizationType',
  description: 'The kinds of authorization (EMA list 220000000060).',
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
    'The status of a product or an authorization today (from EMA lists 200000005003 and 100000072049, and the dates of validity).',
  valuesConfig: {
    PENDING: { description: 'The application is made or planned.' },
    AUTHORIZED: { description: 'It is valid.' },
    SUSPENDED: { description: 'It may not be sold for now.' },
    ENDED: {
      description: 'It was revoked, withdrawn, surrendered or rejected, has expired, or was not renewed.',
    },
    VOID: { description: 'The record was nullified, or is no longer current.' },
    UNKNOWN: { description: 'The records give no status, or one from an unknown list.' },
  },
});

registerEnumType(ClinicalUseType, {
  name: 'ClinicalUseType',
  description: 'The kinds of clinical use (FHIR ClinicalUseDefinition `type`).',
  valuesConfig: {
    INDICATION: { description: 'A condition that the product is used for.' },
    CONTRAINDICATION: { description: 'A condition in which the product must not be used.' },
    INTERACTION: { description: 'An interaction with another substance, product or food.' },
    UNDESIRABLE_EFFECT: { description: 'A possible unwanted effect.' },
    WARNING: { description: 'A precaution for use.' },
    OTHER: { description: 'Any other kind, or none given by the record.' },
  },
});

registerEnumType(EquivalenceBy, {
  name: 'EquivalenceBy',
  description: 'The aspects in which two products must be equal.',
  valuesConfig: {
    ACTIVES: {
      description:
        'The active substances, by their bases if given: the same ones and no others. They may be in any tablet or vial, unless STRENGTH is compared too.',
    },
    STRENGTH: {
      description:
        'The amounts of the active substances in each tablet, vial … of the product: per unit, else as concentration. Items without an active substance count too, such as the placebos of a pill.',
    },
    DOSE_FORM: { description: 'The dose form, as in `Product.compositionKey`: every form is distinct.' },
    ROUTE: { description: 'All routes of administration.' },
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
    'The fields to sort products by. Of several values, ascending order uses the least, descending order the greatest. Products without a value come last.',
  valuesConfig: {
    NAME: { description: 'The name, by the sorting rules of the reader’s language.' },
    UPDATED: { description: 'The last change of the record (`meta.lastUpdated`).' },
    AUTHORIZED: { description: 'The date since which it may be sold, as in `Product.firstAuthorized`.' },
    SUBSTANCE: { description: 'The names of its active substances, or of their bases if given.' },
    STRENGTH: {
      description:
        'The strengths of its active substances, as quantities: 100 µg before 5 mg, masses before units.',
    },
    PACK_SIZE: { description: 'The number of tablets, vials … in its packages.' },
    HOLDER: { description: 'The name of the holder, as in `Product.holder`.' },
  },
});
registerEnumType(SortOrder, {
  name: 'SortOrder',
  description: 'The direction.',
  valuesConfig: { ASC: { description: 'Smallest first.' }, DESC: { description: 'Largest first.' } },
});

export enum FilterSupport {
  UPSTREAM = 'UPSTREAM',
  INDEX = 'INDEX',
  HERE = 'HERE',
  REFUSED = 'REFUSED',
}
registerEnumType(FilterSupport, {
  name: 'FilterSupport',
  description: 'Where a part of a filter is applied.',
  valuesConfig: {
    UPSTREAM: { description: 'The upstream searches by it.' },
    INDEX: {
      description:
        'The index applies it to the products that this service holds: see `service { coverage }`.',
    },
    HERE: {
      description: 'This service applies it, if the rest of the filter finds at most 500 products to check.',
    },
    REFUSED: { description: 'Not at all: it gets UPSTREAM_UNSUPPORTED.' },
  },
});

export enum TypoTolerance {
  AUTO = 'AUTO',
  OFF = 'OFF',
}

registerEnumType(TypoTolerance, {
  name: 'TypoTolerance',
  description: 'Whether misspelt words find similar ones.',
  valuesConfig: {
    AUTO: {
      description:
        'An unknown word finds similar ones: none up to 3 letters, one edit at 4, two from 5 on. A known word is never corrected.',
    },
    OFF: { description: 'Words match only exactly or as beginnings.' },
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
  description: 'Which products share one row. A product without the compared value stands alone.',
  valuesConfig: {
    NONE: { description: 'None: each product has its own row.' },
    AUTHORIZATION: {
      description: 'Products with the same authorization numbers: one central product under two PMS IDs.',
    },
    COMPOSITION: { description: 'Products with the same `compositionKey`.' },
    BRAND: { description: 'Products with the same invented name: all strengths and forms of one brand.' },
  },
});

/** The facet fields, by their names. The index uses these names too. */
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
    'The fields by which products are counted (facets). To narrow a search to a counted value, put the value into the part of the filter that the field’s description names.',
  valuesConfig: {
    ATC: {
      description: '`filter.atc`: classes by level; a product counts for its class and all classes above.',
    },
    SUBSTANCE: { description: '`filter.substance`: substances by code, and bases.' },
    STRENGTH: { description: '`filter.strength`: strengths of active substances.' },
    DOSE_FORM: { description: '`filter.doseForm`.' },
    ROUTE: { description: '`filter.route`.' },
    HOLDER: { description: '`filter.holder`.' },
    COUNTRY: { description: '`filter.country`: an authorization of the Union counts for its members.' },
    STATUS: { description: '`filter.status`: the status of the record, not of an authorization.' },
    MARKETED: { description: '`filter.marketed.status`.' },
    LIFECYCLE: { description: '`filter.lifecycle`: the status of the product today.' },
    LEGAL_STATUS: { description: '`filter.legalStatusOfSupply`.' },
    DOMAIN: { description: '`filter.domain`.' },
    KIND: { description: '`filter.authorizationKind`.' },
    PACK_SIZE: { description: '`filter.packSize`, as `min` and `max`.' },
  },
});
