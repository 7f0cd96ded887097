/** Converts a document and its variables into selections for the catalogue, and into arguments for the response. */
import { validateSync, type ValidationError } from 'class-validator';
import {
  BREAK,
  GraphQLError,
  visit,
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { isPmsError, PmsError } from '../../errors.js';
import { isRoot, type ParentType, type Selection } from '../../catalogue/question/selection.js';
import { substanceType, type ShownSubstances } from '../../catalogue/graph/substance-key.js';
import { markOf } from '../../catalogue/graph/key.js';
import { links } from '../../catalogue/graph/links.js';
import { targets } from '../../catalogue/graph/link.js';
import { indexQuestion, leadsToProducts } from '../../catalogue/question/to-index.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { Terms } from '../../terms/terms.js';
import type { LinkCall } from '../schema/rows.js';
import { mostFacets } from '../schema/args/fields.js';
import { nestedInputs } from '../schema/args/filter.js';
import { argumentsOf, coerceVariables, type CoerceOptions } from './coerce.js';
import { badCursor, type Cursors } from './cursor.js';
import { countTokens, type Documents } from './documents.js';
import { elementsOf, type Elements } from './elements.js';
import { resourceTypeOf } from '../schema/global-id.js';
import { withCodes } from './words.js';
import { decidingVariables, placesIn, shapeOf, type Placed, type Shape, type ShapeField } from './shape.js';

/** The arguments of a field in one request: those of a link, or plain values. */
export type FieldInput =
  | {
      readonly kind: 'link';
      readonly call: LinkCall;
      readonly values: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'arguments'; readonly values: Readonly<Record<string, unknown>> };

export interface Prepared {
  readonly shape: Shape;
  /** The arguments of each field, by `ShapeField.index`. Undefined for fields without arguments. */
  readonly inputs: readonly (FieldInput | undefined)[];
  readonly selections: readonly Selection[];
  /** The elements to read of each resource type. */
  readonly elements: Elements;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Preparer {
  /**
   * Prepares an operation. Sends nothing.
   * @throws GraphQLError caused by BAD_USER_INPUT or BAD_CURSOR, with the field's path
   */
  prepare(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    given: Readonly<Record<string, unknown>>,
    language: string,
  ): Prepared;
}

/**
 * Maximum number of cached shapes per document. A shape depends on the variables in `@skip` and `@include`. Further
 * shapes are computed each time.
 */
const maxShapes = 16;
/** Maximum number of languages for which the constant arguments of a shape are cached. */
const maxLanguages = 8;

function isConstant({ nodes: [{ arguments: given = [] }] }: ShapeField): boolean {
  let hasVariable = false;
  for (const argument of given)
    visit(argument, {
      Variable() {
        hasVariable = true;
        return BREAK;
      },
    });
  return !hasVariable;
}

/** Whether the arguments of the parent field are constant too, if this field needs them. */
function isConstantAbove(field: ShapeField, shape: Shape): boolean {
  const above = aboveOf(field, shape);
  return above === undefined || isConstant(above);
}

/** Returns the parent field, if this field is requested at the root with its arguments, such as the facets of a list. */
function aboveOf({ declared, above }: ShapeField, { all }: Shape): ShapeField | undefined {
  return declared.isAskedAbove && above !== undefined ? all[above] : undefined;
}

/**
 * Bytes of memory, as measured in the heap: of a shape with its projection and its elements, of one field, of one
 * field's arguments in one language, and of one position.
 */
const bytesPerShape = 4_000;
const bytesPerField = 750;
const bytesPerInput = 600;
const bytesPerPlace = 16;
/** Bytes of a value in a constant list, which is stored twice. */
const bytesPerConstant = 80;

export interface PreparerOptions extends Partial<CoerceOptions> {
  /** Counts the memory that is attached to a document. If undefined, nothing is counted. */
  readonly documents?: Pick<Documents, 'grow'> | undefined;
  /** Terms that convert words in filters to codes. If undefined, words are passed on unchanged. */
  readonly terms?: Terms | undefined;
}

/** The objects that are needed to read the arguments of one request. */
interface Reading {
  readonly cursors: Cursors;
  readonly language: string;
  readonly terms: Terms | undefined;
}

/** The constant arguments of a shape in one language. They are valid for one version of the terms. */
interface Constants {
  readonly version: number | undefined;
  readonly inputs: readonly (FieldInput | undefined)[];
}

export function createPreparer(
  schema: GraphQLSchema,
  cursors: Cursors,
  { suggests = false, documents: keptDocuments, terms }: PreparerOptions = {},
): Preparer {
  const documents = new WeakMap<DocumentNode, { deciding: readonly string[]; shapes: Map<string, Shape> }>();
  const constants = new WeakMap<Shape, Map<string, Constants>>();

  /**
   * Returns the arguments of fields without variables, which are the same in each request. For a field with
   * variables, the value is `undefined`.
   */
  function constantsOf(
    shape: Shape,
    language: string,
    document: DocumentNode,
  ): readonly (FieldInput | undefined)[] {
    const byLanguage = constants.get(shape) ?? new Map<string, Constants>();
    constants.set(shape, byLanguage);
    const version = terms?.version;
    const before = byLanguage.get(language);
    if (before && before.version === version) return before.inputs;
    const inputs = shape.all.map((field) => {
      if (!isConstant(field) || !isConstantAbove(field, shape)) return undefined;
      try {
        return inputOf(field, {}, shape, { cursors, language, terms });
      } catch {
        // Errors in constants are reported later, together with errors in variables, in the order of the document.
        return undefined;
      }
    });
    // The number of languages is limited, because a client may use a thousand languages.
    if (before) byLanguage.set(language, { version, inputs });
    else if (byLanguage.size < maxLanguages) {
      byLanguage.set(language, { version, inputs });
      keptDocuments?.grow(document, bytesOfInputs(inputs, document));
    }
    return inputs;
  }

  function shapeFor(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Prepared['variables'],
  ): Shape {
    const before = documents.get(document) ?? {
      deciding: decidingVariables(document),
      shapes: new Map<string, Shape>(),
    };
    documents.set(document, before);
    const values = before.deciding.map((name) => variables[name]);
    const name = JSON.stringify([operation.name?.value, operation.operation, ...values]);
    const known = before.shapes.get(name);
    if (known) return known;
    const shape = shapeOf(schema, document, operation, variables);
    if (before.shapes.size < maxShapes) {
      before.shapes.set(name, shape);
      keptDocuments?.grow(document, bytesPerShape + bytesPerField * shape.all.length);
    }
    return shape;
  }

  return {
    prepare(document, operation, sent, language) {
      const variables = coerceVariables(schema, operation, sent, { suggests });
      const shape = shapeFor(document, operation, variables);
      const given = constantsOf(shape, language, document);
      const inputs = shape.all.map(
        (field, index) => given[index] ?? inputOf(field, variables, shape, { cursors, language, terms }),
      );
      const selections = rootSelections(shape, inputs);
      const elements = elementsOf(shape, selections);
      return { shape, inputs, selections, elements, variables };
    },
  };
}

function bytesOfInputs(inputs: readonly (FieldInput | undefined)[], { loc }: DocumentNode): number {
  const given = inputs.filter((input) => input !== undefined).length;
  return bytesPerPlace * inputs.length + bytesPerInput * given + bytesPerConstant * countTokens(loc);
}

function located(
  error: PmsError,
  nodes: ASTNode | readonly ASTNode[],
  path?: readonly string[],
): GraphQLError {
  return new GraphQLError(error.message, { nodes, originalError: error, ...(path ? { path } : {}) });
}

/** Returns the first field for which `isSought` is true, with its path. It is used only to report an error. */
function placeIn(shape: Shape, isSought: (place: Placed) => boolean): Placed | undefined {
  for (const place of placesIn(shape.fields)) if (isSought(place)) return place;
  return undefined;
}

function inputOf(
  shaped: ShapeField,
  variables: Prepared['variables'],
  shape: Shape,
  reading: Reading,
): FieldInput | undefined {
  const { field, declared, nodes } = shaped;
  if (!declared.link && field.args.length === 0) return undefined;
  try {
    const values = argumentsOf(field, nodes[0], variables);
    if (declared.arguments) check(declared.arguments(), values);
    if (!declared.link) return { kind: 'arguments', values };
    const above = aboveOf(shaped, shape);
    const call = linkCall(shaped, values, above ? valuesAbove(above, variables, reading) : {}, reading);
    return { kind: 'link', call, values };
  } catch (error) {
    const path = placeIn(shape, (place) => place.field === shaped)?.path;
    if (isPmsError(error)) throw located(error, nodes, path);
    throw error;
  }
}

/**
 * Validates arguments.
 * @throws BAD_USER_INPUT with the name of the first invalid argument, but never its value
 */
function check(type: new () => object, values: Readonly<Record<string, unknown>>): void {
  const instance = instantiate(type, values);
  const [fault] = validateSync(instance, { forbidUnknownValues: false, stopAtFirstError: true });
  if (fault) throw new PmsError('BAD_USER_INPUT', `${messageOf(fault)}.`);
}

type Values = Readonly<Record<string, unknown>>;

/** Creates an instance of an input class, and instances of the classes of its nested inputs. */
function instantiate(type: new () => object, values: Values): object {
  const instance: Record<string, unknown> = Object.assign(new type(), values);
  for (const [name, nested] of Object.entries(nestedInputs)) {
    const value = values[name];
    if (Array.isArray(value)) instance[name] = value.map((each: Values) => instantiate(nested, each));
    else if (typeof value === 'object' && value !== null)
      instance[name] = instantiate(nested, value as Values);
  }
  return instance;
}

function messageOf(fault: ValidationError): string {
  const [message] = Object.values(fault.constraints ?? {});
  if (message !== undefined) return message;
  const [child] = fault.children ?? [];
  if (!child) return `"${fault.property}" is invalid`;
  // The message about the nested input begins with the name of its own property, so the path of that property is added.
  const inner = /^\d+$/.test(child.property) ? `[${child.property}]` : `.${child.property}`;
  return messageOf(child).replace(
    /^"([^"]*)"/,
    (_all, name: string) => `"${fault.property}${inner}${name.slice(child.property.length)}"`,
  );
}

