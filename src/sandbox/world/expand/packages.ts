/** Builds the PackagedProductDefinitions of a product, with all levels of their packaging. */

import type {
  Element,
  Identifier,
  MarketingStatus,
  PackagedProductDefinition,
  PackagedProductDefinitionPackaging,
  ProductShelfLife,
} from 'fhir/r5.js';
import { coding, concept, quantity } from '../elements.js';
import { idIn, type Series } from '../ids.js';
import { sampleMeta } from '../marking.js';
import { companyReference } from '../organizations.js';
import type { PackagingSpecification, PackSpecification, ProductSpecification } from '../specification.js';
import { onceOpened, unopened, type Keeping } from '../storage.js';
import {
  countries,
  languages,
  materials,
  recordStatuses,
  shelfLifeTypes,
  storagePrecautions,
  supplyStatuses,
  wrappings,
  type Language,
} from '../terms.js';
import { marketCountries, mpid, partReference, productReference } from './identity.js';
import { marketed, saleIn } from './marketing.js';
import { thingsInBox } from './particulars.js';

export function buildPackages(
  specification: ProductSpecification,
  series: Series,
): PackagedProductDefinition[] {
  return specification.packs.map((pack, at) => ({
    ...buildPackage(specification, series, pack, at),
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
  at: number,
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
    marketingStatus: buildMarketing(specification, pack, at),
    copackagedIndicator: items.length > 1,
    manufacturer: [companyReference(holder)],
    packaging: buildOuterPackaging(specification, series, at),
  };
}

function buildMarketing(
  specification: ProductSpecification,
  pack: PackSpecification,
  at: number,
): MarketingStatus[] {
  if (pack.sold !== undefined) return pack.sold.map(saleIn);
  return marketCountries(specification).map((market, index) => ({
    country: concept(countries[market]),
    ...marketed(specification, pack.marketing ?? (isSoldIn(at, index) ? undefined : 'never marketed')),
  }));
}

/** Whether the package is sold in the country. The first package is sold in all countries. */
function isSoldIn(pack: number, country: number): boolean {
  return pack === 0 || (pack + country) % 3 !== 2;
}

function languageOf(language: Language): Element {
  return {
    extension: [
      { url: 'http://ema.europa.eu/fhir/extension/language', valueCoding: coding(languages[language]) },
    ],
  };
}

/** Builds the outer packaging: its bar code, and the shelf life of its content, unopened and opened. */
function buildOuterPackaging(
  specification: ProductSpecification,
  series: Series,
  at: number,
): PackagedProductDefinitionPackaging | undefined {
  const pack = specification.packs[at];
  if (pack === undefined) return undefined;
  const outer = buildPackaging(specification, series, pack.packaging);
  const inUse = onceOpened(specification);
  const [first, ...others] = outer.packaging ?? [];
  const isInside = first !== undefined && inUse !== undefined;
  const things = thingsInBox(specification);
  return {
    identifier: buildDataCarriers(specification, at),
    ...outer,
    ...(things.length > 0 && { containedItem: [...(outer.containedItem ?? []), ...things] }),
    shelfLifeStorage: [unopened(specification, pack), ...(isInside || !inUse ? [] : [inUse])].map(
      buildShelfLife,
    ),
    packaging: isInside
      ? [{ ...first, shelfLifeStorage: [buildShelfLife(inUse)] }, ...others]
      : outer.packaging,
  };
}

/** Prescription medicines have a bar code against falsification. Other medicines have none. */
function buildDataCarriers({ no, supply }: ProductSpecification, at: number): Identifier[] | undefined {
  if (supply === 'over the counter') return undefined;
  return [{ system: 'http://ema.europa.eu/fhir/dataCarrierIdentifier', value: sampleGtin(no, at) }];
}

/** Returns a GTIN-14 with its check digit. GS1 reserves the prefix 952 for examples. */
function sampleGtin(no: number, at: number): string {
  const digits = `0952${String(no).padStart(7, '0')}${String(at).padStart(2, '0')}`;
  const sum = [...digits].reduce(
    (total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

function buildShelfLife({ type, period, precautions }: Keeping): ProductShelfLife {
  return {
    type: concept(shelfLifeTypes[type]),
    periodDuration: quantity(period),
    specialPrecautionsForStorage: precautions.map((each) => concept(storagePrecautions[each])),
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
