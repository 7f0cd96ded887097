/**
 * Sends one search in the form that this upstream supports. It adds `_elements` if this saves bytes. If the upstream
 * refuses, it records which feature does not work.
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
   * Adds `_elements` with the elements that the operation reads, if the upstream supports it.
   * @param types all resource types that the response may contain
   */
  parameters(type: ResourceType, given: SearchParameters, types?: readonly ResourceType[]): SearchParameters;
  /**
   * Returns the first page. If the upstream refuses `_elements`, this search and all later ones are sent without it.
   */
  search(type: ResourceType, given: SearchParameters, types?: readonly ResourceType[]): Promise<Page>;
  /** Records the feature that an error refutes: one search parameter, or all searches of the resource type. */
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
    // A parameter must have a value. The id is returned in any case.
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
   * Returns elements as `Type.element`. A type that is not listed is returned with all elements. So a type of which
   * no element is needed is listed with `id`.
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
      // The upstream ignored `_elements` and returned whole records.
      if (named && page.ignored.has('_elements')) features.note(elementsFeature(types), 'refuted');
      if (types.length === 1) figures.sawBytes(type, named?.values.join(), page.bytes, page.resources.length);
      return page;
    } catch (error) {
      if (!named || !isPmsError(error) || !isRefusedParameter(error)) throw error;
      // `_elements` caused the refusal only if the search works without it.
      const page = await send(type, counted(given));
      features.note(elementsFeature(types), 'refuted');
      return page;
    }
  }

  /** Requests the total if the upstream has no `next` links that would show where a list ends. */
  function counted(asked: SearchParameters): SearchParameters {
    const isNeeded = features.evidence('next-links') === 'refuted' && features.has('total-on-request');
    if (!isNeeded || asked.some(({ name }) => name === '_total')) return asked;
    return [...asked, { name: '_total', values: ['accurate'] }];
  }

  /**
   * Sends a search. If the search is refused, it is sent again in the other form: as a POST if it was too long for a
   * URL, or as a GET if POST was refused.
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
    // The upstream refused the length of the search or its method, not its parameter.
    const isForm: boolean = mustSplit(error);
    if (isForm) return;
    if (error instanceof Ignored || isRefusedParameter(error)) features.note(feature, 'refuted');
    if (error.status !== 404 && error.status !== 405 && error.status !== 501) return;
    features.note(feature, 'refuted');
    // This operation stops using all searches of the resource type. For later operations, a probe of one of these
    // searches shows whether the upstream serves the type.
    for (const known of features.all.keys()) if (known.startsWith(`search ${type}?`)) features.leave(known);
  }

  return { parameters, search, learnFrom };
}

/** HTTP statuses that refuse a search by POST for another reason than its length. */
const postRefusals: ReadonlySet<number> = new Set([400, 403, 404, 405, 415, 501]);

function elementsFeature(types: readonly ResourceType[]): Feature {
  return types.length > 1 ? 'elements-by-type' : 'elements';
}

function isRefusedParameter({ status }: PmsError): boolean {
  return status === 400 || status === 422;
}
