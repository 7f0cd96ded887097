/** Builds the ManufacturedItemDefinitions and AdministrableProductDefinitions of a product. */

import type { AdministrableProductDefinition, ManufacturedItemDefinition } from 'fhir/r5.js';
import { concept } from '../elements.js';
import { idIn, type Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { doseLimits } from '../dose-limits.js';
import { layersOf, looksOf } from '../looks.js';
import { companyReference } from '../organizations.js';
import type { ProductSpecification } from '../specification.js';
import { forms, presentations, routes } from '../terms.js';
import { partReference, productReference } from './identity.js';

export function buildItems(
  specification: ProductSpecification,
  series: Series,
): ManufacturedItemDefinition[] {
  const { no, brand, strength, holder, items } = specification;
  return items.map(({ form, unit }, at) => ({
    resourceType: 'ManufacturedItemDefinition',
    id: idIn(series, 'item', no, at),
    meta: sampleMeta(no + 4),
    status: 'active',
    name: [brand, strength, forms[form].display.toLowerCase()].filter((word) => word !== undefined).join(' '),
    manufacturedDoseForm: concept(forms[form]),
    unitOfPresentation: concept(presentations[unit]),
    manufacturer: [companyReference(holder)],
    property: looksOf(specification, form),
    component: layersOf(form),
  }));
}

export function buildAdministrables(
  specification: ProductSpecification,
  series: Series,
): AdministrableProductDefinition[] {
  const { no, items, administered, particulars } = specification;
  return administered.map(({ from = [...items.keys()], form, unit, routes: ways }, at) => {
    const item = items[from[0] ?? 0];
    const presentation = unit ?? item?.unit;
    return {
      resourceType: 'AdministrableProductDefinition',
      identifier:
        particulars?.phpid === undefined
          ? undefined
          : [{ system: 'https://www.who-umc.org/phpid', value: particulars.phpid }],
      id: idIn(series, 'administrable', no, at),
      meta: sampleMeta(no + 5),
      status: 'active',
      formOf: [productReference(specification, series)],
      administrableDoseForm: concept(forms[form ?? item?.form ?? specification.form]),
      unitOfPresentation: presentation === undefined ? undefined : concept(presentations[presentation]),
      producedFrom: from.map((source) => partReference(specification, series, 'item', source)),
      routeOfAdministration: ways.map((way) => ({
        code: concept(routes[way]),
        ...doseLimits(specification.atc, way, presentation),
      })),
    };
  });
}
