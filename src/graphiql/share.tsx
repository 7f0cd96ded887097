/** Links that share the content of the editors: `?query=…&variables=…` opens it. */
import { ToolbarButton, useGraphiQL } from '@graphiql/react';
import { useState } from 'react';

/** Returns the query and the variables in a page's URL. GraphiQL opens the query in a tab. */
export function sharedIn(search: string): { initialQuery?: string; initialVariables?: string } {
  const given = new URLSearchParams(search);
  const [query, variables] = [given.get('query'), given.get('variables')];
  return {
    ...(query === null ? {} : { initialQuery: query }),
    ...(query === null || variables === null ? {} : { initialVariables: variables }),
  };
}

export function ShareButton() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const [isCopied, setIsCopied] = useState(false);
  const share = async (): Promise<void> => {
    const given = new URLSearchParams({ query: queryEditor?.getValue() ?? '' });
    const variables = variableEditor?.getValue() ?? '';
    if (variables.trim() !== '') given.set('variables', variables);
    const address = `${location.pathname}?${given}`;
    history.replaceState(null, '', address);
    // If the browser refuses access to the clipboard, the user can copy the link from the address bar.
    await navigator.clipboard?.writeText(new URL(address, location.href).href).catch(() => undefined);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), shownMs);
  };
  return (
    <ToolbarButton
      onClick={() => void share()}
      label={isCopied ? 'Link copied' : 'Copy a link to this query'}
    >
      <svg
        className="graphiql-toolbar-icon"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden="true"
      >
        {isCopied ? (
          <path d="m5 12.5 4.5 4.5L19 7.5" strokeLinecap="round" strokeLinejoin="round" />
        ) : (
          <path
            d="M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7L12 17.7"
            strokeLinecap="round"
          />
        )}
      </svg>
    </ToolbarButton>
  );
}

const shownMs = 2_000;
