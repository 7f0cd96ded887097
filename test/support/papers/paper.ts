/** The documentation pages: README.md, docs/ and others, with their headings, links and code blocks. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Block {
  readonly language: string;
  /** The word after the language: `fragment` for code that is a part of a file. */
  readonly note: string;
  readonly text: string;
  /** Line of the first line of code. */
  readonly line: number;
}

export interface Link {
  /** The target as written: `docs/queries.md#ids`. */
  readonly target: string;
  readonly line: number;
}

export interface Paper {
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Links to files of this repository, or to headings in them. */
  readonly links: readonly Link[];
  /** The anchors that GitHub derives from the headings. */
  readonly anchors: ReadonlySet<string>;
}

const beside = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'bench/README.md'];

export function readPapers(): readonly Paper[] {
  const docs = readdirSync('docs').map((name) => `docs/${name}`);
  return [...beside, ...docs].map((file) => paperOf(file, readFileSync(file, 'utf8')));
}

export function paperOf(file: string, text: string): Paper {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  const prose: (readonly [line: number, text: string])[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', language = '', note = ''] = /^( *)```(\w*) ?(.*)$/.exec(lines[at] ?? '') ?? [];
    if (!/^ *```/.test(lines[at] ?? '')) {
      prose.push([at + 1, lines[at] ?? '']);
      continue;
    }
    const first = at + 1;
    for (at = first; at < lines.length && lines[at] !== `${indent}\`\`\``; at += 1);
    const code = lines.slice(first, at).map((line) => line.slice(indent.length));
    blocks.push({ language, note, text: `${code.join('\n')}\n`, line: first + 1 });
  }
  return {
    file,
    text,
    blocks,
    links: prose.flatMap(([line, each]) => linksIn(each).map((target) => ({ target, line }))),
    anchors: anchorsOf(prose.map(([, each]) => each)),
  };
}

/** Ignores text in inline code that looks like a link: `[a](b)`. */
function linksIn(line: string): readonly string[] {
  const plain = line.replaceAll(/`[^`]*`/g, (code) => '`'.repeat(code.length));
  return [...plain.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function anchorsOf(lines: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of lines) {
    const [, title] = /^#{1,6} (.+)$/.exec(line) ?? [];
    if (title === undefined) continue;
    const slug = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}
