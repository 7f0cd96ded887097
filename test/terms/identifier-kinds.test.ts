/** The kind of an identifier, by its system and its element. */
import type { PackagedProductDefinition } from 'fhir/r5.js';
import { describe, expect, it } from 'vitest';
import { IdentifierKind, identifierKind, type IdentifierPlace } from '../../src/terms/identifier-kinds.js';
import { sampleResources } from '../../src/sandbox/world/sample.js';

describe('an identifier', () => {
  it.each<[IdentifierPlace, string | undefined, string | undefined, string]>([
    ['product', 'http://ema.europa.eu/fhir/mpId', 'EU-1', 'MPID'],
    ['product', 'https://ema.europa.eu/fhir/mpid', 'EU-1', 'MPID'],
    ['product', 'http://spor.ema.europa.eu/v1/lists/100000000009/terms/100000075665', 'PRD1', 'EV_CODE'],
    ['product', 'http://ema.europa.eu/fhir/pmsId', '600000000001', 'PMS_ID'],
    ['product', 'http://spor.azure-api.net/pms/api/v2', '6055417', 'PMS_ID'],
    ['product', 'https://www.who-umc.org/phpid/4', '9DE6', 'PHPID'],
    ['product', 'https://www.who-umc.org/phpid_4', '9DE6', 'PHPID'],
    ['product', 'http://ema.europa.eu/fhir/marketingAuthorizationNumber', 'EU/1/17/1201', 'AUTHORIZATION'],
    ['product', 'https://spor.ema.europa.eu/pmswi', 'x', 'OTHER'],
    ['product', 'http://fakesys.com/ids', 'zz', 'OTHER'],
    ['product', undefined, '26704', 'OTHER'],
    ['package', 'http://ema.europa.eu/fhir/pcId', 'SE-1', 'PCID'],
    ['package', 'http://ema.europa.eu/example/pcid', undefined, 'PCID'],
    ['package', 'http://spor.azure-api.net/pms/api/v2', '7', 'OTHER'],
    ['package', 'urn:oid:2.51.1.1', '08712345678906', 'DATA_CARRIER'],
    ['packaging', 'http://ema.europa.eu/fhir/dataCarrierIdentifier', '1', 'DATA_CARRIER'],
    ['packaging', 'https://spor.ema.europa.eu/pmswi', '1', 'DATA_CARRIER'],
    ['packaging', undefined, '1', 'DATA_CARRIER'],
    ['packaging', 'http://ema.europa.eu/fhir/pcId', '1', 'PCID'],
    ['administrableProduct', 'https://www.who-umc.org/phpid', 'FB98', 'PHPID'],
    ['administrableProduct', 'https://spor.ema.europa.eu/pmswi', 'xx', 'OTHER'],
    [
      'authorization',
      'http://ema.europa.eu/fhir/MarketingAuthorizationNumber',
      'EU/1/17/1201',
      'AUTHORIZATION',
    ],
    ['authorization', 'http://ema.europa.eu/fhir/eudraGMP', '1', 'AUTHORIZATION'],
    ['authorization', undefined, '26704', 'AUTHORIZATION'],
    ['authorization', 'http://ema.europa.eu/fhir/procedureNumber', 'EMEA/H/C/1', 'PROCEDURE'],
    ['case', undefined, 'EMEA/H/C/1', 'PROCEDURE'],
    ['organization', 'https://spor.ema.europa.eu/v1/organisations', 'ORG-100001175', 'ORGANIZATION'],
    ['organization', 'https://spor.ema.europa.eu/v1/locations', 'LOC-100005206', 'LOCATION'],
    ['organization', 'https://spor.ema.europa.eu/v1/locations', 'ORG-100000546', 'ORGANIZATION'],
    ['organization', 'https://spor.ema.europa.eu/v1/locations', '100005206', 'LOCATION'],
    ['organization', 'https://pmda-org-id', '672212', 'ORGANIZATION'],
    ['product', 'https://spor.ema.europa.eu/omswi', 'LOC-1', 'LOCATION'],
    ['substance', 'https://spor.ema.europa.eu/v2/SubstanceDefinition', '100000091436', 'SUBSTANCE'],
    ['substance', 'http://spor.ema.europa.eu/v1/lists/100000000009/terms/100000075665', 'SUB1', 'SUBSTANCE'],
    ['product', 'https://gsrs.ncats.nih.gov/ginas/app/beta', 'B3EV5T8SUF', 'SUBSTANCE'],
  ])(
    'of a record of type %s with the system %s and the value %s is of kind %s',
    (place, system, value, kind) => {
      expect(identifierKind({ ...(system && { system }), ...(value && { value }) }, place)).toBe(kind);
    },
  );

  it('that is malformed is of kind OTHER', () => {
    expect(identifierKind({ system: 4, value: {} } as never, 'product')).toBe(IdentifierKind.OTHER);
  });

  it('of a product or package of the sandbox is never of kind OTHER', () => {
    const identified = sampleResources({ quirks: true }).flatMap((resource) => {
      const place = { MedicinalProductDefinition: 'product', PackagedProductDefinition: 'package' } as const;
      const { resourceType, identifier = [] } = resource as PackagedProductDefinition;
      const known = Object.hasOwn(place, resourceType);
      return known ? identifier.map((each) => identifierKind(each, place[resourceType])) : [];
    });
    expect(new Set(identified)).toEqual(new Set(['MPID', 'PMS_ID', 'EV_CODE', 'PCID']));
  });
});
