import { join } from 'node:path';
import { openSqliteStore } from '../../../src/search-index/store/open-sqlite-store.js';
import { testFolder } from '../../support/folder.js';
import { describeStore } from './contract.js';

describeStore({
  name: 'SQLite in a file',
  open: (options) =>
    openSqliteStore({ file: join(testFolder().path, 'index.sqlite'), identity: 'test', ...options }),
});

describeStore({
  name: 'SQLite in memory',
  open: (options) => openSqliteStore({ file: undefined, identity: 'test', ...options }),
});
