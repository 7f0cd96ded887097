/** Creates pseudorandom numbers from a seed. */

/** The algorithm is Mulberry32. Each product has its own sequence of numbers. */
export function createRandom(seed: number, index: number): () => number {
  let state = Math.imul(seed + 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(index + 1, 0xc2b2_ae35);
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
