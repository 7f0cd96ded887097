/** Coded values: a concept of one of EMA's lists, with a text that people can read. */
import type { CodeableConcept, Coding as FhirCoding } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import { elements } from '../../../fhir/elements.js';
import { isAtcCode, isAtcTerm } from '../../../terms/ema-codes.js';
import { isoOf } from '../../../terms/languages.js';
import { valuesOf } from '../../../terms/contradictions.js';
import type { LabelContent } from '../../../terms/label.js';
import { listOf, type Terms } from '../../../terms/terms.js';
import { ucumOf } from '../../../terms/ucum-of.js';
import { Arguments } from '../field.js';
import { LanguageArgs } from '../args/fields.js';
import type { Context } from '../../context.js';
import { readLabel } from '../reader.js';

@ObjectType({ description: 'A code in a code system. (FHIR Coding)' })
export class Coding {
  constructor(private readonly coding: FhirCoding) {}

  @Field(() => String, {
    nullable: true,
    description: 'The URI of the code system that the code belongs to. (`system`)',
  })
  get system(): string | null {
    return this.coding.system ?? null;
  }

  @Field(() => String, { nullable: true, description: 'The code itself, such as `100000073619`. (`code`)' })
  get code(): string | null {
    return this.coding.code ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The text of the code as the upstream sent it, in any language. (`display`)',
  })
  get display(): string | null {
    return this.coding.display ?? null;
  }
}

@ObjectType({
  description:
    'A text with its language. It says whether the text is in the requested language, and whether the record contradicts itself.',
})
export class Label {
  constructor(readonly content: LabelContent) {}

  @Field(() => String, { description: 'The text to show.' })
  get text(): string {
    return this.content.text;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The language of the text, as a tag such as `de`. Null if the upstream does not give the language.',
  })
  get language(): string | null {
    return this.content.language;
  }

  @Field(() => Boolean, {
    description: 'True if there is no text in the requested language, and this text is in another language.',
  })
  get fallback(): boolean {
    return this.content.fallback;
  }

  @Field(() => Boolean, {
    description:
      'True if the record contradicts itself: its codes stand for different terms, or its text belongs to another term than its code. `text` is then the text from the record.',
  })
  get conflict(): boolean {
    return this.content.conflict;
  }
}

@ObjectType({
  description: 'A value from a list of terms, usually one of EMA’s RMS lists. (FHIR CodeableConcept)',
})
export class Concept {
  /** @param language the default language of the concept's texts; if undefined, the reader's language */
  constructor(
    private readonly concept: CodeableConcept,
    private readonly language?: string,
  ) {}

  /** Returns a concept. Null if the record has no value. */
  static of(concept: CodeableConcept | undefined): Concept | null {
    return concept && (concept.coding?.length || concept.text) ? new Concept(concept) : null;
  }

  /** Returns the values of a list of concepts. Different codings from one code list are separate values. */
  static all(concepts: readonly (CodeableConcept | undefined)[] | undefined): Concept[] {
    return (concepts ?? [])
      .flatMap((concept) => (concept ? valuesOf(concept) : []))
      .flatMap((concept) => Concept.of(concept) ?? []);
  }

  /** Creates a concept of a single code. */
  static ofCoding(coding: FhirCoding | undefined): Concept | null {
    return Concept.of(coding && (coding.code || coding.display) ? { coding: [coding] } : undefined);
  }

  private get first(): FhirCoding | undefined {
    return this.concept.coding?.[0];
  }

