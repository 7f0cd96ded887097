/** A document, such as a leaflet or a summary of product characteristics, as a view over DocumentReference. */
import type { Attachment } from 'fhir/r5.js';
import { Field, ObjectType } from 'type-graphql';
import type { ResourceOf } from '../../../fhir/resources.js';
import { languageTexts } from '../../../terms/language-texts.js';
import type { Context } from '../../context.js';
import { Reads } from '../field.js';
import { readText } from '../reader.js';
import { FhirDateTime } from '../scalars.js';
import { webAddress } from '../web-address.js';
import { Concept } from './concept.js';
import { Node, ResourceView } from './resource-view.js';

const languageTags = 'urn:ietf:bcp:47';

@ObjectType({ description: 'One file of a document, in one language or format. (`content.attachment`)' })
export class DocumentFile {
  constructor(private readonly attachment: Attachment) {}

  @Field(() => String, { nullable: true, description: 'The title of the file. (`title`)' })
  get title(): string | null {
    return this.attachment.title ?? null;
  }

  @Field(() => Concept, { nullable: true, description: 'The language of the file. (`language`)' })
  get language(): Concept | null {
    const { language } = this.attachment;
    return Concept.ofCoding(language === undefined ? undefined : { system: languageTags, code: language });
  }

  @Field(() => String, {
    nullable: true,
    description: 'The web address of the file. Null if the record does not give it. (`url`)',
  })
  url(_args: unknown, { baseUrl }: Context): string | null {
    return webAddress(this.attachment.url, baseUrl);
  }

  @Field(() => String, {
    nullable: true,
    description: 'The media type of the file: `application/pdf`. (`contentType`)',
  })
  get contentType(): string | null {
    return this.attachment.contentType ?? null;
  }

  get tag(): string | undefined {
    return this.attachment.language;
  }

  get creation(): string | null {
    return this.attachment.creation ?? null;
  }
}

@ObjectType({
  implements: Node,
  description:
    'A document about a medicine: the package leaflet, the summary of product characteristics. (FHIR DocumentReference)',
})
export class Document extends ResourceView<ResourceOf<'DocumentReference'>> {
  @Reads('content', 'description')
  @Field(() => String, {
    nullable: true,
    description:
      'The title of the document. (`content.attachment.title` of the first file, else `description`)',
  })
  title(_args: unknown, context: Context): string | null {
    return this.first?.title ?? readText(languageTexts(this.resource, 'description'), {}, context);
  }

  @Reads('type')
  @Field(() => Concept, {
    nullable: true,
    description: 'The type of document: package leaflet, summary of product characteristics … (`type`)',
  })
  get type(): Concept | null {
    return Concept.of(this.resource.type);
  }

  @Reads('content')
  @Field(() => Concept, {
    nullable: true,
    description: 'The language of the first file of the document. (`content.attachment.language`)',
  })
  get language(): Concept | null {
    return this.first?.language ?? null;
  }

  @Reads('content')
  @Field(() => String, {
    nullable: true,
    description:
      'The web address of the first file of the document. Null if the record does not give it. (`content.attachment.url`)',
  })
  url(args: unknown, context: Context): string | null {
    return this.first?.url(args, context) ?? null;
  }

  @Reads('content')
  @Field(() => String, {
    nullable: true,
    description:
      'The media type of the first file of the document: `application/pdf`. (`content.attachment.contentType`)',
  })
  get contentType(): string | null {
    return this.first?.contentType ?? null;
  }

  @Reads('date', 'content')
  @Field(() => FhirDateTime, {
    nullable: true,
    description: 'The date of the document. (`date`, else `content.attachment.creation`)',
  })
  get date(): string | null {
    return this.resource.date ?? this.first?.creation ?? null;
  }

  @Reads('content')
  @Field(() => [DocumentFile], {
    description:
      'All files of the document. A document in several languages or formats has several files. (`content.attachment`)',
  })
  get files(): DocumentFile[] {
    return (this.resource.content ?? []).flatMap(({ attachment }) =>
      attachment ? [new DocumentFile(attachment)] : [],
    );
  }

  private get first(): DocumentFile | undefined {
    return this.files[0];
  }
}
