/** The substances of the sample world: code and name, and for some a SubstanceDefinition. */

import type { CodeableConcept, SubstanceDefinition } from 'fhir/r5.js';
import { sampleMeta } from './marking.js';

export interface Substance {
  readonly code: string;
  readonly name: string;
  /** Molecular formula. A substance with a formula has a SubstanceDefinition. */
  readonly formula?: string;
  readonly isAllergen: boolean;
  /** The function of an excipient that has only one. */
  readonly purpose?: string;
}

const SUBSTANCE_SYSTEM = 'http://spor.ema.europa.eu/v2/SubstanceDefinition';

const table = {
  amlodipine: ['100000085259', 'Amlodipine', 'C20H25ClN2O5'],
  'amlodipine besilate': ['100000090079', 'Amlodipine besilate', 'C20H25ClN2O5.C6H6O3S'],
  amoxicillin: ['100000091596', 'Amoxicillin', 'C16H19N3O5S'],
  'amoxicillin trihydrate': ['100000092629', 'Amoxicillin trihydrate', 'C16H19N3O5S.3H2O'],
  'calcium carbonate': ['100000091518', 'Calcium carbonate', 'CaCO3'],
  carbamazepine: ['100000092127', 'Carbamazepine', 'C15H12N2O'],
  cefuroxime: ['100000092667', 'Cefuroxime', 'C16H16N4O8S'],
  'cefuroxime sodium': ['100000091436', 'Cefuroxime sodium', 'C16H15N4NaO8S'],
  chloroquine: ['100000088282', 'Chloroquine'],
  'chloroquine phosphate': ['100000092628', 'Chloroquine phosphate'],
  ciclosporin: ['100000092121', 'Ciclosporin', 'C62H111N11O12'],
  'clavulanic acid': ['100000089842', 'Clavulanic acid'],
  'potassium clavulanate': ['100000093061', 'Potassium clavulanate'],
  clomipramine: ['100000084546', 'Clomipramine'],
  'clomipramine hydrochloride': ['100000090503', 'Clomipramine hydrochloride'],
  clotrimazole: ['100000092074', 'Clotrimazole', 'C22H17ClN2'],
  diazepam: ['100000092362', 'Diazepam', 'C16H13ClN2O'],
  'diclofenac diethylamine': ['100000091074', 'Diclofenac diethylamine'],
  'diclofenac sodium': ['100000092272', 'Diclofenac sodium'],
  drospirenone: ['100000092375', 'Drospirenone'],
  'enalapril maleate': ['100000091343', 'Enalapril maleate'],
  'enoxaparin sodium': ['100000090152', 'Enoxaparin sodium'],
  ethinylestradiol: ['100000091721', 'Ethinylestradiol'],
  'glyceryl trinitrate': ['100000087614', 'Glyceryl trinitrate', 'C3H5N3O9'],
  goserelin: ['100000084238', 'Goserelin'],
  'goserelin acetate': ['100000086673', 'Goserelin acetate'],
  hydrochlorothiazide: ['100000091737', 'Hydrochlorothiazide', 'C7H8ClN3O4S2'],
  hydrocortisone: ['100000092635', 'Hydrocortisone', 'C21H30O5'],
  'hydrocortisone sodium succinate': ['100000092550', 'Hydrocortisone sodium succinate'],
  ibuprofen: ['100000090365', 'Ibuprofen', 'C13H18O2'],
  imatinib: ['100000091894', 'Imatinib'],
  'imatinib mesilate': ['100000091825', 'Imatinib mesilate'],
  'insulin glargine': ['100000085460', 'Insulin glargine'],
  itraconazole: ['100000091697', 'Itraconazole'],
  lidocaine: ['100000091713', 'Lidocaine'],
  'lidocaine hydrochloride': ['100000139489', 'Lidocaine hydrochloride'],
  metformin: ['100000085448', 'Metformin', 'C4H11N5'],
  'metformin hydrochloride': ['100000091366', 'Metformin hydrochloride', 'C4H11N5.HCl'],
  'morphine sulfate': ['100000076239', 'Morphine sulfate'],
  omeprazole: ['100000092047', 'Omeprazole', 'C17H19N3O3S'],
  paracetamol: ['100000090270', 'Paracetamol', 'C8H9NO2'],
  perindopril: ['100000091461', 'Perindopril'],
  'perindopril arginine': ['100000088816', 'Perindopril arginine'],
  'poliovirus type 1': ['100000089279', 'Poliovirus (inactivated) type 1 (Mahoney strain)'],
  'poliovirus type 2': ['100000089268', 'Poliovirus (inactivated) type 2 (MEF-1 strain)'],
  'poliovirus type 3': ['100000089267', 'Poliovirus (inactivated) type 3 (Saukett strain)'],
  salbutamol: ['100000091629', 'Salbutamol', 'C13H21NO3'],
  'salbutamol sulfate': ['100000090564', 'Salbutamol sulfate'],
  simvastatin: ['100000091786', 'Simvastatin', 'C25H38O5'],
  tafluprost: ['100000115886', 'Tafluprost'],
  teriparatide: ['100000089193', 'Teriparatide'],
  tramadol: ['100000077198', 'Tramadol'],
  'tramadol hydrochloride': ['100000093275', 'Tramadol hydrochloride'],
  trastuzumab: ['100000089314', 'Trastuzumab'],
  valsartan: ['100000088000', 'Valsartan', 'C24H29N5O3'],
  varenicline: ['100000089154', 'Varenicline'],
  'varenicline tartrate': ['100000091746', 'Varenicline tartrate'],
  'lactose monohydrate': ['100000093305', 'Lactose monohydrate', 'C12H22O11.H2O'],
  // The codes below this line are fictitious. They are in a range that EMA does not use.
  'aluminium hydroxide': ['900000000001', 'Aluminium hydroxide, hydrated'],
  'arachis oil': ['900000000002', 'Arachis oil'],
  'benzyl alcohol': ['900000000003', 'Benzyl alcohol'],
  'cellulose, microcrystalline': ['900000000004', 'Cellulose, microcrystalline'],
  'cetostearyl alcohol': ['900000000005', 'Cetostearyl alcohol'],
  ethanol: ['900000000006', 'Ethanol'],
  'fludeoxyglucose (18F)': ['900000000007', 'Fludeoxyglucose (18F)'],
  glycerol: ['900000000008', 'Glycerol'],
  hypromellose: ['900000000009', 'Hypromellose'],
  'magnesium stearate': ['900000000010', 'Magnesium stearate'],
  'maize starch': ['900000000011', 'Maize starch'],
  mannitol: ['900000000012', 'Mannitol'],
  metacresol: ['900000000013', 'Metacresol'],
  norflurane: ['900000000014', 'Norflurane'],
  'polysorbate 80': ['900000000015', 'Polysorbate 80'],
  povidone: ['900000000016', 'Povidone'],
  'propylene glycol': ['900000000017', 'Propylene glycol'],
  'sodium benzoate': ['900000000018', 'Sodium benzoate'],
  'sodium chloride': ['900000000019', 'Sodium chloride'],
  sorbitol: ['900000000020', 'Sorbitol'],
  'soya lecithin': ['900000000021', 'Soya lecithin'],
  sucrose: ['900000000022', 'Sucrose'],
  'tetanus toxoid': ['900000000023', 'Tetanus toxoid'],
  'titanium dioxide': ['900000000024', 'Titanium dioxide'],
  'water for injections': ['900000000025', 'Water for injections'],
  'wheat starch': ['900000000026', 'Wheat starch'],
  aspartame: ['900000000027', 'Aspartame'],
} as const satisfies Readonly<Record<string, readonly [code: string, name: string, formula?: string]>>;

