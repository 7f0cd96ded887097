/** Searches by many values. It puts as many values into a search as one request can contain, and reads all pages. */
import { isPmsError, PmsError } from '../../../errors.js';
import type { Page } from '../../../fhir/bundle.js';
import { mustSplit } from '../../../fhir/client.js';
import type { ResourceType } from '../../../fhir/resources.js';
import { chunksThatFit, type SearchParameterName } from '../../../fhir/search.js';
import { idOf, type Key } from '../../graph/key.js';
import type { State } from '../../graph/relation.js';
import { createSearchSender } from '../search-sender.js';
import { Spent } from '../ledger.js';
import { cut, isCutAs } from '../pages.js';
import type { Operation } from '../profile.js';
import { readSurely } from '../reading.js';

/** The `_count` of searches for children. Servers with a lower maximum return fewer rows and a `next` link. */
const pageSize = 500;
/** Maximum number of times that a search is split because a server or proxy refused its length. */
const mostSplits = 12;

/** The pages of one search. */
export interface SearchedPages {
  readonly pages: readonly Page[];
  readonly state: State;
}

export interface Chunks {
  eachChunk(
    type: ResourceType,
    name: SearchParameterName,
    keys: readonly Key[],
    send: (chunk: readonly Key[]) => Promise<void>,
  ): Promise<void>;
  /**
   * Reads all pages of one search.
   * @param check throws if a page shows that the upstream ignored the search parameter
   */
  searchToEnd(
    type: ResourceType,
    name: SearchParameterName,
    chunk: readonly Key[],
    check: (page: Page) => void,
  ): Promise<SearchedPages>;
}

export function createChunks(at: Operation): Chunks {
  const { client, features, figures } = at;
  const ask = createSearchSender(at);
  return { eachChunk, searchToEnd };

  /**
   * Sends one search for as many values as a request can contain. For more values, several searches are sent at the
   * same time.
   */
  async function eachChunk(
    type: ResourceType,
    name: SearchParameterName,
    keys: readonly Key[],
    send: (chunk: readonly Key[]) => Promise<void>,
    splits = 0,
  ): Promise<void> {
    const takesMany = features.evidence('or') !== 'refuted';
    const chunks = takesMany
      ? chunksThatFit(keys, (chunk) => client.fits(type, ask.parameters(type, valueOf(name, chunk))))
      : keys.map((key) => [key]);
    await Promise.all(
      chunks.map(async (chunk) => {
        try {
          await send(chunk);
        } catch (error) {
          if (!mustSplit(error) || splits === mostSplits) throw error;
          await eachChunk(type, name, chunk, send, splits + 1);
        }
      }),
    );
  }

  async function searchToEnd(
    type: ResourceType,
    name: SearchParameterName,
    chunk: readonly Key[],
    check: (page: Page) => void,
  ): Promise<SearchedPages> {
    const readings: Page[][] = [];
    const feature = `search ${type}?${name}` as const;
    try {
      const settling = features.settled(feature);
      if (settling) await settling;
    } catch (error) {
      if (!isPmsError(error)) throw error;
      return { pages: [], state: { kind: 'failed', error } };
    }
    if (!features.has(feature)) return { pages: [], state: { kind: 'failed', error: notSearchable(type) } };
    const asked = valueOf(name, chunk);
    const found = (reading: number): number =>
      new Set((readings[reading] ?? []).flatMap(({ resources }) => resources.map(({ id }) => id))).size;
    try {
      const state = await readSurely(
        () => ask.search(type, asked),
        at,
        (page, reading) => {
          check(page);
          figures.sawPage(page.resources.length, pageSize, page.next === undefined);
          (readings[reading] ??= []).push(page);
        },
        { type, asked, found },
      );
      features.note(feature, 'seen');
      // If the last attempt was incomplete, it may lack records that an earlier attempt returned.
      const isRead = state.kind === 'complete' || isCutAs(state, 'UNREADABLE_ENTRIES');
      return { pages: isRead ? (readings.at(-1) ?? []) : readings.flat(), state };
    } catch (error) {
      if (error instanceof Spent) return { pages: readings.flat(), state: cut(error.reason) };
      if (!isPmsError(error) || mustSplit(error)) throw error;
      ask.learnFrom(error, type, name);
      return { pages: [], state: { kind: 'failed', error } };
    }
  }
}

function valueOf(
  name: SearchParameterName,
  keys: readonly Key[],
): readonly {
  readonly name: SearchParameterName;
  readonly values: readonly (string | number)[];
}[] {
  return [
    { name, values: name === '_id' ? keys.map(idOf) : keys },
    { name: '_count', values: [pageSize] },
  ];
}

export function notSearchable(type: ResourceType): PmsError {
  return new PmsError(
    'UPSTREAM_UNSUPPORTED',
    `The upstream does not support the search for ${type} that this field needs.`,
  );
}
