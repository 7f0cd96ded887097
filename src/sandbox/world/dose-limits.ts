/**
 * Sample dose limits by ATC code and route. They are shortened, and only samples. Most records have no dose limits.
 */

import type { AdministrableProductDefinitionRouteOfAdministration } from 'fhir/r5.js';
import { quantity, ratio, type Amount, type Strength } from './elements.js';
import type { AtcName, Presentation, Route } from './terms.js';

interface Limits {
  readonly firstDose?: Amount;
  readonly single?: Amount;
  readonly daily?: Amount;
  readonly treatment?: Strength;
  readonly duration?: Amount;
}

const table: Readonly<Partial<Record<AtcName, Readonly<Partial<Record<Route, Limits>>>>>> = {
  amlodipine: { oral: { firstDose: '5 mg', single: '10 mg', daily: '10 mg' } },
  clotrimazole: { vaginal: { single: '200 mg', duration: '6 day' }, cutaneous: { duration: '28 day' } },
  diazepam: { oral: { single: '10 mg', daily: '40 mg', duration: '28 day' } },
  enalapril: { oral: { firstDose: '5 mg', single: '40 mg', daily: '40 mg' } },
  enoxaparin: { subcutaneous: { daily: '150 mg' }, intravenous: { single: '30 mg' } },
  ibuprofen: { oral: { single: '400 mg', daily: '1200 mg' } },
  imatinib: { oral: { daily: '800 mg' } },
  metformin: { oral: { firstDose: '500 mg', single: '1000 mg', daily: '3000 mg' } },
  morphine: {
    subcutaneous: { single: '20 mg' },
    intramuscular: { single: '20 mg' },
    intravenous: { single: '10 mg' },
  },
  paracetamol: { oral: { single: '1 g', daily: '4 g' }, rectal: { single: '1000 mg', daily: '4000 mg' } },
  salbutamol: { inhalation: { single: '200 microgram', daily: '800 microgram' } },
  teriparatide: { subcutaneous: { daily: '20 microgram', duration: '24 month' } },
  'tetanus toxoid': { intramuscular: { treatment: '120 IU / 12 month' } },
  tramadol: { oral: { daily: '400 mg' } },
  valsartan: { oral: { daily: '320 mg' } },
  varenicline: {
    oral: { firstDose: '0.5 mg', daily: '2 mg', treatment: '168 mg / 84 day', duration: '84 day' },
  },
};

/** Returns the dose limits of a route of administration; an empty object if the table has none. */
export function doseLimits(
  atc: AtcName,
  route: Route,
  unit: Presentation = 'tablet',
): Omit<AdministrableProductDefinitionRouteOfAdministration, 'code'> {
  const limits = table[atc]?.[route];
  if (limits === undefined) return {};
  const { firstDose, single, daily, treatment, duration } = limits;
  return {
    firstDose: amountOf(firstDose),
    maxSingleDose: amountOf(single),
    maxDosePerDay: amountOf(daily),
    maxDosePerTreatmentPeriod: treatment === undefined ? undefined : ratio(treatment, unit),
    maxTreatmentPeriod: amountOf(duration),
  };
}

function amountOf(amount: Amount | undefined): ReturnType<typeof quantity> | undefined {
  return amount === undefined ? undefined : quantity(amount);
}
