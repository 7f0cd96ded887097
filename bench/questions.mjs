/** The GraphQL queries that the benches send to the service and to the floor. */

const below = `
  packages(first: 20) {
    nodes {
      name
      description
      packaging { type { code display } quantity }
      manufacturedItems {
        doseForm { code display }
        unitOfPresentation { code display }
        ingredients(first: 20) {
          nodes { role { code display } allergenic substance { code } }
        }
      }
    }
  }
`;
const ofProduct = 'pmsId name domain { code display }';

/** `first` products with their packages, items and ingredients: 63 fields each. With `$name`, only products of that name. */
export const deep = `query Deep($first: Int!, $name: String) {
  products(first: $first, filter: { name: $name }) { nodes { ${ofProduct} ${below} } }
}`;

/** One product without linked records. */
export const one = `query One($id: ID!) { product(id: $id) { ${ofProduct} } }`;

/** One product with its packages, items and ingredients. */
export const page = `query Page($id: ID!) { product(id: $id) { ${ofProduct} ${below} } }`;

/** One page of the list of all products. */
export const walk = `query Walk($first: Int!, $after: String) {
  products(first: $first, after: $after) { nodes { ${ofProduct} } pageInfo { hasNextPage endCursor } }
}`;

/** Counts the objects and the leaf fields in the data of a response. Lists are not counted. */
export function fieldsIn(value) {
  if (Array.isArray(value)) return value.reduce((sum, each) => sum + fieldsIn(each), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum, each) => sum + 1 + fieldsIn(each), 0);
}
