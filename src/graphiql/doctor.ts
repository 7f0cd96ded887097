/** The page at `/graphiql/doctor`. It displays the capabilities of this service, from the `service` field. */
import { html } from '../doctor-page/markup.js';
import { sectionsOf } from '../doctor-page/sections.js';
import { style } from '../doctor-page/style.js';
import { pictureOf, serviceQuery, type ServiceAnswer } from './service-facts.js';

const sheet = document.createElement('style');
sheet.textContent = style;
document.head.append(sheet);

const main = document.querySelector('main')!;
try {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: serviceQuery }),
  });
  // All texts in this HTML are escaped.
  main.innerHTML = sectionsOf(pictureOf((await response.json()) as ServiceAnswer, new Date())).text;
} catch (error) {
  const message = error instanceof Error ? error.message : 'it did not respond.';
  main.innerHTML = html`<h1>What this service can do</h1>
    <p role="alert">The state of this service could not be read: ${message}</p>`.text;
}
main.setAttribute('aria-busy', 'false');
