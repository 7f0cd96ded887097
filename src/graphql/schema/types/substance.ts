/** A substance as an ingredient's record states it. */
import type { CodeableReference } from 'fhir/r5.js';
import { Field, Int, ObjectType } from 'type-graphql';
import type { Key } from '../../../catalogue/graph/key.js';
import { keyOfSubstance, unnamedSubstance } from '../../../catalogue/graph/substance-key.js';
import { substanceFilterOf, namedBy } from '../../../facts/substances/substances.js';
import type { FhirResource } from '../../../fhir/resources.js';
import { Concept } from './concept.js';

@ObjectType({
  description:
    'A substance, usually with a code of EMA’s Substance Management Service (SMS). (`Ingredient.substance.code`)',
})
export class Substance {
  constructor(
    readonly substance: CodeableReference,
    /** The ingredient's record. Undefined in a list of substances. */
    readonly resource: FhirResource | undefined,
  ) {}

  /**
   * Creates a substance from a reference in a record. If it refers to a substance record, only the name in the
   * reference is used, because that record is not fetched.
   */
  static listed(told: CodeableReference): Substance {
    const { codes: [code] = [] } = substanceFilterOf(namedBy(told)) ?? {};
    const { concept } = told;
    if (concept && substanceFilterOf(namedBy({ concept }))?.codes[0] === code)
      return new Substance({ concept }, undefined);
    const display = namedBy(told).names[0];
    const text = display === undefined ? {} : { text: display };
    return new Substance(
      { concept: { ...(code !== undefined && { coding: [{ code }] }), ...text } },
      undefined,
    );
  }

  /** The key for a search of the products with this substance. */
  get key(): Key {
    return keyOfSubstance(this.substance) ?? unnamedSubstance;
  }

  static of(substance: CodeableReference | undefined, resource: FhirResource): Substance | null {
    return substance?.concept || substance?.reference ? new Substance(substance, resource) : null;
  }

  /** Whether the ingredient's record has the name of the substance. */
  get isNamed(): boolean {
    return namedBy(this.substance).names.length > 0;
  }

  @Field(() => Concept, {
    nullable: true,
    description: 'The substance as a coded term, as in the record. (`concept`)',
  })
  get concept(): Concept | null {
    return Concept.of(this.substance.concept);
  }
}

/** The fields of a list of substances in addition to each substance. */
@ObjectType()
export class SubstanceTally {
  @Field(() => Int, {
    description:
      'The number of products with this substance. Products with a salt of the substance count too, if their strength refers to it: amlodipine besilate counts for amlodipine. With `role`, only products in which the substance has this role count.',
  })
  readonly productCount!: number;
}
