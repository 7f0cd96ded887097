/** Relay connections: lists in pages, which state whether they are complete. */
import { Field, Int, ObjectType, type ClassType } from 'type-graphql';

export class Edge<View> {
  constructor(
    readonly node: View,
    private readonly place: ConnectionPlace,
    private readonly index: number,
  ) {}

  get cursor(): string {
    return this.place.cursorOf(this.index);
  }
}

/** The position of a connection's rows in the whole list. It is used for `PageInfo`. */
export interface ConnectionPlace {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly complete: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  readonly totalCount: number | null;
  cursorOf(index: number): string;
}

@ObjectType({
  description: 'The position of this page in the whole list, and whether the page is complete (Relay).',
})
export class PageInfo {
  constructor(private readonly place: ConnectionPlace) {}

  @Field(() => Boolean, { description: 'Whether more rows follow or may follow after this page.' })
  get hasNextPage(): boolean {
    return this.place.hasNextPage;
  }

  @Field(() => Boolean, { description: 'Whether this page was requested with `after`.' })
  get hasPreviousPage(): boolean {
    return this.place.hasPreviousPage;
  }

  @Field(() => String, { nullable: true, description: 'The cursor of the first row of this page.' })
  get startCursor(): string | null {
    return this.place.startCursor;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'The cursor to pass as `after` to read the next page. If this page is incomplete, the cursor leads back to its start, so that no row is skipped.',
  })
  get endCursor(): string | null {
    return this.place.endCursor;
  }

  @Field(() => Boolean, {
    description:
      'Whether all rows that `first` requested could be read. If false, rows may be missing, and `extensions.upstream.incomplete` gives the reason.',
  })
  get complete(): boolean {
    return this.place.complete;
  }
}

export class Connection<View> {
  /** @param more returns the additional fields of an edge, by its index */
  constructor(
    readonly nodes: readonly View[],
    private readonly place: ConnectionPlace,
    private readonly more?: (index: number) => object,
  ) {}

  get edges(): readonly Edge<View>[] {
    return this.nodes.map((node, index) => {
      const edge = new Edge(node, this.place, index);
      return this.more ? Object.assign(edge, this.more(index)) : edge;
    });
  }

  get pageInfo(): PageInfo {
    return new PageInfo(this.place);
  }

  get totalCount(): number | null {
    return this.place.totalCount;
  }
}

/**
 * Creates the connection and edge types for one type of row.
 * @param more the fields of an edge in addition to `node` and `cursor`
 * @param tally the fields of the connection in addition to its rows
 */
export function connectionTypeOf(
  name: string,
  plural: string,
  node: () => ClassType,
  more: ClassType = class {},
  tally: ClassType = class {},
): ClassType<Connection<unknown>> {
  @ObjectType(`${name}Edge`, { description: `One row of a list of ${plural}.` })
  class EdgeType extends more {
    @Field(node, { description: 'The row itself.' })
    node!: unknown;

    @Field(() => String, { description: 'The cursor to pass as `after` to continue after this row.' })
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, { description: `A list of ${plural}, in pages.` })
  class ConnectionType extends tally {
    @Field(() => [EdgeType], { description: 'The rows, each with its cursor.' })
    edges!: unknown[];

    @Field(() => [node()], { description: 'The rows.' })
    nodes!: unknown[];

    @Field(() => PageInfo, {
      description: 'The position of this page in the list, and whether the page is complete.',
    })
    pageInfo!: PageInfo;

    @Field(() => Int, {
      nullable: true,
      description: 'The number of rows in the whole list. Null if unknown.',
    })
    totalCount!: number | null;
  }

  return ConnectionType as unknown as ClassType<Connection<unknown>>;
}
