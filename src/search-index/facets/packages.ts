/** Facets of packages: pack size, and marketing state. */
import type { Marketed } from '../../facts/filter.js';
import { ofPackage } from '../../facts/of-package.js';
import type { MarketingRecord } from '../../facts/authorizations/marketed.js';
import { MarketingState, marketingStateNamed, marketingTermOf } from '../../terms/statuses.js';
import { recordColumn } from '../columns.js';
import { readValuesShape } from '../shapes.js';
import { choicesOf, isAskable, plainTells, type Field, type RecordValue } from './field.js';

/** The facet of pack sizes. It lists only whole numbers, because filters accept no others. */
export const packSize: Field = {
  part: 'packSize',
  column: () => recordColumn('packSize', 'package').name,
  reader: () => (shape) =>
    plainTells(
      readValuesShape(shape).flatMap((size) => (Number.isSafeInteger(size) ? [{ value: String(size) }] : [])),
    ),
  filterFor: (value) => ({ packSize: { min: Number(value), max: Number(value) } }),
  choices({ packSize: asked }) {
    if (!asked) return [];
    const { min = 0, max = Number.POSITIVE_INFINITY } = asked;
    return [
      {
        value: min === max ? String(min) : undefined,
        is: (value) => Number(value) >= min && Number(value) <= max,
      },
    ];
  },
};

const system = 'http://spor.ema.europa.eu/v1/lists/100000072052';

/**
 * The facet of the marketing state on the current day. Values are names of `MarketingState`; for other statuses, the
 * words of the status.
 */
export const marketed: Field = {
  part: 'marketed',
  isDated: true,
  column: (isAlone) => recordColumn('marketed', isAlone ? 'supply' : 'package').name,
  dependsOn: ({ marketed: asked }) => [asked?.country, asked?.restoreBefore],
  reader: ({ marketed: asked }) => {
    const { told } = ofPackage.marketed;
    return (shape) => {
      const values = readValuesShape(shape);
      const all = (values as readonly { readonly told: readonly MarketingRecord[] }[]).flatMap(
        (each) => each.told,
      );
      // Whether a status counts depends on its dates, its countries and the other statuses of the record. So each
      // possible status is tested separately.
      const isMet = (status: string): boolean =>
        told.test({ ...asked, status: [status] } as never, {})(values) === true;
      const keys = [...new Set(all.flatMap(statusesOf))].filter(isMet);
      const listed = [...new Set(all.flatMap(listedStatuses))];
      return { keys, values: listed.filter((status) => keys.includes(status)).map(statusValue) };
    };
  },
  filterFor: (value, { marketed: asked }) => ({ marketed: { ...asked, status: [value] } }),
  choices: ({ marketed: asked }) => choicesOf((asked?.status ?? []).map(statusAsked)),
};

const states = Object.values(MarketingState).filter((state) => state !== MarketingState.OTHER);

/** Returns every status by which a filter may find the record. */
function statusesOf(told: MarketingRecord): readonly string[] {
  return told.states.flatMap(({ state, words }) => {
    const said = states.filter((each) => words.includes(each.toLowerCase()));
    return [...(isKnown(state) ? [state] : []), ...said, ...words];
  });
}

function listedStatuses(told: MarketingRecord): readonly string[] {
  return told.states.flatMap(({ state, words }) => {
    // "No data provided" is not listed as a value.
    if (state === MarketingState.NO_DATA_PROVIDED) return [];
    return isKnown(state) ? state : (words.find(isAskable) ?? []);
  });
}

function isKnown(state: MarketingState | null): state is MarketingState {
  return state !== null && state !== MarketingState.OTHER;
}

function statusValue(value: string): RecordValue {
  const code = marketingTermOf(value as MarketingState);
  return { value, ...(code !== undefined && { concept: { coding: [{ system, code }] } }) };
}

function statusAsked(status: Marketed['status'][number]): string {
  return marketingStateNamed(status) ?? status.trim().toLowerCase();
}
