/** What the upstream is known to offer: as configured, or as its CapabilityStatement declares. */
import type { CapabilityStatement } from 'fhir/r5.js';
import type { FhirClient } from '../fhir/client.js';
import { links } from './links.js';
import type { PlannedProfile } from './plan.js';
import type { Link, Reverse } from './link.js';

export interface Capabilities {
  /** The route to take; read from the upstream once, by the first operation that needs it. */
  profile(): Promise<PlannedProfile>;
}

/** @param configured what to take without asking; `auto` asks */
export function createCapabilities(configured: PlannedProfile | 'auto', client: FhirClient): Capabilities {
  let learning: Promise<PlannedProfile> | undefined;
  const learn = async (): Promise<PlannedProfile> => {
    try {
      return profileOf(await client.capabilities());
    } catch {
      // An upstream that is down now, or talks nonsense, may tell later; until then nothing is known to work but what
      // EMA offers.
      learning = undefined;
      return 'everything';
    }
  };
  return {
    profile() {
      if (configured !== 'auto') return Promise.resolve(configured);
      learning ??= learn();
      return learning;
    },
  };
}

/** `search` where every child search that the links need is declared; else what EMA's API is known to offer. */
function profileOf(statement: CapabilityStatement | undefined): PlannedProfile {
  const resources = statement?.rest?.flatMap(({ resource }) => resource ?? []) ?? [];
  const declares = ({ type, parameter }: Reverse): boolean =>
    resources.some(
      (resource) => resource.type === type && resource.searchParam?.some(({ name }) => name === parameter),
    );
  return reversesIn(Object.values(links)).every(declares) ? 'search' : 'everything';
}

function reversesIn(all: readonly Link[]): readonly Reverse[] {
  return all.flatMap((link): readonly Reverse[] => {
    switch (link.kind) {
      case 'reverse':
        return [link];
      case 'then':
      case 'orElse':
        return reversesIn([link.first, link.second]);
      case 'union':
        return reversesIn(link.of);
      case 'where':
      case 'unless':
      case 'first':
        return reversesIn([link.link]);
      default:
        return [];
    }
  });
}