/** Returns the arguments of the parent field as in that field's own call, without `first` and `after`. */
function valuesAbove(
  above: ShapeField,
  variables: Prepared['variables'],
  { terms, language }: Reading,
): Values {
  const values = Object.entries(argumentsOf(above.field, above.nodes[0], variables));
  const lasting = Object.fromEntries(values.filter(([name]) => name !== 'first' && name !== 'after'));
  return terms ? withCodes(lasting, terms, language) : lasting;
}

function linkCall(
  { field, parentType, children, declared: { link, toListArgs } }: ShapeField,
  values: Values,
  above: Values,
  { cursors, language, terms }: Reading,
): LinkCall {
  if (!link || !toListArgs) throw new TypeError('A field without a link cannot be called.');
  const { first, after, ...lasting } = values;
  const scope = `${parentType.name}.${field.name} ${JSON.stringify(sorted(lasting))}`;
  const page = {
    ...(first === undefined ? {} : { first }),
    ...(typeof after === 'string' ? { after: cursors.open(scope, after) } : {}),
  };
  const selects = (name: string): boolean =>
    [...(children?.values() ?? [])].some((fields) => fields.some((child) => child.field.name === name));
  // A cursor is bound to the words in the query, not to their codes, because the codes may change before the next page.
  const coded = terms ? withCodes(lasting, terms, language) : lasting;
  try {
    return {
      link,
      scope,
      args: toListArgs({ ...coded, ...page } as never, selects, language, above as never),
    };
  } catch (error) {
    // An unsupported search makes only this field fail. Invalid input makes the whole operation fail.
    if (isPmsError(error) && error.code === 'UPSTREAM_UNSUPPORTED')
      return { link, scope, args: {}, refusal: error };
    throw error;
  }
}

