/** Grafast is for Node 22 and later; of what Node 20 lacks it needs this alone for what is asked here. */
Promise.withResolvers ??= function withResolvers() {
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
