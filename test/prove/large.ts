/** A query whose response has some 3 MB and needs no upstream request. */
export const large = `{ ${Array.from({ length: 3 }, (_, root) => `s${root}: __schema { types { fields { ...D } } }`).join(' ')} }
  fragment D on __Field { ${Array.from({ length: 20 }, (_, index) => `d${index}: description`).join(' ')} }`;
