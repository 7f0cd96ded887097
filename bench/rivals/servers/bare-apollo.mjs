/** Apollo Server with one type and one resolver: the least that can return a product. */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { announce, upstream } from './serve.mjs';

const typeDefs = /* GraphQL */ `
  type Query {
    product(id: ID!): Product
  }
  type Product {
    pmsId: String!
    name: String
  }
`;
const resolvers = {
  Query: {
    product: async (_, { id }) => (await fetch(`${upstream}/MedicinalProductDefinition/${id}`)).json(),
  },
  Product: { pmsId: ({ id }) => id, name: ({ name }) => name?.[0]?.productName },
};

const { url } = await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
  listen: { port: 0, host: '127.0.0.1' },
});
announce(url);
