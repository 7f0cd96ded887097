/**
 * The style sheet of the doctor's page, for light and dark mode. It is inserted into the page, so that the page is
 * self-contained.
 */
export const style = `
:root { color-scheme: light dark; }
body { background: light-dark(#ffffff, #212a3b); color: light-dark(#1c2433, #e8ecf4); font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { margin: 0 auto; max-width: 70rem; padding: 1rem; }
a { color: light-dark(#0b57a4, #8cc2ff); }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; }
.notice { background: light-dark(#fff1cc, #4a3a12); color: light-dark(#3d2c00, #ffecc2); }
.notice p { margin: 0; padding: 0.5rem 1rem; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); margin: 0; }
.cards > div { border: 1px solid light-dark(#8a94a6, #73809a); border-radius: 0.5rem; padding: 0.75rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; }
dd strong { display: block; font-size: 1.5rem; line-height: 1.3; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid light-dark(#0b57a4, #8cc2ff); }
table { border-collapse: collapse; margin: 0.5rem 0 1rem; width: 100%; }
caption { font-weight: 600; padding: 0.25rem 0; text-align: start; }
th, td { border-bottom: 1px solid light-dark(#c4cad6, #4b5872); padding: 0.35rem 0.75rem 0.35rem 0; text-align: start; vertical-align: top; }
tbody th { font-weight: 400; min-width: 9rem; overflow-wrap: anywhere; }
td { min-width: 5rem; }
.count { display: inline-block; font-variant-numeric: tabular-nums; min-width: 3ch; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; }
.bar { background: light-dark(#d5dbe6, #46536d); border-radius: 0.25rem; display: inline-block; height: 0.6rem; overflow: hidden; vertical-align: middle; width: 8rem; }
.bar > span { background: light-dark(#0b57a4, #8cc2ff); display: block; height: 100%; }
.yes { color: light-dark(#0a5c2b, #8fe0ad); white-space: nowrap; }
.no { color: light-dark(#8f1d1d, #ffb3ab); font-weight: 600; white-space: nowrap; }
.tags { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; margin: 0; padding: 0; }
@media print { details::details-content { content-visibility: visible; height: auto; } }
`;
