/** Compresses long shapes, in which the words of terms repeat. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { eachInTurn } from '../turns.js';
import type { Shape } from './index-store.js';

/** Shapes up to this number of characters are not compressed, because compression would gain nothing. */
const longest = 300;
/** The beginning of a compressed shape. Other shapes are JSON, which never begins like this. */
const mark = 'z:';

export function packShape(shape: string): string {
  return shape.length > longest ? mark + deflateRawSync(shape).toString('base64') : shape;
}

export async function unpackShapes(shapes: readonly Shape[]): Promise<readonly Shape[]> {
  const all: Shape[] = [];
  await eachInTurn(shapes, ({ number, shape }) => void all.push({ number, shape: unpack(shape) }));
  return all;
}

function unpack(shape: string): string {
  if (!shape.startsWith(mark)) return shape;
  return inflateRawSync(Buffer.from(shape.slice(mark.length), 'base64')).toString('utf8');
}
