/** The worked examples: the operations of schema/operations, bundled when the page is built. */

const documents = import.meta.glob<string>('../../schema/operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** It runs without variables, and shows the whole in one request. */
const first = 'linked-products';

/** In the order of the tabs: the first one, then by name. */
export const examples: readonly { readonly query: string }[] = Object.entries(documents)
  .sort(([left], [right]) => Number(isFirst(right)) - Number(isFirst(left)) || left.localeCompare(right))
  .map(([, query]) => ({ query }));

function isFirst(path: string): boolean {
  return path.endsWith(`/${first}.graphql`);
}
