/**
 * Finds a resource by its id. If the upstream can read only products by id, the resource is read with its product.
 */
import type { ListArgs } from '../../../catalogue/question/selection.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { keyOfType } from '../global-id.js';

/**
 * Returns the keys to read.
 * @throws BAD_USER_INPUT with the name of the argument whose value is not an id of its type
 */
export function within(type: ResourceType, id: string, product: string | null | undefined): ListArgs {
  const keys = [keyOfType(type, id, 'id')];
  if (product === undefined || product === null) return { keys };
  return { keys, within: keyOfType('MedicinalProductDefinition', product, 'product') };
}
