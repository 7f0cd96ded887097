/** Facts about this service: its upstream, the upstream's capabilities, and the limits of requests. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { FilterSupport } from '../args/enums.js';
import { mostIds, mostRows, mostTerms } from '../args/rules.js';
import { supportOfAll } from '../../../catalogue/search/ways.js';
import type { ServiceFacts } from '../../context.js';
import { ShowsAbilities } from '../field.js';
import { DateTime } from '../scalars.js';

export enum FeatureEvidence {
  ASSUMED = 'ASSUMED',
  CONFIGURED = 'CONFIGURED',
  DECLARED = 'DECLARED',
  PROBED = 'PROBED',
  SEEN = 'SEEN',
  REFUTED = 'REFUTED',
}

@ObjectType({ description: 'A part of `ProductFilter`, and whether this service can apply it.' })
export class FilterCapability {
  @Field(() => String, { description: 'The name of the filter part: `name`, `atc` …' })
  readonly part!: string;

  @Field(() => FilterSupport, { description: 'Who applies the filter part.' })
  readonly support!: FilterSupport;

  @Field(() => String, { description: 'How the filter part is applied, or why it cannot be applied.' })
  readonly reason!: string;
}

registerEnumType(FeatureEvidence, {
  name: 'FeatureEvidence',
  description: 'How this service knows whether the upstream supports a feature.',
  valuesConfig: {
    ASSUMED: { description: 'The feature is assumed to work: there is no evidence against it.' },
    CONFIGURED: { description: 'The settings of this service declare the feature.' },
    DECLARED: { description: 'The upstream declares the feature.' },
    PROBED: { description: 'A test request for the feature succeeded.' },
    SEEN: { description: 'The feature worked when an operation needed it.' },
    REFUTED: { description: 'The feature was tried and does not work.' },
  },
});

@ObjectType({ description: 'A feature that an upstream may support, and how this service knows it.' })
export class FeatureCapability {
  @Field(() => String, {
    description:
      'The name of the feature: `search Ingredient?for`, `include …`, `revinclude …`, `everything`, `elements` …',
  })
  readonly name!: string;

  @Field(() => Boolean, { description: 'Whether the upstream supports the feature.' })
  readonly offered!: boolean;

  @Field(() => FeatureEvidence, {
    description: 'How this service knows whether the upstream supports the feature.',
  })
  readonly evidence!: FeatureEvidence;
}

@ObjectType({
  description:
    'What this service can query, given its upstream. Other queries fail with UPSTREAM_UNSUPPORTED.',
})
export class ServiceCapabilities {
  constructor(private readonly facts: ServiceFacts) {}

  @Field(() => [FilterCapability], {
    description:
      'For each field of `ProductFilter`: whether this service can filter by it with the current upstream, and how.',
  })
  get filters(): FilterCapability[] {
    const { capabilities, index } = this.facts;
    return supportOfAll(capabilities.features, index !== undefined).map(({ part, by, reason }) => ({
      part,
      support: FilterSupport[by],
      reason,
    }));
  }

  @Field(() => [String], {
    description:
      'The profiles that this service can use, as in `extensions.upstream.profile`. `held` reads the index of this service, if there is one. `include`, `search` and `everything` are three kinds of requests to the upstream.',
  })
  get profiles(): string[] {
    const { capabilities, index } = this.facts;
    return [...(index ? ['held'] : []), ...capabilities.offered];
  }

  @Field(() => [FeatureCapability], {
    description:
      'The features of the upstream that this service knows about or assumes, including those that do not work.',
  })
  get features(): FeatureCapability[] {
    return [...this.facts.capabilities.features.all]
      .map(([name, evidence]) => ({
        name,
        offered: evidence !== 'refuted',
        evidence: evidence.toUpperCase() as FeatureEvidence,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  @Field(() => Boolean, {
    description:
      'Whether `products(sort:)` by NAME and by UPDATED works for any number of products. If false, this service sorts up to 500 products by these fields. By all other fields, it always sorts up to 500.',
  })
  get sort(): boolean {
    const { features } = this.facts.capabilities;
    return features.has('sort NAME') && features.has('sort UPDATED');
  }

  @Field(() => Boolean, {
    description:
      'Whether `lookup` works with this upstream. If the upstream cannot search for a term, the `kind` of the result is UNSEARCHABLE.',
  })
  get lookup(): boolean {
    return this.facts.capabilities.features.evidence('search MedicinalProductDefinition?name') !== 'refuted';
  }

  @Field(() => Boolean, {
    description:
      'Whether packages, ingredients and other objects in products can be read by their `id` alone. If false, also pass the `product` that contains the object.',
  })
  get readsById(): boolean {
    return this.facts.capabilities.profile !== 'everything';
  }
}

@ObjectType({
  description:
    'How many of the upstream’s products are in the index of this service. A product that is not in the index may still exist.',
})
export class Coverage {
  @Field(() => Int, { description: 'The number of products in the index.' })
  readonly products!: number;

  @Field(() => Int, {
    description: 'The number of products in the index with all their records: packages, ingredients …',
  })
  readonly withDetails!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'The total number of products that the upstream reports. Null if the upstream has not reported a total.',
  })
  readonly upstreamTotal!: number | null;

  @Field(() => Boolean, {
    description:
      'Whether the index contains every product of the upstream with all its records, at the time `asOf`.',
  })
  readonly complete!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The time when this service last listed all products of the upstream. Null if it never did.',
  })
  readonly asOf!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'The time when the oldest product in the index was read from the upstream. Null if the index is empty.',
  })
  readonly oldest!: Date | null;

  @Field(() => [String], { description: 'What is missing in the index, in words.' })
  readonly gaps!: string[];

  @Field(() => String, { description: 'A notice about the data, to show to users.' })
  readonly notice!: string;
}

const notices = {
  sandbox: 'Sample data, not for clinical use.',
  fhir: 'Copies of upstream records, as of the stated dates. Only the records of the upstream are authoritative.',
} as const;

@ObjectType({ description: 'The limits of this service.' })
export class ServiceLimits {
  constructor(private readonly facts: ServiceFacts) {}

  @Field(() => Int, { description: 'The maximum number of upstream requests for one GraphQL operation.' })
  get upstreamRequests(): number {
    return this.facts.requestBudget;
  }

  @Field(() => Int, {
    nullable: true,
    description:
      'The maximum number of upstream requests per minute, of all replicas of this service together (`PMS_RATE_LIMIT`). It is lower while the upstream accepts fewer. Null if there is no limit.',
  })
  get upstreamRate(): number | null {
    return this.facts.rate().limit ?? null;
  }

  @Field(() => Int, { description: 'The maximum value of `first`: the number of rows in one page.' })
  get first(): number {
    return mostRows;
  }

  @Field(() => Int, { description: 'The maximum number of `ids` for `nodes`.' })
  get ids(): number {
    return mostIds;
  }

  @Field(() => Int, { description: 'The maximum number of `terms` for `lookup`.' })
  get terms(): number {
    return mostTerms;
  }
}

@ObjectType({ description: 'Facts about this service: its version, its upstream, its limits.' })
export class Service {
  constructor(private readonly facts: ServiceFacts) {}

  @Field(() => String, { description: 'The version of the program that runs this service.' })
  get version(): string {
    return this.facts.version;
  }

  @Field(() => String, {
    description: 'The type of upstream. `sandbox`: sample data, not for clinical use. `fhir`: a FHIR server.',
  })
  get upstream(): string {
    return this.facts.upstream;
  }

  @ShowsAbilities()
  @Field(() => String, {
    description:
      'The kind of requests by which this service reads a product with all its records: `everything` (one FHIR Bundle for each product), `search` or `include`. An operation that needs fewer records may use another of the three. An operation that needs only products in the index sends no request. In each response, `extensions.upstream.profile` names the profile that was used; `held` means the index.',
  })
  get profile(): string {
    return this.facts.capabilities.profile;
  }

  @ShowsAbilities()
  @Field(() => ServiceCapabilities, { description: 'What this service can query, given its upstream.' })
  get capabilities(): ServiceCapabilities {
    return new ServiceCapabilities(this.facts);
  }

  @Field(() => Coverage, {
    nullable: true,
    description:
      'How many of the upstream’s products are in the index of this service. Null if the setting `INDEX` turns the index off.',
  })
  get coverage(): Coverage | null {
    return coverageOf(this.facts);
  }

  @Field(() => ServiceLimits, { description: 'The limits of this service.' })
  get limits(): ServiceLimits {
    return new ServiceLimits(this.facts);
  }

  @Field(() => Int, {
    nullable: true,
    description:
      'How many upstream requests are still allowed now, out of `limits { upstreamRate }`. It is 0 while the upstream asks for a pause. Null if there is no limit, or if the number of requests by other replicas is unknown.',
  })
  get rateLeft(): number | null {
    return this.facts.rate().left ?? null;
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'The time when the credentials for the upstream expire. Null if unknown.',
  })
  get secretExpires(): Date | null {
    return this.facts.secretExpires ?? null;
  }
}

/** Returns the coverage of the index. Null if there is no index. */
export function coverageOf({ index, upstream }: ServiceFacts): Coverage | null {
  if (!index) return null;
  const { products, withDetails, complete, upstreamTotal, asOf, oldest, gaps } = index.coverage;
  return {
    products,
    withDetails,
    complete,
    upstreamTotal: upstreamTotal ?? null,
    asOf: asOf ?? null,
    oldest: oldest ?? null,
    gaps: [...gaps],
    notice: notices[upstream],
  };
}
