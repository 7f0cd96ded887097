/** The receipt below a response: its cost, its age and its gaps. */
import { useGraphiQL } from '@graphiql/react';

/** Ages of responses in seconds, by the text of the response. Only the newest are stored. */
const ages = new Map<string, number>();
const mostAges = 50;

/** Calls `fetch`, and stores the age of the response. */
export async function fetchWithAge(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const age = response.headers.get('age');
  if (age !== null) {
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined);
    ages.set(JSON.stringify(body), Number(age));
    const [oldest] = ages.keys();
    if (ages.size > mostAges && oldest !== undefined) ages.delete(oldest);
  }
  return response;
}

interface Upstream {
  /** The cost is missing if the setting RECEIPT is `gaps`. */
  readonly profile?: string;
  readonly requests?: number;
  readonly cacheHits?: number;
  readonly incomplete: readonly Gap[];
  readonly stale: readonly object[];
}

interface Gap {
  readonly path: readonly (string | number)[];
  readonly reason: string;
  readonly reference?: string;
}

export function Receipt() {
  const text = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.response);
  const answer = text ? answerIn(text) : undefined;
  const upstream = answer?.extensions?.upstream;
  if (!answer || !upstream)
    return <p className="receipt">Run a query to see how many upstream requests it took.</p>;
  const age = ages.get(JSON.stringify(answer));
  const { requests, cacheHits, profile, incomplete, stale } = upstream;
  return (
    <div className="receipt" role="status" aria-label="Receipt">
      {requests !== undefined && <span>{counted(requests, 'upstream request')}</span>}
      {cacheHits !== undefined && <span>{cacheHits} from the cache</span>}
      {age !== undefined && <span>{counted(age, 'second')} old</span>}
      {profile !== undefined && <span>profile {profile}</span>}
      {stale.length > 0 && <span className="receipt-warning">parts are old copies</span>}
      {incomplete.length === 0 ? (
        <span>nothing is missing</span>
      ) : (
        <details className="receipt-warning">
          <summary>{counted(incomplete.length, 'gap')}</summary>
          <ul>
            {incomplete.map(({ path, reason, reference }) => (
              <li key={`${path.join('.')} ${reason} ${reference}`}>
                <code>{path.join('.')}</code>: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function answerIn(text: string): { readonly extensions?: { readonly upstream?: Upstream } } | undefined {
  try {
    return JSON.parse(text) as { readonly extensions?: { readonly upstream?: Upstream } };
  } catch {
    return undefined;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
