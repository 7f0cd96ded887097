/** A store whose longer shapes are packed: records repeat the words of their terms. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { IndexStore, Shape } from './store/index-store.js';
import { eachInTurn } from './turns.js';

/** Characters: shorter ones gain nothing. */
const longest = 300;
/** No shape begins so: they are JSON. */
const mark = 'z:';

export function withPackedShapes(store: IndexStore): IndexStore {
  return {
    ...store,
    write: (products) =>
      store.write(
        products.map((product) => ({
          ...product,
          told: product.told.map((row) => ({ ...row, shape: pack(row.shape) })),
        })),
      ),
    shapes: async (part, after) => allUnpacked(await store.shapes(part, after)),
    async told(part, products) {
      const { told, shapes } = await store.told(part, products);
      return { told, shapes: await allUnpacked(shapes) };
    },
  };
}

async function allUnpacked(shapes: readonly Shape[]): Promise<readonly Shape[]> {
  const all: Shape[] = [];
  await eachInTurn(shapes, (shape) => void all.push(unpacked(shape)));
  return all;
}

function pack(shape: string): string {
  return shape.length > longest ? mark + deflateRawSync(shape).toString('base64') : shape;
}

function unpacked({ number, shape }: Shape): Shape {
  if (!shape.startsWith(mark)) return { number, shape };
  return { number, shape: inflateRawSync(Buffer.from(shape.slice(mark.length), 'base64')).toString('utf8') };
}
