/**
 * Opens the index in a separate process: `node process.mjs <file> hold` keeps it open, `… write <first>` writes batches with
 * numbers from `first` on. Prints a line of JSON after each step.
 */
import { openSqliteStore } from '../../../dist/search-index/store/open-sqlite-store.js';

const [file, act, first] = process.argv.slice(2);
const store = await openSqliteStore({ file, identity: 'test' });

/** The number of products in a batch. The record of each product states its number of rows and tokens. */
const products = 20;

if (act === 'hold') {
  const refused = await store.write([rowsOf(0, 0)]).then(
    () => undefined,
    ({ code, message }) => ({ code, message }),
  );
  const { access, because } = await store.status();
  print({ access, because, refused, products: (await store.all()).length });
  process.stdin.resume();
  process.stdin.on('end', () => store.close());
} else {
  for (let batch = Number(first); ; batch += 1) {
    await store.write(Array.from({ length: products }, (_, index) => rowsOf(batch, index)));
    await store.note('batch', `${batch}`);
    print({ batch });
  }
}

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function rowsOf(batch, index) {
  // Five products are in every batch, so their numbers of rows change.
  const id = index < 5 ? `again-${index}` : `${batch}-${index}`;
  const count = 20 + ((batch * 7 + index) % 50);
  return {
    id,
    asOf: 1_000 + batch,
    versionId: `${batch}`,
    lastUpdated: undefined,
    state: 'held',
    own: new Uint8Array(Buffer.from(`${count}`)),
    rest: new Uint8Array(20_000).fill(batch),
    rows: Array.from({ length: count }, (_, record) => ({
      part: 'name',
      record,
      shape: `${(batch + record) % 97}`,
    })),
    parts: { '1 own OTHER': `${batch}` },
    tokens: Array.from({ length: count }, (_, record) => ({ kind: 'id', value: id, record })),
  };
}
