/** Compresses long shapes, in which many words are repeated. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { eachInTurn } from '../turns.js';
import type { Shape } from './index-store.js';

/** Maximum number of characters of a shape that is not compressed. Compressing it would not make it shorter. */
const longest = 300;
/** The first characters of a compressed shape. Other shapes are JSON, which never begins like this. */
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
