/** Facts about this service: its upstream, the upstream's abilities, and the limits of requests. */
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { FilterSupport } from '../args/enums.js';
import { mostIds, mostRows, mostTerms } from '../args/rules.js';
import { supportOfAll } from '../../../catalogue/search/ways.js';
import type { ServiceFacts } from '../../context.js';
import { DateTime } from '../scalars.js';

export enum FeatureEvidence {
  ASSUMED = 'ASSUMED',
  CONFIGURED = 'CONFIGURED',
  DECLARED = 'DECLARED',
  PROBED = 'PROBED',
  SEEN = 'SEEN',
  REFUTED = 'REFUTED',
}

@ObjectType({ description: 'A part of `ProductFilter`, and who applies it here.' })
export class FilterCapability {
  @Field(() => String, { description: 'Name of the part: `name`, `atc` …' })
  readonly part!: string;

  @Field(() => FilterSupport, { description: 'Who applies it.' })
  readonly support!: FilterSupport;

  @Field(() => String, { description: 'How, or why not.' })
  readonly reason!: string;
}

registerEnumType(FeatureEvidence, {
  name: 'FeatureEvidence',
  description: 'How it is known whether the upstream can do something.',
  valuesConfig: {
    ASSUMED: { description: 'Nothing speaks against it.' },
    CONFIGURED: { description: 'The settings say so.' },
    DECLARED: { description: 'The upstream says so.' },
    PROBED: { description: 'It was tried.' },
    SEEN: { description: 'It worked when it was needed.' },
    REFUTED: { description: 'It was tried, and does not work.' },
  },
});

@ObjectType({ description: 'Something that an upstream may be able to do, and how that is known.' })
export class FeatureCapability {
  @Field(() => String, {
    description: 'What: `search Ingredient?for`, `include …`, `revinclude …`, `everything`, `elements` …',
  })
  readonly name!: string;

  @Field(() => Boolean, { description: 'Whether the upstream can do it.' })
  readonly offered!: boolean;

  @Field(() => FeatureEvidence, { description: 'How that is known.' })
  readonly evidence!: FeatureEvidence;
}

@ObjectType({
  description: 'What can be asked of this upstream. What cannot is answered with UPSTREAM_UNSUPPORTED.',
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
      'How operations are answered here, as `extensions.upstream.profile` says of each: `held`, where this service keeps an index, by what it holds; else by asking the upstream, as `include`, `search` or `everything`.',
  })
  get profiles(): string[] {
    const { capabilities, index } = this.facts;
    return [...(index ? ['held'] : []), ...capabilities.offered];
  }

  @Field(() => [FeatureCapability], {
    description: 'What this service has found out about its upstream, and goes by.',
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
      'Whether `products(sort:)` by NAME and UPDATED is honoured however many products there are. Where not, and by all else, up to 500 are put in order here.',
  })
  get sort(): boolean {
    const { features } = this.facts.capabilities;
    return features.has('sort NAME') && features.has('sort UPDATED');
  }

  @Field(() => Boolean, {
    description:
      'Whether `lookup` finds anything here. Kinds of terms that this upstream cannot search for come as UNSEARCHABLE.',
  })
  get lookup(): boolean {
    return this.facts.capabilities.features.evidence('search MedicinalProductDefinition?name') !== 'refuted';
  }

  @Field(() => Boolean, {
    description:
      'Whether packages, ingredients and the like can be read by their ids alone. Where not, name the `product` to find them in.',
  })
  get readsById(): boolean {
    return this.facts.capabilities.profile !== 'everything';
  }
}

@ObjectType({
  description:
    'How much of the upstream this service holds in its index. What it does not hold is never said not to exist.',
})
export class Coverage {
  @Field(() => Int, { description: 'Products that are held.' })
  readonly products!: number;

  @Field(() => Int, { description: 'Products that are held with all that belongs to them.' })
  readonly withDetails!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Products that the upstream says it has; null where it did not say, or was not asked.',
  })
  readonly upstreamTotal!: number | null;

  @Field(() => Boolean, {
    description: 'Whether every product of the upstream is held with all that belongs to it, as of `asOf`.',
  })
  readonly complete!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When all products of the upstream were listed last; null where they never were.',
  })
  readonly asOf!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the product was read that was read first; null where none is held.',
  })
  readonly oldest!: Date | null;

  @Field(() => [String], { description: 'What is missing, in words.' })
  readonly gaps!: string[];

  @Field(() => String, { description: 'What these data are, for people.' })
  readonly notice!: string;
}

const notices = {
  sandbox: 'Sample data, not for clinical use.',
  fhir: 'Copies of what the upstream gave, as of the dates told. What the upstream says is what counts.',
} as const;

@ObjectType({ description: 'How much may be asked at once.' })
export class ServiceLimits {
  constructor(private readonly facts: ServiceFacts) {}

  @Field(() => Int, { description: 'Most upstream requests of one operation.' })
  get upstreamRequests(): number {
    return this.facts.requestBudget;
  }

  @Field(() => Int, {
    nullable: true,
    description:
      'Upstream requests a minute, of all who share the rate (`PMS_RATE_LIMIT`), or fewer while the upstream bears fewer; null where there is no limit.',
  })
  get upstreamRate(): number | null {
    return this.facts.rate().limit ?? null;
  }

  @Field(() => Int, { description: 'Most rows of one list: the largest `first`.' })
  get first(): number {
    return mostRows;
  }

  @Field(() => Int, { description: 'Most ids of `nodes`.' })
  get ids(): number {
    return mostIds;
  }

  @Field(() => Int, { description: 'Most terms of `lookup`.' })
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

  @Field(() => String, {
    description:
      'How the upstream is asked for a product with all that belongs to it: `everything` (a bundle for each product), `search` or `include`. An operation that needs less may be asked in another of these ways, and one about what this service holds asks nothing: `extensions.upstream.profile` of its answer tells, `held` where the index has answered.',
  })
  get profile(): string {
    return this.facts.capabilities.profile;
  }

  @Field(() => ServiceCapabilities, { description: 'What can be asked of this upstream.' })
  get capabilities(): ServiceCapabilities {
    return new ServiceCapabilities(this.facts);
  }

  @Field(() => Coverage, {
    nullable: true,
    description: 'How much of the upstream this service holds; null where it keeps no index (`INDEX`).',
  })
  get coverage(): Coverage | null {
    return coverageOf(this.facts);
  }

  @Field(() => ServiceLimits, { description: 'How much may be asked at once.' })
  get limits(): ServiceLimits {
    return new ServiceLimits(this.facts);
  }

  @Field(() => Int, {
    nullable: true,
    description:
      'Upstream requests that are left of `limits { upstreamRate }` now; 0 also while the upstream asks to be left alone. Null where there is no limit, or it is not known how much others have used.',
  })
  get rateLeft(): number | null {
    return this.facts.rate().left ?? null;
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the credentials for the upstream run out; null where that was not told.',
  })
  get secretExpires(): Date | null {
    return this.facts.secretExpires ?? null;
  }
}

/** Returns null where there is no index. */
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
