/** Classifies business identifiers by their system, and by the element that they are in. */
import type { Identifier } from 'fhir/r5.js';
import { identifierSystems } from './ema-codes.js';

export enum IdentifierKind {
  PMS_ID = 'PMS_ID',
  MPID = 'MPID',
  EV_CODE = 'EV_CODE',
  AUTHORIZATION = 'AUTHORIZATION',
  PROCEDURE = 'PROCEDURE',
  PCID = 'PCID',
  DATA_CARRIER = 'DATA_CARRIER',
  PHPID = 'PHPID',
  ORGANIZATION = 'ORGANIZATION',
  LOCATION = 'LOCATION',
  SUBSTANCE = 'SUBSTANCE',
  OTHER = 'OTHER',
}

/**
 * The element that an identifier is in: `case` is the case of an authorization, `packaging` a packaging of a package.
 */
export type IdentifierPlace =
  | 'product'
  | 'package'
  | 'packaging'
  | 'administrableProduct'
  | 'authorization'
  | 'case'
  | 'organization'
  | 'substance';

/**
 * Systems that determine the kind of an identifier in any element. EMA writes them with `http` or `https`, and in upper
 * or lower case. Sources: the profiles of EMA's implementation guide (`http://ema.europa.eu/fhir/…`), its OMS
 * (`…/v1/organisations`, `/locations`), GS1's systems in HL7's registry (`urn:oid:2.51.1.…`, `https://www.gs1.org/…`),
 * UMC's (`https://www.who-umc.org/phpid`).
 */
const systems: readonly (readonly [RegExp, IdentifierKind])[] = [
  [identifierSystems.mpId, IdentifierKind.MPID],
  [identifierSystems.evCode, IdentifierKind.EV_CODE],
  [identifierSystems.pcId, IdentifierKind.PCID],
  [
    /\/(?:marketingAuthorizationNumber|manufacturingAuthorizationNumber|eudraGMP)\b/i,
    IdentifierKind.AUTHORIZATION,
  ],
  [/\/procedureNumber\b/i, IdentifierKind.PROCEDURE],
  [
    /\/dataCarrierIdentifier\b|^urn:oid:2\.51\.1\.|^https?:\/\/(?:www\.|id\.)?gs1\.org\b/i,
    IdentifierKind.DATA_CARRIER,
  ],
  [/who-umc\.org\/phpid|\/phpid\b/i, IdentifierKind.PHPID],
  [/\/SubstanceDefinition$|^https?:\/\/(?:[^/]+\.)?gsrs\./i, IdentifierKind.SUBSTANCE],
];

/**
 * The kind of an identifier by its element. It is used for systems that do not determine the kind. An identifier of a
 * product or a package may be of any kind.
 */
const ofPlace: Readonly<Partial<Record<IdentifierPlace, IdentifierKind>>> = {
  packaging: IdentifierKind.DATA_CARRIER,
  authorization: IdentifierKind.AUTHORIZATION,
  case: IdentifierKind.PROCEDURE,
};

/** EMA's Organisation Management Service. Its numbers begin with `ORG-` for a company or `LOC-` for a site. */
const oms = /\/(?:omswi|oms|organi[sz]ations?|locations?)\b/i;

/** Returns the kind of an identifier; OTHER if neither its system nor its element determines it. */
export function identifierKind(identifier: Identifier, place: IdentifierPlace): IdentifierKind {
  const system = typeof identifier.system === 'string' ? identifier.system.trim() : '';
  // Many registers have numbers for organizations and substances. Some of these have the system of product numbers.
  if (place === 'substance') return IdentifierKind.SUBSTANCE;
  if (place === 'organization' || oms.test(system)) return ofOrganization(identifier, system);
  if (place === 'product' && identifierSystems.pmsId.test(system)) return IdentifierKind.PMS_ID;
  const named = systems.find(([pattern]) => pattern.test(system));
  return named?.[1] ?? ofPlace[place] ?? IdentifierKind.OTHER;
}

function ofOrganization({ value }: Identifier, system: string): IdentifierKind {
  // Numbers of organizations are also written with the system of locations, so the prefix of the number decides.
  const prefix = /^\s*(ORG|LOC)-/i.exec(typeof value === 'string' ? value : '')?.[1]?.toUpperCase();
  const isLocation = prefix === undefined ? /\/locations?\b/i.test(system) : prefix === 'LOC';
  return isLocation ? IdentifierKind.LOCATION : IdentifierKind.ORGANIZATION;
}