  @Field(() => String, { nullable: true, description: 'The first code of the value. (`coding[0].code`)' })
  get code(): string | null {
    return this.first?.code ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The URI of the code system of `code`. (`coding[0].system`)',
  })
  get system(): string | null {
    return this.first?.system ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The number of the EMA list that `code` belongs to: `100000073345`. Null for other code systems. (from `coding[0].system`)',
  })
  get list(): string | null {
    return listOf(this.first?.system);
  }

  @Field(() => String, {
    nullable: true,
    description: 'The text of the first code as the upstream sent it. (`coding[0].display`)',
  })
  get display(): string | null {
    return this.first?.display ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The ISO 3166-1 code of a country (`SE`) or the BCP 47 tag of a language (`sv`). Null if the value is neither a country nor a language. (from `coding`)',
  })
  get iso(): string | null {
    for (const coding of elements(this.concept.coding)) {
      const iso = isoOf(coding);
      if (iso !== undefined) return iso;
    }
    return null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The UCUM code of a unit: `mg`, `ug`, `[iU]`. Null if the value is not a unit, or if UCUM has no code for the unit. (`coding` of UCUM, else by EMA’s term)',
  })
  get ucum(): string | null {
    for (const { system, code } of this.concept.coding ?? []) {
      const ucum = ucumOf(system, code);
      if (ucum !== null) return ucum;
    }
    return null;
  }

  @Field(() => [Coding], {
    description:
      'All codes of the value, usually one. If a record gives different codes of one list, a field with several values returns each code as a separate value. A field with a single value returns all codes here, and `label { conflict }` is true. (`coding`)',
  })
  get codings(): Coding[] {
    return (this.concept.coding ?? []).map((coding) => new Coding(coding));
  }

  @Field(() => String, {
    nullable: true,
    description:
      'A text to show, in the requested language if there is a text in that language. If the record contradicts itself, all its differing texts are joined: `Oral use / Cutaneous use`. (terms, else `coding.display` or `text`, and their translations)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return this.read(args, context)?.text ?? null;
  }

  @Field(() => Label, {
    nullable: true,
    description:
      'The same text as in `text`, with its language. Null if the value has no text. (`coding`, `text`)',
  })
  label(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): Label | null {
    const label = this.read(args, context);
    return label && new Label(label);
  }

  private read({ language = this.language }: LanguageArgs, context: Context): LabelContent | null {
    return readLabel(this.concept, language === undefined ? {} : { language }, context);
  }
}

function isAtc(coding: FhirCoding | null): coding is FhirCoding {
  return coding !== null && (isAtcCode(coding) || isAtcTerm(coding));
}

@ObjectType({
  description:
    'An ATC class: the class of a medicine by the organ that it acts on, and by how it acts. (`MedicinalProductDefinition.classification`)',
})
export class Atc {
  private constructor(
    private readonly codings: readonly FhirCoding[],
    private readonly terms: Terms,
  ) {}

  /**
   * Returns the ATC classes in a product's classifications, each once. Many records have two entries for one class:
   * EMA's term and WHO's code. Such entries are merged if they have the same code. Without a code, they are merged if
   * they have the same text, and no other class has this text.
   */
  static all(classifications: readonly CodeableConcept[] | undefined, terms: Terms): Atc[] {
    const found = (classifications ?? [])
      // In some records, classifications are null.
      .flatMap((classification) => valuesOf({ coding: (classification?.coding ?? []).filter(isAtc) }))
      .map(({ coding = [] }) => new Atc(coding, terms))
      .filter(({ codings }) => codings.length > 0);
    const distinct: Atc[] = [];
    for (const atc of found) {
      const same = distinct.findIndex((other) => other.isSameAs(atc, found));
      if (same < 0) distinct.push(atc);
      else distinct[same] = new Atc([...(distinct[same]?.codings ?? []), ...atc.codings], terms);
    }
    return distinct;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The ATC code: `N06AX12`. Null if neither the record nor EMA’s terms in this service give the code. (coding of WHO’s system, else by EMA’s term)',
  })
  get code(): string | null {
    const { termCode } = this;
    return (
      this.codings.find(isAtcCode)?.code ?? (termCode === null ? null : (this.terms.atcOf(termCode) ?? null))
    );
  }

  @Field(() => String, {
    nullable: true,
    description: 'EMA’s term code for the ATC class (list 100000093533). (`coding.code`)',
  })
  get termCode(): string | null {
    return this.codings.find(isAtcTerm)?.code ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The name of the ATC class, to show: `bupropion`. (terms, else `coding.display`)',
  })
  text(@Arguments(() => LanguageArgs) args: LanguageArgs, context: Context): string | null {
    return new Concept({ coding: [...this.codings] }).text(args, context);
  }

  private isSameAs(other: Atc, all: readonly Atc[]): boolean {
    if (this.code !== null && other.code !== null) return this.code === other.code;
    if (this.termCode !== null && other.termCode !== null) return this.termCode === other.termCode;
    const { words } = this;
    if (words === undefined || words !== other.words) return false;
    // A text may belong to several classes: diclofenac as a tablet is in one class, as a gel in another.
    const bearers = all.filter((atc) => atc.words === words);
    return [true, false].every(
      (isKnown) =>
        new Set(
          bearers
            .filter(({ code }) => (code !== null) === isKnown)
            .map(({ code, termCode }) => code ?? termCode),
        ).size === 1,
    );
  }

  private get words(): string | undefined {
    return this.codings.find(({ display }) => display)?.display?.toLowerCase();
  }
}
