/** The upstream searches that find products by one field of the filter. */
import { isFhirId, resourceKey } from '../../fhir/reference.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameter } from '../../fhir/search.js';
import { codingsOfAll, hasCode } from '../../facts/concepts.js';
import type { Test } from '../../facts/fact.js';
import type { FilterPart, ProductFilter } from '../../facts/filter.js';
import { identifierIn, ofProduct } from '../../facts/of-product.js';
import { organizationKey, organizationName } from '../../facts/organizations.js';
import { regionsToSearch } from '../../facts/authorizations/countries.js';
import { isAtcGroup } from '../../terms/atc.js';
import { atcTermsOf } from '../../terms/ema-terms.js';
import { foldNumber, isPmsId, procedureSpellingsOf, spellingsOf } from '../../terms/numbers.js';
import type { Key } from '../graph/key.js';

/** A search for records that belong to products. The products are then found by following links upward. */
export interface Finding {
  readonly type: ResourceType;
  readonly parameter: SearchParameter;
  /**
   * A test that every record passes that the upstream finds correctly. It may be less strict than the filter field.
   */
  readonly expects?: Test;
}

/** How an upstream finds products by a filter field. */
export type Push =
  /** The upstream's product search has a parameter for this field. */
  | { readonly kind: 'own'; readonly parameter: SearchParameter }
  /**
   * The products are found by searches for other records, or by keys in the filter value. Together these find every
   * match.
   */
  | {
      readonly kind: 'found';
      readonly findings: readonly Finding[];
      readonly keys: readonly Key[];
      /** Whether the keys alone are enough if the upstream does not support the searches. */
      readonly byKeysAlone?: boolean;
    };

/** Turns the value of one filter field into searches. */
interface Way<Part extends FilterPart> {
  /** Returns the searches for a value; undefined if no search finds such a value. */
  push?(asked: NonNullable<ProductFilter[Part]>): Push | undefined;
  /** An example value, which is used to check whether the upstream supports the search. */
  readonly sample: NonNullable<ProductFilter[Part]>;
  /** The R5 search, as text for messages and for the filters page. */
  readonly pushedBy: string;
  /** The values that no search finds, as text for messages. */
  readonly unpushed?: string;
  /** Describes, for messages, the records whose value no search finds; undefined if the search finds all records. */
  unfound?(asked: NonNullable<ProductFilter[Part]>): string | undefined;
  /** Whether records use more spellings of the value than a search can list. */
  readonly isSpelled?: boolean;
}

const productType = 'MedicinalProductDefinition';

/** A search by `name`. Its modifier depends on how the upstream matches names. */
const byName = { sample: 'value', pushedBy: '`name`' } as const;

