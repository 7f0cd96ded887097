/** Builds the selections for each product: all its details, or those of a client's operation. */
import { Kind, parse, validate, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { OperationRequest } from '../../catalogue/catalogue.js';
import { productPage } from '../../catalogue/question/product-page.js';
import { resourceKey } from '../../fhir/reference.js';
import { createCursors } from '../../graphql/engine/cursor.js';
import { createPreparer } from '../../graphql/engine/prepare.js';
import { createSchema } from '../../graphql/schema/schema.js';
import { WarmError } from './warm-error.js';

/** @param id FHIR id of the product */
export type PageOf = (id: string) => Pick<OperationRequest, 'selections' | 'elements'>;

/** Selects all details of a product, as whole records. */
export const wholePage: PageOf = (id) => ({
  selections: [productPage(resourceKey('MedicinalProductDefinition', id))],
});

/**
 * Selects what a client's operation with the variable `$id` needs: the same links, elements and includes as when a
 * client sends it.
 * @throws WarmError if the text is not a query of this schema, or has no variable `$id`
 */
export function pageOfOperation(text: string): PageOf {
  const schema = createSchema();
  const document = orRefused(() => parse(text));
  const [fault] = validate(schema, document);
  if (fault) throw refused(fault.message);
  const operation = onlyOperation(document);
  const preparer = createPreparer(schema, createCursors(undefined));
  const page: PageOf = (id) => {
    const { selections, elements } = preparer.prepare(document, operation, { id }, 'en');
    return { selections, elements };
  };
  orRefused(() => page('1'));
  return page;
}

function onlyOperation({ definitions }: DocumentNode): OperationDefinitionNode {
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [only] = operations;
  if (!only || operations.length > 1) throw refused('The file must have exactly one operation.');
  const names = only.variableDefinitions?.map(({ variable }) => variable.name.value);
  if (!names?.includes('id'))
    throw refused('The operation must have a variable "$id" for the id of a product.');
  return only;
}

function orRefused<Value>(act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    throw refused(error instanceof Error ? error.message : 'The file cannot be read.');
  }
}

function refused(message: string): WarmError {
  return new WarmError('data', `The operation cannot be used for a product page. ${message}`);
}