/** Sorts the members of objects, so that equal arguments give equal text, whatever their order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

type Below = Map<ParentType, Selection[]>;

function rootSelections(shape: Shape, inputs: Prepared['inputs']): readonly Selection[] {
  const selections: Selection[] = [];
  const add = (field: ShapeField, above: readonly string[]): void => {
    const selection = selectionOf(field, undefined, above, inputs);
    if (selection) selections.push(selection);
  };
  for (const field of shape.fields) add(field, []);
  if (shape.asksAbove)
    for (const { field, path } of placesIn(shape.fields))
      if (field.declared.isAskedAbove) add(field, path.slice(0, -1));
  for (const selection of selections) checkCursors(selection, shape);
  refuseManySearches(selections);
  refuseManyEquivalents(selections);
  return selections;
}

/** Maximum number of products with `equivalents` in one operation, because each product needs its own searches. */
const mostWithEquivalents = 100;

function refuseManyEquivalents(selections: readonly Selection[]): void {
  if (productsWithEquivalents(selections, 1) > mostWithEquivalents)
    throw new PmsError(
      'QUERY_TOO_COMPLEX',
      `An operation may select \`equivalents\` for at most ${mostWithEquivalents} products: lower \`first\` of the lists above that field.`,
    );
}

/** Estimates the number of products from the arguments of the parent lists. */
function productsWithEquivalents(selections: readonly Selection[], parents: number): number {
  let sum = 0;
  for (const { args, below } of selections) {
    const named = args.keys ?? args.terms ?? args.search?.filter.ids;
    const rows = Math.min(named?.length ?? Number.POSITIVE_INFINITY, args.first ?? named?.length ?? 1);
    if (args.search?.filter.equivalentTo) sum += parents;
    for (const each of below.values()) sum += productsWithEquivalents(each, parents * rows);
  }
  return sum;
}

