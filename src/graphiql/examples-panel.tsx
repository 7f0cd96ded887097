/** The list of worked examples. A click opens an example in a new tab. */
import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import { useState } from 'react';
import { examples, type Example } from './examples.js';

export const examplesPlugin: GraphiQLPlugin = {
  title: 'Examples',
  icon: () => (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 5.5h16M4 12h16M4 18.5h10" strokeLinecap="round" />
    </svg>
  ),
  content: Examples,
};

function Examples() {
  const [sought, setSought] = useState('');
  const { addTab, setVisiblePlugin } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const words = sought.toLowerCase().split(/\s+/);
  const found = examples.filter(({ name, about, query }) => {
    const text = `${name} ${about} ${query}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const open = ({ query }: Example): void => {
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue('');
    // On a phone, the list would cover the tab that it has opened.
    if (matchMedia('(width <= 700px)').matches) setVisiblePlugin(null);
  };
  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      <input
        type="search"
        aria-label="Search the examples"
        placeholder="Search: bar code, language, holder …"
        value={sought}
        onChange={({ target }) => setSought(target.value)}
      />
      {[...new Set(found.map(({ group }) => group))].map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <ul>
            {found
              .filter((example) => example.group === group)
              .map((example) => (
                <li key={example.name}>
                  <button type="button" onClick={() => open(example)}>
                    <strong>{titleOf(example)}</strong>
                    <span>{example.about}</span>
                  </button>
                </li>
              ))}
          </ul>
        </section>
      ))}
      {found.length === 0 && <p role="status">No example contains these words.</p>}
    </section>
  );
}

function titleOf({ name }: Example): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
