/** The page at `/graphql`: GraphiQL over this service, with the worked examples in tabs. */
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createGraphiQLFetcher, createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examples } from './examples.js';

const fetcher = createGraphiQLFetcher({ url: '/graphql', enableIncrementalDelivery: false });

/** Its own: another GraphiQL on this host and port, of another project, keeps its tabs to itself. */
const storage = createLocalStorage({ namespace: 'pms-graphql' });

createRoot(document.querySelector('#graphiql')!).render(
  <GraphiQL fetcher={fetcher} storage={storage} defaultTabs={[...examples]}>
    <GraphiQL.Logo>PMS GraphQL</GraphiQL.Logo>
  </GraphiQL>,
);
