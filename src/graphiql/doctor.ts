/** The page at `/graphiql/doctor`: the abilities of this service, from its own `service` field. */
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
  // Whatever is put into it was escaped.
  main.innerHTML = sectionsOf(pictureOf((await response.json()) as ServiceAnswer, new Date())).text;
} catch (error) {
  const message = error instanceof Error ? error.message : 'It did not answer.';
  main.innerHTML = html`<h1>What this service can do</h1>
    <p role="alert">This service could not be asked: ${message}</p>`.text;
}
main.setAttribute('aria-busy', 'false');
