/** Builds HTML as text. Inserted texts are escaped and cannot become markup. */

export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | number | readonly Part[];

/** Builds HTML from a template. All inserted parts are escaped, except `Markup`. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(pieces.map((piece, index) => piece + written(parts[index] ?? '')).join(''));
}

function written(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(written).join('');
  return String(part).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Returns a table with a caption and column headings. The first cell of each row is the row's heading. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly [Part, ...Part[]])[],
): Markup {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...others]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${others.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/**
 * Returns a bar chart of one value. It is hidden from screen readers, because the text next to it states the same
 * number.
 */
export function bar(part: number, whole: number): Markup {
  const percent = whole > 0 ? Math.min(100, Math.max(0, Math.round((100 * part) / whole))) : 0;
  return html`<span class="bar" aria-hidden="true"><span style="width:${percent}%"></span></span>`;
}
