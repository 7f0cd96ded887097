/** Returns the doctor's page as one self-contained HTML file. It can be stored, or sent to someone who helps. */
import { html, Markup } from './markup.js';
import type { Picture } from './picture.js';
import { sectionsOf } from './sections.js';
import { style } from './style.js';

export function documentOf(picture: Picture): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>What this service can do – PMS GraphQL</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <main>${sectionsOf(picture)}</main>
      </body>
    </html> `;
  return `${page.text.trim()}\n`;
}
