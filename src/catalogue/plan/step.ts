/** Follows one link in a forecast, with expected numbers of records. */
import type { ResourceType } from '../../fhir/resources.js';
import type { Bundled, Forward, Reverse } from '../graph/link.js';
import type { Foreseen, Population } from '../profiles/foreseen.js';
import type { Led, Pricing } from '../profiles/profile.js';
import type { FanOut } from '../upstream/fan-outs.js';
import type { Figures } from '../upstream/figures.js';

export interface Step {
  readonly figures: Figures;
  readonly foreseen: Foreseen;
  readonly pricing: Pricing;
}

/**
 * The length of lists that is assumed before any list was read: six packages, ingredients or authorizations per
 * parent, and some much longer lists. If the longest length were assumed at every level, forecasts would be hundreds
 * of times higher than the requests of any real operation.
 */
const unknownFanOut: FanOut = { mean: 6, deviation: 6 };
const productType = 'MedicinalProductDefinition';
/** The result of a step that sends no requests. */
const inHand: Led = { isElsewhere: false };

export function stepToChildren(
  link: Reverse | Bundled,
  everyone: readonly Population[],
  { figures, foreseen, pricing }: Step,
): readonly Population[] {
  const possible: readonly ResourceType[] = link.kind === 'reverse' ? link.parents : [productType];
  const found: Population[] = [];
  for (const from of everyone) {
    if (!possible.includes(from.type)) continue;
    const { usual, most } = childrenOf(figures, link.asks, from);
    const share = { of: from.type, parents: from.usual, mostParents: from.most, usual, most };
    const led = from.isHeld ? inHand : pricing.children(link, from, share);
    if (!led) continue;
    const made = foreseen.population({
      name: `${link.asks} of ${from.name}`,
      type: link.type,
      usual,
      most,
      wave: from.wave + 1,
      inHand: true,
      isHeld: from.isHeld ?? false,
      from,
      ...led,
    });
    found.push(made);
  }
  return found;
}

/** Returns the expected number of children: the observed or assumed average, plus some reserve. */
function childrenOf(
  figures: Figures,
  question: string,
  { type, usual, most }: Population,
): { readonly usual: number; readonly most: number } {
  const learnt = figures.fanOut(`${question} of ${type}`);
  const { mean, deviation } = learnt ?? unknownFanOut;
  return {
    // List lengths that are only assumed do not lead to the refusal of an operation.
    usual: learnt ? usual * mean : usual,
    most: most * mean + 4 * deviation * Math.sqrt(most) + 1,
  };
}

export function stepToReferred(
  link: Forward,
  everyone: readonly Population[],
  { figures, foreseen, pricing }: Step,
): readonly Population[] {
  const found: Population[] = [];
  for (const type of link.types)
    for (const from of everyone) {
      if (from.type !== link.from) continue;
      const led = from.isHeld ? inHand : pricing.references(link, type, from);
      const back = comesFrom(type, from);
      if (back && !led.isElsewhere) {
        found.push(back);
        continue;
      }
      const ratio = figures.referred(type, link.from);
      const made = foreseen.population({
        name: `${type} of ${from.name}`,
        type,
        // Many records may refer to the same target. Until this was measured, only one target counts as needed, so that
        // no operation is refused by mistake.
        usual: ratio === undefined ? Math.min(1, from.usual) : from.usual * ratio,
        most: from.most * (ratio === undefined ? 2 : 1.5 * ratio) + 1,
        wave: from.wave + 1,
        inHand: from.isHeld ?? false,
        isHeld: from.isHeld ?? false,
        from,
        referredBy: link.from,
        ...led,
      });
      found.push(made);
    }
  return found;
}

function comesFrom(type: ResourceType, { from }: Population): Population | undefined {
  return from?.type === type ? from : from && comesFrom(type, from);
}
