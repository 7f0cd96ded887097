/** The doctor's page as HTML: the upstream's capabilities, the coverage of the index and the request limits. */
import { bar, html, table, type Markup } from './markup.js';
import { daysLeft } from '../oauth/days-left.js';
import type { Coverage, Feature, Filter, Picture } from './picture.js';

/** Returns the content of the page’s `main` element. */
export function sectionsOf(picture: Picture): Markup {
  const { version, upstream, at, checks } = picture;
  const about = upstream === 'sandbox' ? 'a sandbox with sample data, not for clinical use' : 'a FHIR server';
  return html`<h1>What this service can do</h1>
    <p>pms-graphql ${version} over ${about}. As of ${moment(at)}.</p>
    ${checks ? checked(checks) : ''} ${glance(picture)} ${filters(picture)} ${index(picture)}
    ${features(picture)}`;
}

const unknown = 'unknown';

function checked(checks: NonNullable<Picture['checks']>): Markup {
  const wrong = checks.filter(({ ok }) => !ok).length;
  const verdict = wrong === 0 ? 'All is well.' : `${counted(wrong, 'check')} of ${checks.length} failed.`;
  const rows = checks.map(({ name, ok, says }) => [name, yesNo(ok, 'ok', 'WRONG'), says] as const);
  return html`<section>
    <h2>Checks</h2>
    <p>${verdict}</p>
    ${table('What doctor has checked', ['Check', 'Outcome', 'What was found'], rows)}
  </section>`;
}

function glance({ profile, profiles, rate, requestBudget, secretExpires, index: kept, at }: Picture): Markup {
  return html`<section>
    <h2>At a glance</h2>
    <dl class="cards">
      ${card('Profile', profile ?? unknown, profiles.length > 0 ? `Offered: ${profiles.join(', ')}` : '')}
      ${rateCard(rate)}
      ${card('One operation', whole(requestBudget), 'upstream requests at most. An operation that needs more is refused before it starts.')}
      ${secretCard(secretExpires, at)}
      ${typeof kept === 'string' ? card('Index', kept, indexWords[kept]) : coverageCard(kept)}
    </dl>
  </section>`;
}

function card(title: string, figure: string, words: Markup | string): Markup {
  return html`<div>
    <dt>${title}</dt>
    <dd><strong>${figure}</strong> ${words}</dd>
  </div>`;
}

function rateCard({ limit, left }: Picture['rate']): Markup {
  const title = 'Requests left';
  if (limit === null) return card(title, 'no limit', 'Requests to the upstream are not limited.');
  if (left === null) return card(title, unknown, `Of ${counted(limit, 'upstream request')} a minute.`);
  const words = html`of ${counted(limit, 'upstream request')} a minute ${bar(left, limit)}`;
  return card(title, whole(left), words);
}

function secretCard(expires: Date | null, at: Date): Markup {
  const title = 'Client secret';
  if (expires === null) return card(title, unknown, 'Set PMS_SECRET_EXPIRES to see when it expires.');
  const days = daysLeft(expires, at.getTime());
  const day = expires.toISOString().slice(0, 10);
  return days < 0
    ? card(title, 'expired', `On ${day}.`)
    : card(title, `${counted(days, 'day')} left`, `It expires on ${day}.`);
}

function coverageCard({ products, upstreamTotal, complete }: Coverage): Markup {
  const held = `${whole(products)} products`;
  if (upstreamTotal === null)
    return card('Index', held, complete ? 'Complete.' : 'The number of products of the upstream is unknown.');
  const words = html`of ${whole(upstreamTotal)}, ${complete ? 'complete' : 'not complete'}
  ${bar(products, upstreamTotal)}`;
  return card('Index', held, words);
}

const indexWords = {
  none: 'This service has no index (setting INDEX).',
  unavailable: 'The index could not be opened.',
  'in another process':
    'The index is in the memory of the running service. The page of that service shows it.',
} as const;

const supports: Readonly<Record<string, string>> = {
  UPSTREAM: 'searched by the upstream',
  INDEX: 'searched in the index',
  HERE: 'checked by this service',
  REFUSED: 'refused',
};

