import { afterAll, beforeAll, describe } from 'vitest';
import { openPostgresStore } from '../../../src/search-index/store/postgres/open-postgres-store.js';
import { hasPostgres, needsPostgres, startPostgres, type PostgresServer } from '../../support/postgres.js';
import { describeStore } from './contract.js';

describe.skipIf(!hasPostgres)(`PostgreSQL, ${needsPostgres}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  describeStore({
    name: 'PostgreSQL',
    open: async (options) =>
      openPostgresStore({ url: await server.createDatabase(), identity: 'test', ...options }),
  });
});
