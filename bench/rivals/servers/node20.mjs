/** Grafast requires Node 22 or later. For the query of the bench, this is the only function that Node 20 lacks. */
Promise.withResolvers ??= function withResolvers() {
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
