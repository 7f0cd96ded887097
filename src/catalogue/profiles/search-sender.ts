/**
 * Sends one search in the form that this upstream supports. It adds `_elements` if that saves bytes, and learns from
 * refusals.
 */
import { isPmsError, type PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import { mustSplit } from '../../fhir/client.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName, SearchParameters } from '../../fhir/search.js';
import type { Feature } from '../upstream/features.js';
import { Ignored } from './ignored.js';
import type { Operation } from './profile.js';

export interface SearchSender {
  /**
   * Adds the elements that the operation reads, if the upstream supports `_elements`.
   * @param types all types that the response may contain
   */
  parameters(type: ResourceType, given: SearchParameters, types?: readonly ResourceType[]): SearchParameters;
  /**
   * Returns the first page. If the upstream refuses `_elements`, the search is sent without it, and so are all later
   * ones.
   */
  search(type: ResourceType, given: SearchParameters, types?: readonly ResourceType[]): Promise<Page>;
  /** Notes the feature that an error refutes: one search parameter, or all searches of the type. */
  learnFrom(error: PmsError, type: ResourceType, name: SearchParameterName): void;
}

export function createSearchSender({ client, features, figures, elementsOf }: Operation): SearchSender {
  function parameters(
    type: ResourceType,
    given: SearchParameters,
    types: readonly ResourceType[] = [type],
  ): SearchParameters {
    const named = types.length > 1 ? elementsByType(types) : elements(type);
    if (!named) return given;
    // A parameter without a value would be void. The response contains the id in any case.
    const narrowed: SearchParameters = [
      ...given,
      { name: '_elements', values: named.length > 0 ? named : ['id'] },
    ];
    // `_elements` saves bytes, but includes save requests. If the URL would be too long with both, `_elements` is left
    // out.
    const isTooLong = types.length > 1 && !client.fits(type, narrowed) && client.fits(type, given);
    return isTooLong ? given : narrowed;
  }

  function elements(type: ResourceType): readonly string[] | undefined {
    const wanted = elementsOf(type);
    if (!wanted || !features.has('elements')) return undefined;
    return figures.paysOff(type, wanted.join()) ? wanted : undefined;
  }

  /**
   * Returns elements as `Type.element`. A type that is not listed comes whole. So a type without wanted elements is
   * listed with `id`.
   */
  function elementsByType(types: readonly ResourceType[]): readonly string[] | undefined {
    const named = types.map((type) => {
      const wanted = elementsOf(type);
      return wanted && (wanted.length > 0 ? wanted : ['id']).map((element) => `${type}.${element}`);
    });
    if (!named.every((each) => each !== undefined) || !features.has('elements-by-type')) return undefined;
    return named.flat();
  }

  async function search(
    type: ResourceType,
    given: SearchParameters,
    types: readonly ResourceType[] = [type],
  ): Promise<Page> {
    const asked = counted(parameters(type, given, types));
    const named = asked.find(({ name }) => name === '_elements');
    try {
      const page = await send(type, asked);
      // The upstream ignored `_elements` and sent whole records.
      if (named && page.ignored.has('_elements')) features.note(elementsFeature(types), 'refuted');
      if (types.length === 1) figures.sawBytes(type, named?.values.join(), page.bytes, page.resources.length);
      return page;
    } catch (error) {
      if (!named || !isPmsError(error) || !isRefusedParameter(error)) throw error;
      // `_elements` was the cause only if the search works without it.
      const page = await send(type, counted(given));
      features.note(elementsFeature(types), 'refuted');
      return page;
    }
  }

  /** Requests the total if the upstream has no `next` links to show where a list ends. */
  function counted(asked: SearchParameters): SearchParameters {
    const isNeeded = features.evidence('next-links') === 'refuted' && features.has('total-on-request');
    if (!isNeeded || asked.some(({ name }) => name === '_total')) return asked;
    return [...asked, { name: '_total', values: ['accurate'] }];
  }

  /**
   * Sends a search. A refused search is sent again if it fits the other form: one too long for a URL may fit a POST,
   * and one refused as a POST may fit a URL.
   */
  async function send(type: ResourceType, asked: SearchParameters): Promise<Page> {
    try {
      return await client.search(type, asked);
    } catch (error) {
      if (!mustSplit(error)) throw error;
      if (error.status !== undefined && postRefusals.has(error.status)) features.doubt('post-search');
      if (!client.fits(type, asked)) throw error;
      return client.search(type, asked);
    }
  }

  function learnFrom(error: PmsError, type: ResourceType, name: SearchParameterName): void {
    const feature: Feature = `search ${type}?${name}`;
    // The upstream refused the length of the search or its method, not the parameter.
    const isForm: boolean = mustSplit(error);
    if (isForm) return;
    if (error instanceof Ignored || isRefusedParameter(error)) features.note(feature, 'refuted');
    if (error.status !== 404 && error.status !== 405 && error.status !== 501) return;
    features.note(feature, 'refuted');
    // This operation stops using all searches of the type. For others, a probe of one of them shows whether the
    // upstream has the type.
    for (const known of features.all.keys()) if (known.startsWith(`search ${type}?`)) features.leave(known);
  }

  return { parameters, search, learnFrom };
}

/** Statuses that refuse a search by POST for another reason than its length. */
const postRefusals: ReadonlySet<number> = new Set([400, 403, 404, 405, 415, 501]);

function elementsFeature(types: readonly ResourceType[]): Feature {
  return types.length > 1 ? 'elements-by-type' : 'elements';
}

function isRefusedParameter({ status }: PmsError): boolean {
  return status === 400 || status === 422;
}