function filters({ filters: all }: Picture): Markup {
  if (all.length === 0)
    return html`<section>
      <h2>Filters</h2>
      <p>Unknown: the upstream did not respond as expected.</p>
    </section>`;
  const kinds = [...new Set([...Object.keys(supports), ...all.map(({ support }) => support)])];
  const counts = kinds.map((kind) => {
    const count = all.filter(({ support }) => support === kind).length;
    return [supportOf(kind), html`<span class="count">${count}</span> ${bar(count, all.length)}`] as const;
  });
  return html`<section>
    <h2>Filters</h2>
    ${table('What applies the parts of a product filter', ['By', `Of ${all.length} parts`], counts)}
    <details>
      <summary>Each part of a product filter</summary>
      ${table('Each part of a product filter', ['Part', 'By', 'How, or why not'], all.map(filterRow))}
    </details>
  </section>`;
}

function filterRow({ part, support, reason }: Filter) {
  return [html`<code>${part}</code>`, supportOf(support), reason] as const;
}

function supportOf(support: string): string {
  return supports[support] ?? support;
}

function index({ index: kept, filters: all }: Picture): Markup {
  const title = html`<h2>What the index adds</h2>`;
  if (typeof kept === 'string')
    return html`<section>
      ${title}
      <p>${indexWords[kept]}</p>
    </section>`;
  const added = all
    .filter(({ support }) => support === 'INDEX')
    .map(({ part }) => html`<li><code>${part}</code></li>`);
  const rows = [
    ['Products in the index', whole(kept.products)],
    [
      'Products with all their records',
      html`${whole(kept.withDetails)} ${bar(kept.withDetails, kept.products)}`,
    ],
    [
      'Products of the upstream, by its own count',
      kept.upstreamTotal === null ? unknown : whole(kept.upstreamTotal),
    ],
    ['Complete', yesNo(kept.complete, 'yes', 'no')],
    ['Last complete list', kept.asOf === null ? 'never' : moment(kept.asOf)],
    ...kept.gaps.map((gap) => ['Gap', gap] as const),
  ] as const;
  return html`<section>
    ${title}${table('Products in the index', ['What', 'How much'], rows)}
    ${
      added.length === 0
        ? html`<p>No part of a filter needs the index.</p>`
        : html`<p>The index applies ${counted(added.length, 'part')} of a product filter:</p>
            <ul class="tags">
              ${added}
            </ul>`
    }
  </section>`;
}

const evidences: Readonly<Record<string, string>> = {
  assumed: 'assumed: there is no evidence against it',
  configured: 'the settings say so',
  declared: 'the upstream says so',
  probed: 'tried',
  seen: 'it worked when an operation needed it',
  refuted: 'tested: it does not work',
};

/** Groups of features, by the first word of a feature’s name. */
const groups: readonly (readonly [title: string, form: RegExp])[] = [
  ['Searches', /^search /],
  ['Includes', /^(include|revinclude)/],
  ['Sorting', /^sort /],
  ['Profiles', /^/],
];

function features({ features: all }: Picture): Markup {
  const title = html`<h2>What the upstream can do</h2>`;
  if (all.length === 0)
    return html`<section>
      ${title}
      <p>Unknown: the upstream did not respond as expected.</p>
    </section>`;
  const groupOf = (name: string) => groups.findIndex(([, form]) => form.test(name));
  const tables = groups.map(([caption], group) => {
    const own = all.filter(({ name }) => groupOf(name) === group);
    return own.length === 0 ? '' : featureGroup(caption, own);
  });
  return html`<section>${title}${tables.toReversed()}</section>`;
}

function featureGroup(caption: string, own: readonly Feature[]): Markup {
  const offered = own.filter((feature) => feature.offered).length;
  const rows = own.map(
    (feature) =>
      [
        html`<code>${feature.name}</code>`,
        yesNo(feature.offered, 'yes', 'no'),
        evidences[feature.evidence.toLowerCase()] ?? feature.evidence,
      ] as const,
  );
  return html`<details>
    <summary>${caption}: ${offered} of ${own.length} offered ${bar(offered, own.length)}</summary>
    ${table(caption, ['What', 'Offered', 'Evidence'], rows)}
  </details>`;
}

/** Returns a sign and a word, because colour alone is not accessible. */
function yesNo(is: boolean, yes: string, no: string): Markup {
  return html`<span class="${is ? 'yes' : 'no'}"
    ><span aria-hidden="true">${is ? '✓' : '✗'}</span> ${is ? yes : no}</span
  >`;
}

function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function whole(count: number): string {
  return count.toLocaleString('en');
}

function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
