/** What is asked of the service, and of the program that does the same by hand. */

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

/** `first` products with all that is in them: 63 fields each. Those of a name, where one is given. */
export const deep = `query Deep($first: Int!, $name: String) {
  products(first: $first, filter: { name: $name }) { nodes { ${ofProduct} ${below} } }
}`;

/** One product, and nothing that it leads to. */
export const one = `query One($id: ID!) { product(id: $id) { ${ofProduct} } }`;

/** One product with all that is in it. */
export const page = `query Page($id: ID!) { product(id: $id) { ${ofProduct} ${below} } }`;

/** A page of a walk through all of them. */
export const walk = `query Walk($first: Int!, $after: String) {
  products(first: $first, after: $after) { nodes { ${ofProduct} } pageInfo { hasNextPage endCursor } }
}`;

/** Objects and leaves of an answer's data, lists apart. */
export function fieldsIn(value) {
  if (Array.isArray(value)) return value.reduce((sum, each) => sum + fieldsIn(each), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum, each) => sum + 1 + fieldsIn(each), 0);
}