const ways: { readonly [Part in FilterPart]?: Way<Part> } = {
  ids: {
    push: (keys) => ({ kind: 'found', findings: [], keys }),
    sample: [`${productType}/1`],
    pushedBy: 'read by id',
  },
  identifier: {
    push(values) {
      const bare = values.map((value) => identifierIn(value).bare);
      const parameter: SearchParameter = { name: 'identifier', values: bare.flatMap(spellingsOf) };
      return {
        kind: 'found',
        // The search contains the value without its system, because records write the system in too many ways.
        findings: [{ type: productType, parameter, expects: ofProduct.identifier.test(bare as never, {}) }],
        keys: bare.flatMap((value) =>
          isFhirId(value.trim()) ? [resourceKey(productType, value.trim())] : [],
        ),
        byKeysAlone: bare.every(isPmsId),
      };
    },
    sample: ['value'],
    pushedBy: 'MedicinalProductDefinition by `identifier` and by id',
    isSpelled: true,
  },
  authorizationNumber: {
    push: (values) =>
      found('RegulatedAuthorization', { name: 'identifier', values: values.flatMap(spellingsOf) }),
    sample: ['value'],
    pushedBy: 'RegulatedAuthorization by `identifier`',
    isSpelled: true,
  },
  procedureNumber: {
    push: (values) =>
      found('RegulatedAuthorization', { name: 'case', values: values.flatMap(procedureSpellingsOf) }),
    sample: ['value'],
    pushedBy: 'RegulatedAuthorization by `case`',
    isSpelled: true,
  },
  holder: {
    push(values) {
      const names = values.flatMap((value) => organizationName(value) ?? []);
      return {
        kind: 'found',
        findings:
          names.length > 0 ? [{ type: 'Organization', parameter: { name: 'name', values: names } }] : [],
        keys: values.flatMap((value) => organizationKey(value) ?? []),
      };
    },
    sample: ['ORG-100000000'],
    pushedBy: 'RegulatedAuthorization by `holder`, Organization by `name`',
    // The number of such authorizations is unknown, because a search cannot distinguish them from authorizations
    // without a holder.
    unfound: holdersUnfound,
  },
  substance: {
    push: (asked) =>
      asked.every(({ codes }) => codes.length > 0)
        ? found('Ingredient', { name: 'substance-code', values: asked.flatMap(({ codes }) => codes) })
        : undefined,
    sample: [{ codes: ['100000000000'], names: [] }],
    pushedBy: 'Ingredient by `substance-code`',
    // R5 has no search parameter for the reference substance of a strength.
    unfound: () =>
      'ingredients that state the substance only by a reference, by a name, by a code of another register, or in their strength',
    unpushed: 'substances whose code this service does not know',
  },
  atc: {
    push: (values) =>
      values.every((value) => !isAtcGroup(foldNumber(value)))
        ? own({
            name: 'product-classification',
            values: [...new Set(values.map(foldNumber).flatMap((code) => [code, ...atcTermsOf(code)]))],
          })
        : undefined,
    sample: ['A02BC01'],
    pushedBy: '`product-classification`',
    unpushed: 'ATC groups',
  },
  classification: {
    push: (values) => own({ name: 'product-classification', values: values.map((value) => value.trim()) }),
    sample: ['value'],
    pushedBy: '`product-classification`',
  },
  name: byName,
  nameStartsWith: byName,
  nameEquals: byName,
  status: coded('status'),
  domain: coded('domain'),
  updatedSince: {
    push: (since) => own({ name: '_lastUpdated', values: [`ge${since}`] }),
    sample: '2026-01-01T00:00:00Z',
    pushedBy: '`_lastUpdated`',
  },
  country: {
    push(values) {
      const regions = regionsToSearch(values);
      const isOfRegion = hasCode(regions);
      return {
        kind: 'found',
        findings: [
          {
            type: 'RegulatedAuthorization',
            parameter: { name: 'region', values: regions },
            expects: (resource) =>
              resource?.resourceType === 'RegulatedAuthorization'
                ? codingsOfAll(resource.region).some(isOfRegion)
                : undefined,
          },
        ],
        keys: [],
      };
    },
    sample: ['value'],
    pushedBy: 'RegulatedAuthorization by `region`',
    // The number of such authorizations is unknown, unless all authorizations are read.
    unfound: () => 'authorizations whose region has no code',
  },
};

/** The filter fields for which R5 has a search. */
export const searchable = Object.keys(ways) as readonly FilterPart[];

/** Returns the search for a filter field; undefined if R5 has none. */
export function wayOf(part: FilterPart): Omit<Way<FilterPart>, 'push' | 'unfound'> | undefined {
  return ways[part] as Omit<Way<FilterPart>, 'push' | 'unfound'> | undefined;
}

/** Describes the records whose value no search finds; undefined if the search finds all records. */
export function unfoundBy<Part extends FilterPart>(
  part: Part,
  asked: NonNullable<ProductFilter[Part]>,
): string | undefined {
  const way: Way<Part> | undefined = ways[part];
  return way?.unfound?.(asked);
}

export function pushOf<Part extends FilterPart>(
  part: Part,
  asked: NonNullable<ProductFilter[Part]>,
): Push | undefined {
  const way: Way<Part> | undefined = ways[part];
  return way?.push?.(asked);
}

function holdersUnfound(values: readonly string[]): string {
  const isById = values.some((value) => organizationKey(value) !== undefined);
  return [
    'authorizations that state their holder only by a display text, an identifier or a contained organization',
    'by an address on another server',
    'by an organization that has no record',
    ...(isById ? ['by an organization whose id differs from the requested id'] : []),
  ].join(', or ');
}

function own(parameter: SearchParameter): Push {
  return { kind: 'own', parameter };
}

function found(type: ResourceType, parameter: SearchParameter): Push {
  return { kind: 'found', findings: [{ type, parameter }], keys: [] };
}

/** Returns the search by a coded element of the product. The search parameter has the same name as the element. */
function coded<Name extends 'status' | 'domain'>(name: Name): Way<Name> {
  return {
    push: (values: readonly string[]) => own({ name, values: values.map((value) => value.trim()) }),
    sample: ['value'],
    pushedBy: `\`${name}\``,
  };
}
