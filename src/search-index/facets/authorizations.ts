/** Facets about authorizations: the holder, the country, and the lifecycle state of the product. */
import type { RegulatedAuthorization } from 'fhir/r5.js';
import { authorizedPlaces, placeOf, placesThatHold } from '../../facts/authorizations/countries.js';
import { isAuthorizing } from '../../facts/authorizations/authorizing.js';
import { isVoid, lifecycleAmong, lifecycleOfAuthorization } from '../../facts/authorizations/lifecycle.js';
import { identifiersOf, textsOf } from '../../facts/concepts.js';
import { notTold } from '../../facts/fact.js';
import { organizationKey, organizationName } from '../../facts/organizations.js';
import { displayIn } from '../../fhir/display-id.js';
import { ofType } from '../../fhir/resources.js';
import { Lifecycle } from '../../terms/ema-codes.js';
import { foldText } from '../../terms/fold.js';
import { countryTerms } from '../../terms/languages.js';
import { foldNumber } from '../../terms/numbers.js';
import { otherEeaStates, unionMembers } from '../../terms/union.js';
import { holderColumn, recordColumn, wholeColumn } from '../columns.js';
import { readRecordShape, readValuesShape, readWholeShape } from '../shapes.js';
import { choicesOf, plainTells, type Choice, type Field, type RecordValue } from './field.js';

const type = 'RegulatedAuthorization';
const union = 'EU';
const ofUnion = [union, ...unionMembers, ...otherEeaStates];

/** The facet of countries. An authorization of the Union counts for `EU` and for each state of the EEA. */
export const country: Field = {
  part: 'country',
  column: () => recordColumn('country', 'authorization').name,
  reader: () => (shape) => {
    const told = readValuesShape(shape).filter((value) => value !== notTold);
    const keys = (told as readonly RegulatedAuthorization[]).flatMap(authorizedPlaces);
    const places = keys.flatMap((place) => (place === union ? ofUnion : [place]));
    return { keys, values: [...new Set(places)].map((place) => placeValues.get(place) ?? { value: place }) };
  },
  keysOf: placesThatHold,
  filterFor: (value) => ({ country: [value] }),
  choices: ({ country: asked = [] }) => choicesOf(asked.flatMap((each) => placeOf(each) ?? [])),
};

const system = 'http://spor.ema.europa.eu/v1/lists/100000000002';

/** Names and codes of countries, by the value in the facet. */
const placeValues: ReadonlyMap<string, RecordValue> = new Map(
  // If there are two terms for one country, the first is used, because it is the current one.
  Object.entries(countryTerms)
    .toReversed()
    .map(([code, name]) => {
      const value = placeOf(code) ?? code;
      return [value, { value, name, concept: { coding: [{ system, code }] } }];
    }),
);

/** The facet of holders. The value of a holder is its id. If records state only a name, the value is the name. */
export const holder: Field = {
  part: 'holder',
  isNamed: true,
  column: () => holderColumn('holder').name,
  where: {
    column: recordColumn('holder', 'authorization').name,
    test(shape) {
      const { resource } = readRecordShape(shape);
      return resource?.resourceType === type && isAuthorizing(resource) === true;
    },
  },
  reader: () => (shape) => {
    const { resource, key } = readRecordShape(shape);
    const organization = resource?.resourceType === 'Organization' ? resource : undefined;
    const id = key.slice(key.indexOf('/') + 1);
    const names = textsOf([organization?.name, ...textsOf(organization?.alias)]);
    const numbers = [id, ...identifiersOf(organization?.identifier).map(({ value }) => value)];
    const display = displayIn(id)?.name;
    return {
      values: [{ value: display ?? id, name: display ?? names[0] }],
      keys: [
        `key ${key}`,
        ...numbers.map((number) => `number ${foldNumber(number)}`),
        ...names.map((name) => `name ${foldText(name)}`),
      ],
    };
  },
  keysOf: holderKeys,
  filterFor: (value) => ({ holder: [value] }),
  choices: ({ holder: asked = [] }) => asked.map(holderChoice),
};

function holderChoice(asked: string): Choice {
  const keys = holderKeys(asked);
  const key = organizationKey(asked);
  return {
    value: key === undefined ? asked.trim() : key.slice(key.indexOf('/') + 1),
    is(value, name) {
      const own = [...holderKeys(value), ...(name === undefined ? [] : [`name ${foldText(name)}`])];
      return own.some((each) => keys.includes(each));
    },
  };
}

/** Returns the keys for both meanings of a value: the id of an organization, or a name that looks like an id. */
function holderKeys(value: string): readonly string[] {
  const [key, name] = [organizationKey(value), organizationName(value)];
  return [
    ...(key === undefined ? [] : [`key ${key}`, `number ${foldNumber(key.slice(key.indexOf('/') + 1))}`]),
    ...(name === undefined ? [] : [`name ${foldText(name)}`]),
  ];
}

/** The facet of the product's lifecycle state on the current day. */
export const lifecycle: Field = {
  part: 'lifecycle',
  isDated: true,
  column: (isAlone) =>
    isAlone ? wholeColumn('lifecycle', ['standing']).name : recordColumn('lifecycle', 'authorization').name,
  reader: (_filter, isAlone) => (isAlone ? standing : standingOfOne),
  filterFor: (value) => ({ lifecycle: [value as Lifecycle] }),
  choices: ({ lifecycle: asked = [] }) => choicesOf(asked),
};

function standing(shape: string): ReturnType<ReturnType<Field['reader']>> {
  const { product, subjects } = readWholeShape(shape);
  if (isVoid(product)) return plainTells([{ value: Lifecycle.VOID }]);
  const { records, isWhole } = subjects.standing ?? { records: [], isWhole: false };
  if (!isWhole) return undefined;
  return plainTells([{ value: lifecycleAmong(product, ofType(type, records), new Date()) }]);
}

function standingOfOne(shape: string): ReturnType<ReturnType<Field['reader']>> {
  const { resource, product } = readRecordShape(shape);
  if (resource?.resourceType !== type || product?.resourceType !== 'MedicinalProductDefinition')
    return undefined;
  return plainTells([{ value: lifecycleOfAuthorization(resource, product, new Date()) }]);
}
