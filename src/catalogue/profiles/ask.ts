/** One search as this upstream takes it: elements named where that saves bytes, and what a refusal teaches. */
import { isPmsError, type PmsError } from '../../errors.js';
import type { Page } from '../../fhir/bundle.js';
import { mustSplit } from '../../fhir/client.js';
import type { ResourceType } from '../../fhir/resources.js';
import type { SearchParameterName, SearchParameters } from '../../fhir/search.js';
import type { Feature } from '../upstream/features.js';
import { Ignored } from './ignored.js';
import type { Operation } from './profile.js';

export interface Asking {
  /** With the elements that the operation reads, where the upstream takes these. @param types all that may come */
  parameters(type: ResourceType, given: SearchParameters, types?: readonly ResourceType[]): SearchParameters;
  /** The first page. Elements that are refused are left out, and not named again. */
  search(type: ResourceType, given: SearchParameters, types?: readonly ResourceType[]): Promise<Page>;
  /** Takes down what an error says of a parameter, or of the whole type. */
  learnFrom(error: PmsError, type: ResourceType, name: SearchParameterName): void;
}

export function createAsk({ client, features, figures, elementsOf }: Operation): Asking {
  function parameters(
    type: ResourceType,
    given: SearchParameters,
    types: readonly ResourceType[] = [type],
  ): SearchParameters {
    const named = types.length > 1 ? elementsByType(types) : elements(type);
    if (!named) return given;
    // A parameter without a value would mean nothing; ids come anyway.
    const narrowed: SearchParameters = [
      ...given,
      { name: '_elements', values: named.length > 0 ? named : ['id'] },
    ];
    // They are worth something, but not the includes that would not fit beside them.
    const isTooLong = types.length > 1 && !client.fits(type, narrowed) && client.fits(type, given);
    return isTooLong ? given : narrowed;
  }

  function elements(type: ResourceType): readonly string[] | undefined {
    const wanted = elementsOf(type);
    if (!wanted || !features.has('elements')) return undefined;
    return figures.paysOff(type, wanted.join()) ? wanted : undefined;
  }

  /** A type that is not named comes whole, so that one of which nothing is read is named by its id. */
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
      // It came whole, as if they had not been named.
      if (named && page.ignored.has('_elements')) features.note(elementsFeature(types), 'refuted');
      if (types.length === 1) figures.sawBytes(type, named?.values.join(), page.bytes, page.resources.length);
      return page;
    } catch (error) {
      if (!named || !isPmsError(error) || !isRefusedParameter(error)) throw error;
      // Only what works without them shows that it was the elements that were refused.
      const page = await send(type, counted(given));
      features.note(elementsFeature(types), 'refuted');
      return page;
    }
  }

  /** Where nothing else tells how long a list is, its total is asked for. */
  function counted(asked: SearchParameters): SearchParameters {
    const isNeeded = features.evidence('next-links') === 'refuted' && features.has('total-on-request');
    if (!isNeeded || asked.some(({ name }) => name === '_total')) return asked;
    return [...asked, { name: '_total', values: ['accurate'] }];
  }

  /** Too long for a URL is not too long for a form. */
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
    // Its length or its method was refused, not what it asks.
    const isForm: boolean = mustSplit(error);
    if (isForm) return;
    if (error instanceof Ignored || isRefusedParameter(error)) features.note(feature, 'refuted');
    if (error.status !== 404 && error.status !== 405 && error.status !== 501) return;
    features.note(feature, 'refuted');
    // A question about one of them shows whether the type is there.
    for (const known of features.all.keys()) if (known.startsWith(`search ${type}?`)) features.leave(known);
  }

  return { parameters, search, learnFrom };
}

/** Not those of its length. */
const postRefusals: ReadonlySet<number> = new Set([400, 403, 404, 405, 415, 501]);

function elementsFeature(types: readonly ResourceType[]): Feature {
  return types.length > 1 ? 'elements-by-type' : 'elements';
}

function isRefusedParameter({ status }: PmsError): boolean {
  return status === 400 || status === 422;
}
