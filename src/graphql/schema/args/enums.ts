/** The enums of arguments, with the meaning of each value. */
import { registerEnumType } from 'type-graphql';
import { AuthorizationType, ClinicalUseType, IngredientRole, Lifecycle } from '../../../terms/ema-codes.js';
import { EquivalenceBy } from '../../../facts/substances/equivalence.js';
import type { FacetField as FacetFieldName } from '../../../search-index/facets/facet.js';

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

registerEnumType(EquivalenceBy, {
  name: 'EquivalenceBy',
  description: 'What two products have to be equal in.',
  valuesConfig: {
    ACTIVES: {
      description:
        'The active substances, by their bases where these are told: the same ones, no other. Whatever tablet or vial they are in, unless STRENGTH is compared as well.',
    },
    STRENGTH: {
      description:
        'The amounts of the active substances, for each tablet, vial … that the product is made up of: per unit, else as concentration. What has no active substance counts too, such as the placebos of a pill.',
    },
    DOSE_FORM: { description: 'The dose form, as `Product.compositionKey` has it: each form is another.' },
    ROUTE: { description: 'The routes of administration, all of them.' },
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

/** The facet fields by their own names, which are also those of the index. */
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
