/** The part of a schema that the query needs, as a team would write it by hand. */
export const typeDefs = /* GraphQL */ `
  type Query {
    products(first: Int!): ProductConnection!
  }
  type ProductConnection {
    nodes: [Product!]!
  }
  type Product {
    pmsId: String!
    name: String
    packages(first: Int!): PackageConnection
  }
  type PackageConnection {
    nodes: [Package!]!
  }
  type Package {
    id: ID!
    description: String
    packaging: Packaging
  }
  type Packaging {
    items: [PackagedItem!]!
  }
  type PackagedItem {
    item: ManufacturedItem
  }
  type ManufacturedItem {
    id: ID!
    doseForm: Concept
    ingredients(first: Int!): IngredientConnection
  }
  type IngredientConnection {
    nodes: [Ingredient!]!
  }
  type Ingredient {
    id: ID!
    role: Concept
    substance: Substance
  }
  type Substance {
    code: String
    name: String
  }
  type Concept {
    code: String
  }
`;
