/** The base class of all views: one FHIR resource, its origin, and its id in this schema. */
import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { containerOf, keyOf, type Key } from '../../../catalogue/graph/key.js';
import type { Held, Origin } from '../../../catalogue/known/known.js';
import type { FhirResource } from '../../../fhir/resources.js';
import type { Context } from '../../context.js';
import { DateTime } from '../scalars.js';

@InterfaceType({ description: 'An object with a global id. `node(id:)` returns the object for this id.' })
export abstract class Node {
  abstract readonly resource: FhirResource;

  @Field(() => ID, {
    description:
      'The global id, unique among objects of all types. Opaque: do not parse it. (Type and FHIR `id`)',
  })
  get id(): string {
    return `${this.noun}:${this.resource.id}`;
  }

  /** The name in the object's id: its type in the schema, or the interface that several types implement. */
  protected get noun(): string {
    return this.constructor.name;
  }
}

@ObjectType({
  description: 'The upstream record from which an object was read. Cite it as the source of the data.',
})
export class Source {
  constructor(
    private readonly resource: FhirResource,
    private readonly origin: Origin,
  ) {}

  @Field(() => String, {
    description:
      'The FHIR reference of the record: `PackagedProductDefinition/8485040`. (`resourceType`, `id`)',
  })
  get reference(): string {
    const key = keyOf(this.resource);
    const container = containerOf(key);
    // This is the form in which FHIR references a contained resource.
    return container === undefined ? key : container + key.slice(key.indexOf('#'));
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The web address of the record at the upstream. Only clients with access to the upstream can open it. (`resourceType`, `id`)',
  })
  url(_args: unknown, { baseUrl }: Context): string {
    // The URL of a search page soon expires. The URL of a record does not expire, and neither does that of a product's
    // `$everything` Bundle.
    const isBundle = this.origin.url.includes('$everything');
    return isBundle ? new URL(this.origin.url, baseUrl).href : `${baseUrl}/${this.reference}`;
  }

  @Field(() => String, { nullable: true, description: 'The version of the record. (`meta.versionId`)' })
  get versionId(): string | null {
    return this.resource.meta?.versionId ?? null;
  }

  @Field(() => DateTime, {
    nullable: true,
    description: 'The time of the last change of the record. (`meta.lastUpdated`)',
  })
  get lastUpdated(): Date | null {
    const at = new Date(this.resource.meta?.lastUpdated ?? Number.NaN);
    return Number.isNaN(at.getTime()) ? null : at;
  }

  @Field(() => DateTime, {
    description:
      'The time when this service read the record from the upstream, or when the upstream last confirmed that it is unchanged.',
  })
  get fetchedAt(): Date {
    return this.origin.fetchedAt;
  }

  @Field(() => Boolean, {
    description:
      'Whether the record is an outdated copy. This service returns outdated copies during a refresh, and while the upstream cannot be reached.',
  })
  get stale(): boolean {
    return this.origin.stale;
  }
}

/** A view over one resource. It has only getters, and sends no requests. Its links are added in `resolvers/`. */
@ObjectType()
export abstract class ResourceView<Resource extends FhirResource = FhirResource> extends Node {
  readonly resource: Resource;
  readonly origin: Origin | null;
  private named: Key | undefined;

  constructor({ resource, origin }: Held) {
    super();
    this.resource = resource as Resource;
    this.origin = origin;
  }

  get key(): Key {
    return (this.named ??= keyOf(this.resource));
  }

  @Field(() => Source, {
    nullable: true,
    description:
      'The upstream record from which this object was read. Null if only the name of the object is known. (`id`, `meta`)',
  })
  get source(): Source | null {
    return this.origin && new Source(this.resource, this.origin);
  }
}
