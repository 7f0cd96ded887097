/** The worker thread of the index. Its work does not block the thread that answers requests. */
import { createEngine, type Engine } from './engine.js';
import { openStore, type StoreOptions } from './store/open-store.js';
import { serveFromWorker } from './worker-host.js';

/** The engine, with an additional method that opens its store. */
export interface WorkerEngine extends Engine {
  open(options: StoreOptions): Promise<void>;
}

let opened: Engine | undefined;

function engine(): Engine {
  if (!opened) throw new Error('The index must be opened before it is used.');
  return opened;
}

/** The methods for queries of clients. They have a time limit. Other methods have none. */
const queries: readonly (keyof Engine)[] = [
  'find',
  'search',
  'facets',
  'suggest',
  'substances',
  'bearing',
  'changes',
];

const methods = {
  async open(options: StoreOptions) {
    opened = createEngine(await openStore(options));
  },
  write: (products: Parameters<Engine['write']>[0]) => engine().write(products),
  find: (query: Parameters<Engine['find']>[0]) => engine().find(query),
  search: (query: Parameters<Engine['search']>[0]) => engine().search(query),
  facets: (query: Parameters<Engine['facets']>[0]) => engine().facets(query),
  suggest: (query: Parameters<Engine['suggest']>[0]) => engine().suggest(query),
  prepare: () => engine().prepare(),
  know: (terms: Parameters<Engine['know']>[0]) => engine().know(terms),
  owns: (ids: readonly string[]) => engine().owns(ids),
  details: (ids: readonly string[]) => engine().details(ids),
  rows: (ids: readonly string[]) => engine().rows(ids),
  ids: () => engine().ids(),
  bearing: (...given: Parameters<Engine['bearing']>) => engine().bearing(...given),
  owners: (...given: Parameters<Engine['owners']>) => engine().owners(...given),
  substances: (query: Parameters<Engine['substances']>[0]) => engine().substances(query),
  changes: (query: Parameters<Engine['changes']>[0]) => engine().changes(query),
  claim: (...given: Parameters<Engine['claim']>) => engine().claim(...given),
  release: (...given: Parameters<Engine['release']>) => engine().release(...given),
  status: () => engine().status(),
  isSound: () => engine().isSound(),
  note: (...given: Parameters<Engine['note']>) => engine().note(...given),
  noted: (name: string) => engine().noted(name),
  purge: () => engine().purge(),
  close: () => engine().close(),
} satisfies Record<keyof WorkerEngine, unknown>;

serveFromWorker(methods, { hurried: new Set<string>(queries) });
