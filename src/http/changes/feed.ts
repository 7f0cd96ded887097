/**
 * Writes changes of products as an Atom feed (RFC 4287) with links to further pages (RFC 5005). The newest change comes
 * first. All links are relative, because a proxy may publish the service under another address.
 */
import type { Change, ChangePlace, ChangesFound } from '../../search-index/changes/change.js';
import { writePlace } from './place.js';

/** The part of the list that a page shows. */
export interface FeedPage {
  readonly after?: ChangePlace | undefined;
  readonly before?: ChangePlace | undefined;
}

const tag = 'tag:pms-graphql,2026:changes';

/** The library is loaded with the first feed, because it would delay each start. */
export async function feedOf(found: ChangesFound, page: FeedPage): Promise<string> {
  const { generateAtomFeed } = await import('feedsmith');
  const { rows, head, recordedSince } = found;
  const [newest] = rows;
  return generateAtomFeed({
    id: `${tag}/${head.handle}`,
    title: { value: 'Changes of medicinal products' },
    updated: new Date(newest?.at ?? recordedSince),
    authors: [{ name: 'pms-graphql' }],
    links: linksOf(found, page),
    entries: rows.map((change) => entryOf(change, head.handle)),
  });
}

/** `next` leads to older changes. `previous` leads to the changes after this page, so a client keeps it to go on. */
function linksOf({ rows, head, hasNext }: ChangesFound, { after, before }: FeedPage) {
  const last = rows.at(-1);
  const older = last && { handle: head.handle, offset: last.offset };
  return [
    { rel: 'self', href: hrefOf({ after, before }) },
    ...(hasNext && older ? [{ rel: 'next', href: hrefOf({ after, before: older }) }] : []),
    ...(before ? [] : [{ rel: 'previous', href: hrefOf({ after: head }) }]),
  ];
}

function hrefOf({ after, before }: FeedPage): string {
  const parts = [
    ...(after ? [`after=${writePlace(after)}`] : []),
    ...(before ? [`before=${writePlace(before)}`] : []),
  ];
  return parts.length > 0 ? `changes?${parts.join('&')}` : 'changes';
}

function entryOf({ offset, productId, kind, at, parts, firstSeen }: Change, handle: string) {
  const what = `${kind} ${productId}`;
  const title = parts.length > 0 ? `${what}: ${parts.join(', ')}` : what;
  return {
    id: `${tag}/${writePlace({ handle, offset })}`,
    title: { value: title },
    updated: new Date(at),
    ...(firstSeen !== undefined && { published: new Date(firstSeen) }),
    categories: [
      { term: kind, scheme: `${tag}/kind` },
      ...parts.map((part) => ({ term: part, scheme: `${tag}/part` })),
      { term: productId, scheme: `${tag}/product` },
    ],
    // Atom requires a content if an entry has no link to a page.
    content: { type: 'text', value: title },
  };
}
