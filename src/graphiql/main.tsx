/**
 * The page at `/graphql`: GraphiQL with the worked examples, links to share a query, and the receipt of each response.
 */
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { useGraphiQL } from '@graphiql/react';
import { createGraphiQLFetcher, createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { examplesPlugin } from './examples-panel.js';
import { firstExample } from './examples.js';
import { fetchWithAge, Receipt } from './receipt.js';
import { ShareButton, sharedIn } from './share.js';

const fetcher = createGraphiQLFetcher({
  url: '/graphql',
  enableIncrementalDelivery: false,
  fetch: fetchWithAge,
});

/**
 * A storage with its own namespace, because another project's GraphiQL on the same host and port also stores its tabs.
 */
const storage = createLocalStorage({ namespace: 'pms-graphql' });

/** Scrolls the active tab into view, because a new or selected tab may be outside the visible part. */
function ShowActiveTab() {
  const index = useGraphiQL((state) => state.activeTabIndex);
  // A new tab becomes wider when its title arrives.
  const titles = useGraphiQL((state) => state.tabs.map(({ title }) => title).join());
  useEffect(() => {
    const tab = document.querySelectorAll('.graphiql-tabs > *')[index];
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [index, titles]);
  return null;
}

/** Returns the first tab if the browser has stored no tabs: the query in the page's URL, or the first example. */
function openedAtFirst(): { query: string; variables?: string }[] {
  const { initialQuery: query = firstExample?.query, initialVariables: variables } = sharedIn(
    location.search,
  );
  if (query === undefined) return [];
  return [variables === undefined ? { query } : { query, variables }];
}

createRoot(document.querySelector('#graphiql')!).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    plugins={[examplesPlugin, HISTORY_PLUGIN]}
    defaultTabs={openedAtFirst()}
    {...sharedIn(location.search)}
  >
    <GraphiQL.Logo>PMS GraphQL</GraphiQL.Logo>
    <GraphiQL.Toolbar>
      {({ prettify, merge, copy }) => (
        <>
          {prettify}
          {merge}
          {copy}
          <ShareButton />
        </>
      )}
    </GraphiQL.Toolbar>
    <GraphiQL.Footer>
      <Receipt />
      <ShowActiveTab />
    </GraphiQL.Footer>
  </GraphiQL>,
);
