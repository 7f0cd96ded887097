/** The PackagedProductDefinitions of a product, with their packaging at every depth. */

import type {
  Element,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  ProductShelfLife,
} from 'fhir/r5.js';
import { coding, concept, quantity } from '../elements.js';
import { idIn, type Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { companyReference } from '../organizations.js';
import type { PackagingSpecification, PackSpecification, ProductSpecification } from '../specification.js';
import {
  countries,
  languages,
  marketingStatuses,
  materials,
  recordStatuses,
  shelfLifeTypes,
  storagePrecautions,
  supplyStatuses,
  wrappings,
  type Language,
} from '../terms.js';
import { marketCountries, mpid, partReference, productReference } from './identity.js';

export function buildPackages(
  specification: ProductSpecification,
  series: Series,
): PackagedProductDefinition[] {
  return specification.packs.map((pack, at) => ({
    ...buildPackage(specification, series, pack),
    id: idIn(series, 'package', specification.no, at),
    identifier: [
      {
        system: 'http://ema.europa.eu/fhir/pcId',
        value: `${mpid(specification)}-${String(at + 1).padStart(3, '0')}`,
      },
    ],
  }));
}

function buildPackage(
  specification: ProductSpecification,
  series: Series,
  pack: PackSpecification,
): PackagedProductDefinition {
  const { no, brand, authorization, holder, items } = specification;
  const [country = 'EU'] = marketCountries(specification);
  const supply = concept(supplyStatuses[specification.supply ?? 'prescription']);
  return {
    resourceType: 'PackagedProductDefinition',
    meta: sampleMeta(no + 3),
    name: `${brand} ${pack.text}`,
    packageFor: [productReference(specification, series)],
    status: concept(recordStatuses[specification.recordStatus ?? 'current']),
    statusDate: authorization.date,
    containedItemQuantity: pack.sizes.length === 0 ? undefined : pack.sizes.map(quantity),
    description: pack.text,
    _description: languageOf(pack.language ?? 'en'),
    legalStatusOfSupply: [{ code: supply, jurisdiction: concept(countries[country]) }],
    marketingStatus: [
      {
        country: concept(countries[country]),
        status: concept(marketingStatuses[pack.marketing ?? 'marketed']),
        dateRange: { start: authorization.date },
        restoreDate: pack.marketing === 'temporarily unavailable' ? '2027-01' : undefined,
      },
    ],
    copackagedIndicator: items.length > 1,
    manufacturer: [companyReference(holder)],
    packaging: {
      ...buildPackaging(specification, series, pack.packaging),
      identifier:
        pack.dataCarrier === undefined
          ? undefined
          : [{ system: 'http://ema.europa.eu/fhir/dataCarrierIdentifier', value: pack.dataCarrier }],
      shelfLifeStorage: [buildShelfLife(pack)],
    },
  };
}

function languageOf(language: Language): Element {
  return {
    extension: [
      { url: 'http://ema.europa.eu/fhir/extension/language', valueCoding: coding(languages[language]) },
    ],
  };
}

function buildShelfLife({ shelfLife = '36 month' }: PackSpecification): ProductShelfLife {
  return {
    type: concept(shelfLifeTypes['as packaged for sale']),
    periodDuration: quantity(shelfLife),
    specialPrecautionsForStorage: [concept(storagePrecautions['not above 25 °C'])],
  };
}

function buildPackaging(
  specification: ProductSpecification,
  series: Series,
  { type, quantity: count = 1, materials: madeOf, items, inside }: PackagingSpecification,
): PackagedProductDefinitionPackaging {
  return {
    type: concept(wrappings[type]),
    quantity: count,
    material: madeOf?.map((material) => concept(materials[material])),
    containedItem: items?.map(([item, amount]) => ({
      item: { reference: partReference(specification, series, 'item', item) },
      amount: quantity(amount),
    })),
    packaging: inside?.map((inner) => buildPackaging(specification, series, inner)),
  };
}
