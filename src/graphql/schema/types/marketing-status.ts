/** The marketing status of a product or a package: whether it is on the market, and where. */
import type { MarketingStatus as FhirMarketingStatus } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import { eachValue } from '../../../terms/contradictions.js';
import { riskOfSupplyShortage } from '../../../terms/ema-codes.js';
import { FhirDateTime } from '../scalars.js';
import { Concept } from './concept.js';
import { Period } from './identifier.js';

@ObjectType({
  description:
    'Whether a product or a package is on the market in a country, and since when. (`marketingStatus`)',
})
export class MarketingStatus {
  constructor(private readonly marketing: FhirMarketingStatus) {}

  static all(statuses: readonly FhirMarketingStatus[] | undefined): MarketingStatus[] {
    return (statuses ?? [])
      .flatMap((status) => eachValue(status, 'country', 'jurisdiction', 'status'))
      .map((status) => new MarketingStatus(status));
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The country to which the marketing status applies (EMA list 100000000002). (`country`)',
  })
  get country(): Concept | null {
    return Concept.of(this.marketing.country);
  }

  @Field(() => Concept, {
    nullable: true,
    description:
      'The part of a country, or the group of countries, to which the marketing status applies. (`jurisdiction`)',
  })
  get jurisdiction(): Concept | null {
    return Concept.of(this.marketing.jurisdiction);
  }

  @Field(() => Concept, {
    nullable: true,
    description:
      'The marketing status: marketed, never marketed, temporarily unavailable … (EMA list 100000072052). (`status`)',
  })
  get status(): Concept | null {
    return Concept.of(this.marketing.status);
  }

  @Field(() => Period, {
    nullable: true,
    description: 'The period in which the product or package is on the market. (`dateRange`)',
  })
  get dateRange(): Period | null {
    return Period.of(this.marketing.dateRange);
  }

  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'The date on which the product is expected back on the market. (`restoreDate`)',
  })
  get restoreDate(): string | null {
    return this.marketing.restoreDate ?? null;
  }

  @Field(() => Concept, {
    nullable: true,
    description:
      'Whether a shortage may occur. Null if the record does not state this. (EMA’s extension riskOfSupplyShortage)',
  })
  get riskOfSupplyShortage(): Concept | null {
    return Concept.of(riskOfSupplyShortage(this.marketing));
  }
}
