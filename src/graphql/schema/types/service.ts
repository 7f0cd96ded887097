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

@ObjectType({ description: 'A part of `ProductFilter`, and its support here.' })
export class FilterCapability {
  @Field(() => String, { description: 'The name of the part: `name`, `atc` …' })
  readonly part!: string;

  @Field(() => FilterSupport, { description: 'Where it is applied.' })
  readonly support!: FilterSupport;

  @Field(() => String, { description: 'How it is applied, or why not.' })
  readonly reason!: string;
}

registerEnumType(FeatureEvidence, {
  name: 'FeatureEvidence',
  description: 'The evidence for whether the upstream supports a feature.',
  valuesConfig: {
    ASSUMED: { description: 'Assumed: there is no evidence against it.' },
    CONFIGURED: { description: 'The settings declare it.' },
    DECLARED: { description: 'The upstream declares it.' },
    PROBED: { description: 'A test request succeeded.' },
    SEEN: { description: 'It worked when an operation needed it.' },
    REFUTED: { description: 'It was tried and does not work.' },
  },
});

@ObjectType({ description: 'A feature that an upstream may support, and the evidence.' })
export class FeatureCapability {
  @Field(() => String, {
    description:
      'The feature: `search Ingredient?for`, `include …`, `revinclude …`, `everything`, `elements` …',
  })
  readonly name!: string;

  @Field(() => Boolean, { description: 'Whether the upstream supports it.' })
  readonly offered!: boolean;

  @Field(() => FeatureEvidence, { description: 'How this is known.' })
  readonly evidence!: FeatureEvidence;
}

@ObjectType({
  description: 'The queries that this upstream can answer. Others get UPSTREAM_UNSUPPORTED.',
})
export class ServiceCapabilities {
  constructor(private readonly facts: ServiceFacts) {}

  @Field(() => [FilterCapability], { description: 'The parts of `ProductFilter`.' })
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
      'The ways to answer operations here, as in `extensions.upstream.profile`: `held`, from the index, if there is one; else from the upstream, by `include`, `search` or `everything`.',
  })
  get profiles(): string[] {
    const { capabilities, index } = this.facts;
    return [...(index ? ['held'] : []), ...capabilities.offered];
  }

  @Field(() => [FeatureCapability], {
    description: 'The features of the upstream that this service has found out and relies on.',
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
      'Whether `products(sort:)` by NAME and UPDATED works for any number of products. If not, and for all other fields, this service sorts up to 500.',
  })
  get sort(): boolean {
    const { features } = this.facts.capabilities;
    return features.has('sort NAME') && features.has('sort UPDATED');
  }

  @Field(() => Boolean, {
    description:
      'Whether `lookup` works here. Terms of a kind that this upstream cannot search for are UNSEARCHABLE.',
  })
  get lookup(): boolean {
    return this.facts.capabilities.features.evidence('search MedicinalProductDefinition?name') !== 'refuted';
  }

  @Field(() => Boolean, {
    description:
      'Whether packages, ingredients and the like can be read by id alone. If not, name the `product` that contains them.',
  })
  get readsById(): boolean {
    return this.facts.capabilities.profile !== 'everything';
  }
}

@ObjectType({
  description:
    'How much of the upstream this service holds in its index. A product that it does not hold may still exist.',
})
export class Coverage {
  @Field(() => Int, { description: 'The number of held products.' })
  readonly products!: number;

  @Field(() => Int, { description: 'The number of products held with all their records.' })
  readonly withDetails!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'The number of products that the upstream reports; null if it reported none, or was not asked.',
  })
  readonly upstreamTotal!: number | null;

  @Field(() => Boolean, {
    description: 'Whether the index holds every product of the upstream with all its records, as of `asOf`.',
  })
  readonly complete!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The time of the last full listing of the upstream’s products; null if there was none.',
  })
  readonly asOf!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The time of the oldest read of a held product; null if none is held.',
  })
  readonly oldest!: Date | null;

  @Field(() => [String], { description: 'The gaps in the index, in words.' })
  readonly gaps!: string[];

  @Field(() => String, { description: 'What these data are, to show to users.' })
  readonly notice!: string;
}

const notices = {
  sandbox: 'Sample data, not for clinical use.',
  fhir: 'Copies of what the upstream gave, as of the dates told. What the upstream says is what counts.',
} as const;

@ObjectType({ description: 'The limits of this service.' })
export class ServiceLimits {
  constructor(private readonly facts: ServiceFacts) {}

  @Field(() => Int, { description: 'The maximum number of upstream requests of one operation.' })
  get upstreamRequests(): number {
    return this.facts.requestBudget;
  }

  @Field(() => Int, {
    nullable: true,
    description:
      'Upstream requests a minute, of all who share the rate (`PMS_RATE_LIMIT`); fewer while the upstream accepts fewer; null if there is no limit.',
  })
  get upstreamRate(): number | null {
    return this.facts.rate().limit ?? null;
  }

  @Field(() => Int, { description: 'The maximum `first` of a list.' })
  get first(): number {
    return mostRows;
  }

  @Field(() => Int, { description: 'The maximum number of ids of `nodes`.' })
  get ids(): number {
    return mostIds;
  }

  @Field(() => Int, { description: 'The maximum number of terms of `lookup`.' })
  get terms(): number {
    return mostTerms;
  }
}

@ObjectType({ description: 'This service: its version, its upstream, its limits.' })
export class Service {
  constructor(private readonly facts: ServiceFacts) {}

  @Field(() => String, { description: 'Version of this program.' })
  get version(): string {
    return this.facts.version;
  }

  @Field(() => String, {
    description: '`sandbox`: sample data, not for clinical use; `fhir`: a FHIR server.',
  })
  get upstream(): string {
    return this.facts.upstream;
  }

  @ShowsAbilities()
  @Field(() => String, {
    description:
      'How this service asks the upstream for a product with all its records: `everything` (a bundle for each product), `search` or `include`. An operation that needs less may use another of these ways; one about held products asks nothing. The answer’s `extensions.upstream.profile` names the way, `held` for the index.',
  })
  get profile(): string {
    return this.facts.capabilities.profile;
  }

  @ShowsAbilities()
  @Field(() => ServiceCapabilities, { description: 'The queries that this upstream can answer.' })
  get capabilities(): ServiceCapabilities {
    return new ServiceCapabilities(this.facts);
  }

  @Field(() => Coverage, {
    nullable: true,
    description: 'How much of the upstream this service holds; null if it keeps no index (`INDEX`).',
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
      'The upstream requests left of `limits { upstreamRate }` now; also 0 while the upstream asks for a pause. Null if there is no limit, or if the use by others is unknown.',
  })
  get rateLeft(): number | null {
    return this.facts.rate().left ?? null;
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'The expiry of the credentials for the upstream; null if unknown.',
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
