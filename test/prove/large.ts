/** A query with an answer of some 3 MB, for which nobody has to be asked. */
export const large = `{ ${Array.from({ length: 3 }, (_, root) => `s${root}: __schema { types { fields { ...D } } }`).join(' ')} }
  fragment D on __Field { ${Array.from({ length: 30 }, (_, index) => `d${index}: description`).join(' ')} }`;
