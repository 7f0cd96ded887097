/** The searches by which an upstream may find products for a part of a filter. */
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

/** A search for records that lead up to products, see `above`. */
export interface Finding {
  readonly type: ResourceType;
  readonly parameter: SearchParameter;
  /** A test that every record passes which the upstream finds rightly, where that is less than what the part asks. */
  readonly expects?: Test;
}

/** How an upstream finds products by a part. */
export type Push =
  /** One more parameter of the search for products. */
  | { readonly kind: 'own'; readonly parameter: SearchParameter }
  /** Other searches, or keys that the value itself contains. All of them together find every match. */
  | {
      readonly kind: 'found';
      readonly findings: readonly Finding[];
      readonly keys: readonly Key[];
      /** Whether the keys suffice where the upstream lacks the searches. */
      readonly byKeysAlone?: boolean;
    };

/** A row for one part, which turns an asked value into searches. */
interface Way<Part extends FilterPart> {
  /** Returns undefined for values that no search finds. */
  push?(asked: NonNullable<ProductFilter[Part]>): Push | undefined;
  /** An example value, to show whether the upstream has the search. */
  readonly sample: NonNullable<ProductFilter[Part]>;
  /** The R5 search that is used, as text for messages. */
  readonly pushedBy: string;
  /** Values that no search finds, as text for messages. */
  readonly unpushed?: string;
  /**
   * Records that have the value in a form that no search finds, as text for messages; undefined where there are none.
   */
  unfound?(asked: NonNullable<ProductFilter[Part]>): string | undefined;
  /** Whether records spell it in more ways than a search can name. */
  readonly isSpelled?: boolean;
}

const productType = 'MedicinalProductDefinition';

/** A search by `name`. The parameter itself depends on how the upstream matches names. */
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
        // Searched by value alone, since systems are written in too many ways.
        findings: [{ type: productType, parameter, expects: ofProduct.identifier.test(bare as never, {}) }],
        keys: bare.flatMap((value) =>
          isFhirId(value.trim()) ? [resourceKey(productType, value.trim())] : [],
        ),
        byKeysAlone: bare.every(isPmsId),
      };
    },
    sample: ['value'],
    pushedBy: '`identifier`, and read by id',
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
    // No search counts these records: they cannot be distinguished from authorizations without any holder.
    unfound: holdersUnfound,
  },
  substance: {
    push: (asked) =>
      asked.every(({ codes }) => codes.length > 0)
        ? found('Ingredient', { name: 'substance-code', values: asked.flatMap(({ codes }) => codes) })
        : undefined,
    sample: [{ codes: ['100000000000'], names: [] }],
    pushedBy: 'Ingredient by `substance-code`',
    // R5 has no search by the reference substance of a strength.
    unfound: () =>
      'ingredients that name the substance only by a reference, a name or a code of another register, or only in their strength',
    unpushed: 'substances whose code is not known here',
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
    // Only reading all of them would show whether there are any.
    unfound: () => 'authorizations that give no code for their region',
  },
};

/** The parts that an upstream may have a search for. */
export const searchable = Object.keys(ways) as readonly FilterPart[];

/** Returns undefined for a part that R5 has no search for. */
export function wayOf(part: FilterPart): Omit<Way<FilterPart>, 'push' | 'unfound'> | undefined {
  return ways[part] as Omit<Way<FilterPart>, 'push' | 'unfound'> | undefined;
}

/** Describes the records that have the value in a form that no search finds; undefined where there are none. */
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
    'authorizations that name their holder only by a display text, an identifier or a contained organization',
    'by an address on another server',
    'by an organization that has no record',
    ...(isById ? ['by one whose own id differs from the requested one'] : []),
  ].join(', or ');
}

function own(parameter: SearchParameter): Push {
  return { kind: 'own', parameter };
}

function found(type: ResourceType, parameter: SearchParameter): Push {
  return { kind: 'found', findings: [{ type, parameter }], keys: [] };
}

/** Returns the row for a coded element of the product, with a search parameter of the same name. */
function coded<Name extends 'status' | 'domain'>(name: Name): Way<Name> {
  return {
    push: (values: readonly string[]) => own({ name, values: values.map((value) => value.trim()) }),
    sample: ['value'],
    pushedBy: `\`${name}\``,
  };
}
