/**
 * The query for each kind of schema, and functions that convert the responses to one shape: fifty products with their packages, the
 * item in each, and the ingredients of each item.
 */

/** The query for this service and for servers with a schema written by hand. */
export const inNodes = `query Rivals {
  products(first: 50) {
    nodes {
      pmsId
      name
      packages(first: 100) {
        nodes {
          id
          description
          packaging {
            items {
              item {
                id
                doseForm { code }
                ingredients(first: 100) { nodes { id role { code } substance { code name } } }
              }
            }
          }
        }
      }
    }
  }
}`;

/** The query for servers that derive their schema from the upstream's JSON. It selects through the Bundles. */
export const inBundles = `{
  products {
    entry {
      resource {
        id
        name { productName }
        packages {
          entry {
            resource {
              id
              description
              packaging {
                containedItem {
                  manufactured {
                    id
                    manufacturedDoseForm { coding { code } }
                    ingredients {
                      entry {
                        resource {
                          id
                          role { coding { code } }
                          substance { code { concept { coding { code display } } } }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}`;

export function fromNodes({ products }) {
  return products?.nodes.map((product) => ({
    id: product.pmsId,
    name: product.name,
    packages: product.packages?.nodes.map((pack) => ({
      id: localId(pack),
      description: pack.description,
      items: pack.packaging?.items.map(({ item }) => ({
        id: localId(item),
        doseForm: item?.doseForm?.code,
        ingredients: item?.ingredients?.nodes.map((ingredient) => ({
          id: localId(ingredient),
          role: ingredient.role?.code,
          code: ingredient.substance?.code,
          name: ingredient.substance?.name,
        })),
      })),
    })),
  }));
}

export function fromBundles({ products }) {
  return resourcesIn(products).map((product) => ({
    id: product.id,
    name: product.name?.[0]?.productName,
    packages: resourcesIn(product.packages).map((pack) => ({
      id: pack.id,
      description: pack.description,
      items: pack.packaging?.containedItem?.map(({ manufactured: item }) => {
        return {
          id: item?.id,
          doseForm: item?.manufacturedDoseForm?.coding?.[0]?.code,
          ingredients: resourcesIn(item?.ingredients).map((ingredient) => {
            const substance = ingredient.substance?.code?.concept?.coding?.[0];
            return {
              id: ingredient.id,
              role: ingredient.role?.coding?.[0]?.code,
              code: substance?.code,
              name: substance?.display,
            };
          }),
        };
      }),
    })),
  }));
}

function resourcesIn(bundle) {
  return (bundle?.entry ?? []).map(({ resource }) => resource);
}

/** Removes the type from an id of this service. */
function localId(node) {
  return node?.id?.slice(node.id.indexOf(':') + 1);
}