/**
 * Maximum number of searches of the index in one operation. They need no upstream request, so the request budget does
 * not limit them.
 */
const mostSearches = 3;

function refuseManySearches(selections: readonly Selection[]): void {
  let searches = 0;
  let facets = 0;
  for (const { args } of selections) {
    const question = args.asked && indexQuestion(args.asked);
    if (args.search?.called || question?.name === 'suggestions' || question?.name === 'changes')
      searches += 1;
    if (question?.name === 'facets') facets += question.query.fields.length;
  }
  if (searches > mostSearches)
    throw new PmsError(
      'QUERY_TOO_COMPLEX',
      `An operation may use \`searchProducts\`, \`suggest\` and \`changes\` at most ${mostSearches} times in all.`,
    );
  if (facets > mostFacets)
    throw new PmsError('QUERY_TOO_COMPLEX', `An operation may select at most ${mostFacets} facets.`);
}

/** Returns the selection of a link field. Undefined for other fields and for refused calls. */
function selectionOf(
  field: ShapeField,
  from: ParentType | undefined,
  above: readonly string[],
  inputs: Prepared['inputs'],
  shown?: ShownSubstances,
): Selection | undefined {
  const input = inputs[field.index];
  if (input?.kind !== 'link') return undefined;
  const { call } = input;
  const path = [...above, field.key];
  if (call.refusal) return undefined;
  // A substance is not a record. Its only link is `products`.
  if (from === substanceType && call.link !== 'products') return undefined;
  const below: Below = new Map();
  const leadsTo =
    isRoot(call.link) || from === substanceType ? rootTypes(call) : targets(links[call.link], from);
  const { substances } = field.declared;
  for (const [type, fields] of field.children ?? [])
    collectBelow(fields, type, { owners: leadsTo, path, shown: substances }, inputs, below);
  const args = shown && call.link === 'products' ? { ...call.args, substances: shown } : call.args;
  return { link: call.link, args, path, below };
}

function rootTypes({ args }: LinkCall): readonly ParentType[] {
  if (args.asked) return [leadsToProducts(args.asked) ? 'MedicinalProductDefinition' : substanceType];
  if (args.search) return ['MedicinalProductDefinition'];
  if (args.terms) return ['MedicinalProductDefinition', 'PackagedProductDefinition'];
  return [...new Set((args.keys ?? []).map((key) => key.slice(0, key.indexOf('/')) as ResourceType))];
}

/** The types that have the fields, the path of the fields, and which substances of an ingredient are selected. */
interface Place {
  readonly owners: readonly ParentType[];
  readonly path: readonly string[];
  readonly shown: ShownSubstances | undefined;
}

/**
 * Collects the links below a link: those of its target records, and those of values inside these records, which start
 * from the whole record. Fields of connections, edges and values are searched too.
 */
function collectBelow(
  fields: readonly ShapeField[],
  type: string,
  { owners, path, shown }: Place,
  inputs: Prepared['inputs'],
  below: Below,
): void {
  const own = resourceTypeOf(type);
  const resources = own ? [own] : owners;
  for (const field of fields) {
    // Such a field is requested at the root.
    if (field.declared.isAskedAbove) continue;
    if (inputs[field.index]?.kind === 'link') {
      for (const resource of resources) {
        const selection = selectionOf(field, resource, path, inputs, shown);
        if (selection) below.set(resource, [...(below.get(resource) ?? []), selection]);
      }
      continue;
    }
    const place = {
      owners: resources,
      path: [...path, field.key],
      shown: field.declared.substances ?? shown,
    };
    for (const [inner, children] of field.children ?? []) collectBelow(children, inner, place, inputs, below);
  }
}

/**
 * Refuses a cursor that belongs to another parent, before any request is sent. This is possible if the parent is
 * given by its id.
 */
function checkCursors({ args, link, below }: Selection, shape: Shape): void {
  const [only] = args.keys ?? [];
  if (link !== 'resources' || only === undefined || args.keys?.length !== 1) return;
  for (const selections of below.values())
    for (const { args: child, path } of selections) {
      if (!child.after || child.after.parent === markOf(only)) continue;
      const place = placeIn(shape, (each) => isSamePath(each.path, path));
      throw located(badCursor(), place?.field.nodes ?? [], path);
    }
}

function isSamePath(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}
