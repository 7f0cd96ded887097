/**
 * Determines the shape of an operation for each concrete type: merged fields, inlined fragments, and `@skip` and
 * `@include` applied.
 */
import {
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { PmsError } from '../../errors.js';
import { extensionsOf, type FieldExtensions } from '../schema/field.js';

/** One field of the response. */
export interface ShapeField {
  /** The position among all fields of the operation. The values of a request are stored by this position. */
  readonly index: number;
  readonly key: string;
  /** The index of the parent field. Undefined at the root. */
  readonly above: number | undefined;
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  /** What the schema declares for the field: its link, its elements. */
  readonly declared: FieldExtensions;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  /** The child fields, by the concrete type of the value. Undefined for leaves. */
  readonly children: ReadonlyMap<string, readonly ShapeField[]> | undefined;
}

export interface Shape {
  readonly type: GraphQLObjectType;
  readonly fields: readonly ShapeField[];
  /** All fields of the operation, in order of `index`. */
  readonly all: readonly ShapeField[];
  /** Whether a field is requested at the operation's root, with the arguments of its parent field. */
  readonly asksAbove: boolean;
  /** Whether the operation selects capabilities of the upstream. */
  readonly showsAbilities: boolean;
}

/** A field of the response, with the response keys that lead to it. List positions are left out. */
export interface Placed {
  readonly field: ShapeField;
  readonly path: readonly string[];
}

/** Yields every field with its path, one concrete type after another. */
export function* placesIn(
  fields: readonly ShapeField[],
  above: readonly string[] = [],
): Generator<Placed, undefined> {
  for (const field of fields) {
    const path = [...above, field.key];
    yield { field, path };
    for (const children of field.children?.values() ?? []) yield* placesIn(children, path);
  }
}

type Variables = Readonly<Record<string, unknown>>;

export function isIntrospection({ field }: ShapeField): boolean {
  return field === SchemaMetaFieldDef || field === TypeMetaFieldDef;
}

/**
 * Returns the variables in `@skip` and `@include`. Requests with equal values of these variables have the same shape.
 */
export function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/**
 * Limits of an operation. A small document may expand into a huge response: a fragment that is used twice at each
 * level doubles the response at each level.
 */
const maxFields = 1_000;
const maxDepth = 16;
const maxRootFields = 10;
const maxAliases = 30;
const maxDirectives = 20;

function tooComplex(limit: string): PmsError {
  return new PmsError(
    'QUERY_TOO_COMPLEX',
    `An operation may have ${limit}, counted with its fragments expanded.`,
  );
}

/**
 * Determines the shape.
 * @throws QUERY_TOO_COMPLEX if the operation exceeds a limit
 */
export function shapeOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Shape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const all: ShapeField[] = [];
  let depth = 0;
  let above: number | undefined;

  function fieldsOf(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): readonly ShapeField[] {
    if (depth >= maxDepth) throw tooComplex(`at most ${maxDepth} levels`);
    depth += 1;
    const grouped = new Map<string, [FieldNode, ...FieldNode[]]>();
    const visited = new Set<string>();
    for (const set of sets) collect(type, set, grouped, visited);
    refuseManyAliases(grouped.values());
    const fields = [...grouped].flatMap(([key, nodes]) => shapeField(type, key, nodes) ?? []);
    depth -= 1;
    return fields;
  }

  function collect(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    grouped: Map<string, [FieldNode, ...FieldNode[]]>,
    visited: Set<string>,
  ): void {
    for (const selection of selections) {
      if (!isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const group = grouped.get(key);
        if (group) group.push(selection);
        else grouped.set(key, [selection]);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (!fragment || !applies(fragment.typeCondition?.name.value, type)) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
      }
      collect(type, fragment.selectionSet, grouped, visited);
    }
  }

  function isIncluded(selection: SelectionSetNode['selections'][number]): boolean {
    const skip = getDirectiveValues(GraphQLSkipDirective, selection, variables);
    if (skip?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false;
  }

  function applies(condition: string | undefined, type: GraphQLObjectType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const conditional = schema.getType(condition);
    return isAbstractType(conditional) && schema.isSubType(conditional, type);
  }

  function shapeField(
    parentType: GraphQLObjectType,
    key: string,
    nodes: readonly [FieldNode, ...FieldNode[]],
  ): ShapeField | undefined {
    const field = fieldNamed(parentType, nodes[0].name.value);
    if (!field) return undefined;
    const index = all.length;
    if (index >= maxFields) throw tooComplex(`at most ${maxFields} fields`);
    // Reserves the position of this field before its child fields get theirs.
    all.push(undefined as never);
    const outer = above;
    above = index;
    const children = childrenOf(field, nodes);
    above = outer;
    const shaped = { index, key, above, parentType, field, declared: extensionsOf(field), nodes, children };
    all[index] = shaped;
    return shaped;
  }

  function fieldNamed(type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (type === schema.getQueryType() && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (type === schema.getQueryType() && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return type.getFields()[name];
  }

  function childrenOf(
    field: GraphQLField<unknown, unknown>,
    nodes: readonly FieldNode[],
  ): ShapeField['children'] {
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    if (sets.length === 0) return undefined;
    const named = getNamedType(field.type);
    const concrete = isAbstractType(named)
      ? schema.getPossibleTypes(named)
      : isObjectType(named)
        ? [named]
        : [];
    return new Map(concrete.map((type) => [type.name, fieldsOf(type, sets)]));
  }

  const type = schema.getRootType(operation.operation);
  if (!type)
    throw new PmsError(
      'GRAPHQL_VALIDATION_FAILED',
      'This API has only queries: no mutations and no subscriptions.',
    );
  if (directivesIn(document) > maxDirectives) throw tooComplex(`at most ${maxDirectives} directives`);
  const fields = fieldsOf(type, [operation.selectionSet]);
  if (fields.length > maxRootFields) throw tooComplex(`at most ${maxRootFields} fields at its root`);
  return { type, fields, all, ...asksOf(all) };
}

function asksOf(all: readonly ShapeField[]): Pick<Shape, 'asksAbove' | 'showsAbilities'> {
  return {
    asksAbove: all.some(({ declared }) => declared.isAskedAbove),
    showsAbilities: all.some(({ declared }) => declared.showsAbilities),
  };
}

/** Refuses many aliases of one field, because each alias multiplies the field's cost. */
function refuseManyAliases(fields: Iterable<readonly [FieldNode, ...FieldNode[]]>): void {
  const aliases = new Map<string, number>();
  for (const [{ name }] of fields) {
    const count = (aliases.get(name.value) ?? 0) + 1;
    if (count > maxAliases) throw tooComplex(`at most ${maxAliases} aliases of one field`);
    aliases.set(name.value, count);
  }
}

function directivesIn(document: DocumentNode): number {
  let count = 0;
  visit(document, {
    Directive() {
      count += 1;
    },
  });
  return count;
}