export type SubstanceName = keyof typeof table;

const allergens: ReadonlySet<SubstanceName> = new Set(['arachis oil', 'soya lecithin', 'wheat starch']);

export const substanceNames = Object.keys(table) as readonly SubstanceName[];

const purposes: Readonly<Partial<Record<SubstanceName, string>>> = {
  aspartame: 'Sweetener',
  'benzyl alcohol': 'Preservative',
  'magnesium stearate': 'Lubricant',
  metacresol: 'Preservative',
  norflurane: 'Propellant',
  'polysorbate 80': 'Surfactant',
  'sodium benzoate': 'Preservative',
  'titanium dioxide': 'Colouring agent',
};

export function substanceOf(key: SubstanceName): Substance {
  const [code, name, formula]: readonly [string, string, string?] = table[key];
  const purpose = purposes[key];
  return {
    code,
    name,
    isAllergen: allergens.has(key),
    ...(formula === undefined ? {} : { formula }),
    ...(purpose === undefined ? {} : { purpose }),
  };
}

export function substanceConcept(key: SubstanceName): CodeableConcept {
  const { code, name: display } = substanceOf(key);
  return { coding: [{ system: SUBSTANCE_SYSTEM, code, display }] };
}

/** Molecular weight in g/mol and SMILES structure, for a few substances. */
const molecules: ReadonlyMap<string, readonly [weight: number, smiles: string]> = new Map([
  ['Ibuprofen', [206.28, 'CC(C)CC1=CC=C(C=C1)C(C)C(O)=O']],
  ['Metformin', [129.16, 'CN(C)C(=N)N=C(N)N']],
  ['Paracetamol', [151.16, 'CC(=O)NC1=CC=C(O)C=C1']],
]);

function weightOf(name: string): SubstanceDefinition['molecularWeight'] {
  const [weight] = molecules.get(name) ?? [];
  return weight === undefined
    ? undefined
    : [{ amount: { value: weight, unit: 'g/mol', system: 'http://unitsofmeasure.org', code: 'g/mol' } }];
}

function smilesOf(name: string): NonNullable<SubstanceDefinition['structure']>['representation'] {
  const [, smiles] = molecules.get(name) ?? [];
  return smiles === undefined
    ? undefined
    : [{ type: { text: 'Full' }, format: { text: 'SMILES' }, representation: smiles }];
}

/** Returns the `official` part of a name, for names that are also INNs of the WHO. */
function officialOf(name: string): NonNullable<SubstanceDefinition['name']>[number]['official'] {
  return molecules.has(name)
    ? [{ authority: { text: 'WHO (INN)' }, status: { text: 'Recommended' } }]
    : undefined;
}

/** Returns the SubstanceDefinitions of the substances that have a formula. */
export function substanceDefinitions(): SubstanceDefinition[] {
  return substanceNames.map(substanceOf).flatMap(({ code, name, formula }, index) =>
    formula === undefined
      ? []
      : {
          resourceType: 'SubstanceDefinition',
          id: code,
          meta: sampleMeta(index),
          identifier: [{ system: SUBSTANCE_SYSTEM, value: code }],
          code: [{ code: { coding: [{ system: SUBSTANCE_SYSTEM, code, display: name }] } }],
          status: { text: 'Current' },
          name: [{ name, type: { text: 'Common name' }, preferred: true, official: officialOf(name) }],
          molecularWeight: weightOf(name),
          structure: { molecularFormula: formula, representation: smilesOf(name) },
        },
  );
}
