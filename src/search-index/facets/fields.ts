/** The table of facet fields. Each field reads the column of its filter part. */
import type { Coding } from 'fhir/r5.js';
import { notTold } from '../../facts/fact.js';
import { supplyStatusesOf } from '../../facts/authorizations/supply.js';
import type { FilterPart, ProductFilter } from '../../facts/filter.js';
import { routesOf } from '../../facts/of-others.js';
import { elements } from '../../fhir/elements.js';
import type { AuthorizationType } from '../../terms/ema-codes.js';
import { recordColumn } from '../columns.js';
import { readRecordShape, readValuesShape } from '../shapes.js';
import { atc } from './atc.js';
import { country, holder, lifecycle } from './authorizations.js';
import type { FacetField } from './facet.js';
import { choicesOf, codedTells, isAskable, plainTells, type Field } from './field.js';
import { strength, substance } from './ingredients.js';
import { marketed, packSize } from './packages.js';

type ListPart = 'status' | 'domain' | 'doseForm' | 'route' | 'legalStatusOfSupply';

/**
 * Returns the facet fields.
 * @param atcCodeOf returns the ATC code of a class from the code of EMA's term in a record
 */
export function fieldsWith(
  atcCodeOf: (term: string) => string | undefined,
): Readonly<Record<FacetField, Field>> {
  return {
    ATC: atc(atcCodeOf),
    SUBSTANCE: substance,
    STRENGTH: strength,
    DOSE_FORM: coded('doseForm'),
    ROUTE: route,
    HOLDER: holder,
    COUNTRY: country,
    STATUS: coded('status'),
    MARKETED: marketed,
    LIFECYCLE: lifecycle,
    LEGAL_STATUS: legalStatus,
    DOMAIN: coded('domain'),
    KIND: kind,
    PACK_SIZE: packSize,
  };
}

function listed(part: ListPart): Pick<Field, 'part' | 'filterFor' | 'choices'> {
  return {
    part,
    filterFor: (value) => ({ [part]: [value] }),
    // A word in the filter has already been replaced by all codes of its terms, including codes from other registers.
    choices: ({ [part]: asked = [] }: ProductFilter) =>
      choicesOf(asked.map((each) => each.trim()).filter(isAskable)),
  };
}

/** Creates a field for an element that has at most one concept per product. */
function coded(part: 'status' | 'domain' | 'doseForm'): Field {
  return {
    ...listed(part),
    column: () => recordColumn(part, 'product').name,
    reader: () => (shape) => {
      const codings = readValuesShape(shape).filter((value) => value !== notTold);
      return codedTells([{ coding: [...(codings as readonly Coding[])] }]);
    },
  };
}

const route: Field = {
  ...listed('route'),
  column: () => recordColumn('route', 'route').name,
  reader: () => (shape) => {
    const routes = routesOf(readRecordShape(shape).resource);
    return routes && codedTells(elements(routes));
  },
};

const legalStatus: Field = {
  ...listed('legalStatusOfSupply'),
  column: () => recordColumn('legalStatusOfSupply', 'supply').name,
  dependsOn: ({ country: asked }) => asked,
  reader:
    ({ country: asked }) =>
    (shape) => {
      const { resource } = readRecordShape(shape);
      const isSupplied =
        resource?.resourceType === 'MedicinalProductDefinition' ||
        resource?.resourceType === 'PackagedProductDefinition';
      if (!isSupplied) return undefined;
      return codedTells(supplyStatusesOf(resource, asked).counting);
    },
};

const kindPart = 'authorizationKind' satisfies FilterPart;

const kind: Field = {
  part: kindPart,
  column: () => recordColumn(kindPart, 'authorization').name,
  reader: () => (shape) =>
    plainTells(readValuesShape(shape).flatMap((value) => (typeof value === 'string' ? [{ value }] : []))),
  filterFor: (value) => ({ [kindPart]: [value as AuthorizationType] }),
  choices: ({ [kindPart]: asked = [] }) => choicesOf(asked),
};
