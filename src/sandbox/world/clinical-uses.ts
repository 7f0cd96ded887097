/**
 * The sample indications, contraindications, interactions, undesirable effects and warnings for each ATC code. They
 * are shortened, and only samples.
 */

import type { AtcName } from './terms.js';

export type SampleUse =
  | {
      readonly type: 'indication';
      readonly text: string;
      readonly intended: 'Treatment' | 'Prevention' | 'Diagnosis';
    }
  | { readonly type: 'contraindication' | 'warning'; readonly text: string }
  | {
      readonly type: 'interaction';
      readonly text: string;
      readonly with: string;
      readonly management: string;
    }
  | { readonly type: 'undesirable-effect'; readonly text: string; readonly frequency: Frequency };

/** Frequency of an undesirable effect, in the words of a summary of product characteristics. */
export type Frequency = 'Very common' | 'Common' | 'Uncommon' | 'Rare' | 'Very rare' | 'Not known';

interface Profile {
  /** The indication: its disease, and whether the medicine treats, prevents or diagnoses it. */
  readonly given: readonly [intended: 'Treatment' | 'Prevention' | 'Diagnosis', disease: string];
  readonly notIn: string;
  /** The interaction: interactant, effect and management. An interactant that is a substance of the sample world has its code. */
  readonly with: readonly [interactant: string, effect: string, management: string];
  readonly mayCause: readonly (readonly [effect: string, frequency: Frequency])[];
  readonly mind: string;
}

/** Products with other ATC codes have no clinical uses, as in most of EMA's records. */
const profiles: Readonly<Partial<Record<AtcName, Profile>>> = {
  amlodipine: {
    given: ['Treatment', 'Essential hypertension'],
    notIn: 'Severe hypotension',
    with: ['simvastatin', 'Increased exposure to simvastatin', 'Limit simvastatin to 20 mg a day'],
    mayCause: [
      ['Peripheral oedema', 'Very common'],
      ['Headache', 'Common'],
    ],
    mind: 'Use with care in patients with heart failure.',
  },
  amoxicillin: {
    given: ['Treatment', 'Bacterial infections of the respiratory tract'],
    notIn: 'Hypersensitivity to penicillins',
    with: ['Methotrexate', 'Increased toxicity of methotrexate', 'Monitor methotrexate in serum'],
    mayCause: [
      ['Diarrhoea', 'Common'],
      ['Urticaria', 'Uncommon'],
    ],
    mind: 'Ask about earlier reactions to penicillins and cephalosporins before the first dose.',
  },
  'amoxicillin and clavulanic acid': {
    given: ['Treatment', 'Acute bacterial sinusitis'],
    notIn: 'Jaundice or hepatic impairment due to amoxicillin with clavulanic acid',
    with: ['Warfarin', 'Prolonged prothrombin time', 'Monitor the international normalised ratio'],
    mayCause: [
      ['Diarrhoea', 'Very common'],
      ['Mucocutaneous candidiasis', 'Common'],
    ],
    mind: 'Monitor liver function in patients with hepatic impairment.',
  },
  'calcium carbonate': {
    given: ['Prevention', 'Calcium deficiency'],
    notIn: 'Hypercalcaemia',
    with: ['Levothyroxine', 'Decreased absorption of levothyroxine', 'Take them four hours apart'],
    mayCause: [
      ['Constipation', 'Rare'],
      ['Hypercalciuria', 'Uncommon'],
    ],
    mind: 'Monitor serum calcium during long treatment.',
  },
  cefuroxime: {
    given: ['Treatment', 'Community-acquired pneumonia'],
    notIn: 'Severe hypersensitivity to beta-lactam antibiotics',
    with: ['Probenecid', 'Prolonged excretion of cefuroxime', 'Avoid the combination'],
    mayCause: [
      ['Injection site reaction', 'Common'],
      ['Rash', 'Uncommon'],
    ],
    mind: 'Pseudomembranous colitis may occur during or after treatment.',
  },
  ciclosporin: {
    given: ['Prevention', 'Rejection of a transplanted organ'],
    notIn: 'Uncontrolled hypertension',
    with: ['simvastatin', 'Rhabdomyolysis', 'Do not combine'],
    mayCause: [
      ['Renal impairment', 'Very common'],
      ['Tremor', 'Very common'],
    ],
    mind: 'Only for use by physicians who are experienced in immunosuppressive therapy.',
  },
  clotrimazole: {
    given: ['Treatment', 'Vulvovaginal candidiasis'],
    notIn: 'Hypersensitivity to cetostearyl alcohol',
    with: ['Tacrolimus', 'Increased tacrolimus in plasma', 'Monitor for signs of overdose'],
    mayCause: [['Application site irritation', 'Not known']],
    mind: 'The cream may reduce the effectiveness of latex condoms.',
  },
  diclofenac: {
    given: ['Treatment', 'Pain and inflammation in arthritis'],
    notIn: 'Active gastrointestinal ulcer',
    with: ['Lithium', 'Increased lithium in plasma', 'Monitor serum lithium'],
    mayCause: [['Dyspepsia', 'Common']],
    mind: 'Use the lowest effective dose for the shortest time.',
  },
  'diclofenac, topical': {
    given: ['Treatment', 'Local pain after sprains and strains'],
    notIn: 'Asthma triggered by acetylsalicylic acid',
    with: ['ibuprofen', 'More undesirable effects of both', 'Do not combine'],
    mayCause: [['Dermatitis', 'Common']],
    mind: 'Keep treated skin out of the sun.',
  },
  'drospirenone and ethinylestradiol': {
    given: ['Prevention', 'Pregnancy'],
    notIn: 'Venous thromboembolism',
    with: ['carbamazepine', 'Reduced contraceptive effect', 'Use a barrier method as well'],
    mayCause: [
      ['Headache', 'Common'],
      ['Venous thromboembolism', 'Rare'],
    ],
    mind: 'Reconsider use when a risk factor for thrombosis appears.',
  },
  enalapril: {
    given: ['Treatment', 'Hypertension'],
    notIn: 'History of angioedema',
    with: ['Sacubitril and valsartan', 'Angioedema', 'Keep 36 hours between them'],
    mayCause: [
      ['Cough', 'Very common'],
      ['Dizziness', 'Very common'],
    ],
    mind: 'Not to be started during pregnancy.',
  },
  enoxaparin: {
    given: ['Prevention', 'Venous thromboembolism'],
    notIn: 'Active clinically significant bleeding',
    with: ['Acetylsalicylic acid', 'Increased risk of bleeding', 'Monitor closely if they must be combined'],
    mayCause: [
      ['Haemorrhage', 'Very common'],
      ['Thrombocytopenia', 'Common'],
    ],
    mind: 'Not interchangeable, unit for unit, with other low molecular weight heparins.',
  },
  'fludeoxyglucose (18F)': {
    given: ['Diagnosis', 'Tumours, by positron emission tomography'],
    notIn: 'Hypersensitivity to the active substance',
    with: ['metformin', 'Increased uptake in the intestines', 'Stop metformin 48 hours before imaging'],
    mayCause: [['Radiation exposure', 'Not known']],
    mind: 'Avoid close contact with infants and pregnant women for 12 hours after the injection.',
  },
  'glyceryl trinitrate': {
    given: ['Prevention', 'Angina pectoris'],
    notIn: 'Raised intracranial pressure',
    with: ['Sildenafil', 'Severe hypotension', 'Do not combine'],
    mayCause: [['Headache', 'Very common']],
    mind: 'Remove the patch before defibrillation or magnetic resonance imaging.',
  },
  goserelin: {
    given: ['Treatment', 'Prostate cancer'],
    notIn: 'Pregnancy',
    with: ['Amiodarone', 'Prolonged QT interval', 'Weigh benefit and risk'],
    mayCause: [
      ['Hot flush', 'Very common'],
      ['Decreased bone density', 'Common'],
    ],
    mind: 'Injuries of vessels at the injection site have been reported; monitor patients with a low body mass index.',
  },
  hydrocortisone: {
    given: ['Treatment', 'Adrenal insufficiency'],
    notIn: 'Systemic fungal infections',
    with: ['itraconazole', 'Increased effect of hydrocortisone', 'Reduce the dose if needed'],
    mayCause: [['Hyperglycaemia', 'Not known']],
    mind: 'Do not stop long treatment abruptly.',
  },
  'hydrocortisone, topical': {
    given: ['Treatment', 'Eczema'],
    notIn: 'Untreated skin infections',
    with: ['Ritonavir', 'Increased systemic exposure', 'Limit area and duration'],
    mayCause: [['Skin atrophy', 'Rare']],
    mind: 'Not to be used on the face for more than five days.',
  },
  ibuprofen: {
    given: ['Treatment', 'Mild to moderate pain and fever'],
    notIn: 'Gastrointestinal bleeding with an earlier anti-inflammatory medicine',
    with: [
      'Acetylsalicylic acid',
      'Reduced effect of low doses of acetylsalicylic acid',
      'Avoid regular use',
    ],
    mayCause: [
      ['Dyspepsia', 'Common'],
      ['Bronchospasm', 'Uncommon'],
    ],
    mind: 'Use the lowest effective dose for the shortest time.',
  },
  imatinib: {
    given: ['Treatment', 'Chronic myeloid leukaemia'],
    notIn: 'Hypersensitivity to the active substance',
    with: ['carbamazepine', 'Decreased exposure to imatinib', 'Avoid the combination'],
    mayCause: [
      ['Neutropenia', 'Very common'],
      ['Fluid retention', 'Very common'],
    ],
    mind: 'Test for hepatitis B before treatment.',
  },
  'insulin glargine': {
    given: ['Treatment', 'Diabetes mellitus'],
    notIn: 'Hypersensitivity to insulin glargine',
    with: ['Atenolol', 'Masked signs of hypoglycaemia', 'Monitor blood glucose'],
    mayCause: [
      ['Hypoglycaemia', 'Very common'],
      ['Lipohypertrophy', 'Common'],
    ],
    mind: 'Rotate the injection site. Not to be injected into a vein.',
  },
  itraconazole: {
    given: ['Treatment', 'Systemic mycoses'],
    notIn: 'Ventricular dysfunction',
    with: ['simvastatin', 'Rhabdomyolysis', 'Do not combine'],
    mayCause: [['Nausea', 'Common']],
    mind: 'Monitor liver function.',
  },
  lidocaine: {
    given: ['Prevention', 'Pain, by local anaesthesia'],
    notIn: 'Hypersensitivity to anaesthetics of the amide type',
    with: ['Propranolol', 'Increased lidocaine in plasma', 'Reduce the dose'],
    mayCause: [['Paraesthesia', 'Common']],
    mind: 'Equipment for resuscitation must be at hand.',
  },
  metformin: {
    given: ['Treatment', 'Type 2 diabetes mellitus'],
    notIn: 'Severe renal failure',
    with: ['Iodinated contrast media', 'Lactic acidosis', 'Stop metformin before imaging'],
    mayCause: [
      ['Nausea', 'Very common'],
      ['Taste disturbance', 'Common'],
    ],
    mind: 'Stop at once when lactic acidosis is suspected.',
  },
  morphine: {
    given: ['Treatment', 'Severe pain'],
    notIn: 'Respiratory depression',
    with: ['diazepam', 'Respiratory depression', 'Limit dose and duration'],
    mayCause: [
      ['Constipation', 'Very common'],
      ['Drug dependence', 'Not known'],
    ],
    mind: 'Tolerance and dependence may develop with repeated use.',
  },
  omeprazole: {
    given: ['Treatment', 'Gastro-oesophageal reflux disease'],
    notIn: 'Hypersensitivity to substituted benzimidazoles',
    with: ['Nelfinavir', 'Decreased nelfinavir in plasma', 'Do not combine'],
    mayCause: [['Abdominal pain', 'Common']],
    mind: 'Exclude a malignant disease before treatment.',
  },
  paracetamol: {
    given: ['Treatment', 'Mild to moderate pain and fever'],
    notIn: 'Severe hepatic impairment',
    with: ['Warfarin', 'Increased risk of bleeding', 'Monitor the international normalised ratio'],
    mayCause: [['Rash', 'Rare']],
    mind: 'Other medicines contain paracetamol too; an overdose harms the liver.',
  },
  poliomyelitis: {
    given: ['Prevention', 'Poliomyelitis'],
    notIn: 'Acute severe febrile illness',
    with: ['Immunosuppressants', 'Reduced immune response', 'Postpone the vaccination'],
    mayCause: [
      ['Injection site pain', 'Very common'],
      ['Pyrexia', 'Common'],
    ],
    mind: 'Medical treatment must be at hand in case of an anaphylactic reaction.',
  },
  salbutamol: {
    given: ['Treatment', 'Bronchospasm in asthma'],
    notIn: 'Hypersensitivity to salbutamol',
    with: ['Propranolol', 'Inhibited bronchodilation', 'Do not combine'],
    mayCause: [
      ['Tremor', 'Common'],
      ['Hypokalaemia', 'Rare'],
    ],
    mind: 'A growing need for relief is a sign of deteriorating asthma.',
  },
  'salbutamol, systemic': {
    given: ['Treatment', 'Bronchospasm in asthma'],
    notIn: 'Threatened abortion',
    with: ['Propranolol', 'Inhibited bronchodilation', 'Do not combine'],
    mayCause: [['Tremor', 'Very common']],
    mind: 'Contains sucrose.',
  },
  simvastatin: {
    given: ['Treatment', 'Hypercholesterolaemia'],
    notIn: 'Active liver disease',
    with: ['itraconazole', 'Rhabdomyolysis', 'Do not combine'],
    mayCause: [['Myopathy', 'Rare']],
    mind: 'Muscle pain that cannot be explained must be told to a doctor.',
  },
  tafluprost: {
    given: ['Treatment', 'Open-angle glaucoma'],
    notIn: 'Hypersensitivity to tafluprost',
    with: ['Timolol', 'Lower intraocular pressure', 'None needed'],
    mayCause: [['Ocular hyperaemia', 'Common']],
    mind: 'The colour of the eyes may change for good.',
  },
  teriparatide: {
    given: ['Treatment', 'Osteoporosis'],
    notIn: 'Hypercalcaemia',
    with: ['Digoxin', 'Digitalis toxicity', 'Use with care'],
    mayCause: [['Pain in limb', 'Very common']],
    mind: 'Not to be used for longer than 24 months.',
  },
  'tetanus toxoid': {
    given: ['Prevention', 'Tetanus'],
    notIn: 'Neurological complications after an earlier dose',
    with: ['Immunosuppressants', 'Reduced immune response', 'Postpone the vaccination'],
    mayCause: [['Injection site swelling', 'Common']],
    mind: 'Medical treatment must be at hand in case of an anaphylactic reaction.',
  },
  tramadol: {
    given: ['Treatment', 'Moderate to severe pain'],
    notIn: 'Acute intoxication with alcohol or hypnotics',
    with: ['Sertraline', 'Serotonin syndrome', 'Use with care'],
    mayCause: [
      ['Nausea', 'Very common'],
      ['Dizziness', 'Very common'],
    ],
    mind: 'Dependence may develop with repeated use.',
  },
  trastuzumab: {
    given: ['Treatment', 'Metastatic breast cancer'],
    notIn: 'Severe dyspnoea at rest',
    with: ['Doxorubicin', 'Cardiac dysfunction', 'Avoid for seven months after the last dose'],
    mayCause: [
      ['Infusion related reaction', 'Very common'],
      ['Cardiac failure', 'Common'],
    ],
    mind: 'Assess the function of the heart before and during treatment.',
  },
  valsartan: {
    given: ['Treatment', 'Hypertension'],
    notIn: 'Second and third trimester of pregnancy',
    with: ['Potassium', 'Hyperkalaemia', 'Monitor serum potassium'],
    mayCause: [['Dizziness', 'Common']],
    mind: 'Correct sodium and volume depletion before treatment.',
  },
  'valsartan and amlodipine': {
    given: ['Treatment', 'Essential hypertension not controlled on monotherapy'],
    notIn: 'Second and third trimester of pregnancy',
    with: ['Lithium', 'Increased lithium toxicity', 'Monitor serum lithium'],
    mayCause: [['Nasopharyngitis', 'Common']],
    mind: 'Use with care in patients with renal artery stenosis.',
  },
  'valsartan and hydrochlorothiazide': {
    given: ['Treatment', 'Essential hypertension not controlled on monotherapy'],
    notIn: 'Anuria',
    with: ['Lithium', 'Increased lithium toxicity', 'Monitor serum lithium'],
    mayCause: [
      ['Dehydration', 'Uncommon'],
      ['Non-melanoma skin cancer', 'Not known'],
    ],
    mind: 'Protect the skin from the sun.',
  },
  varenicline: {
    given: ['Treatment', 'Nicotine dependence'],
    notIn: 'Hypersensitivity to varenicline',
    with: ['Nicotine patches', 'More undesirable effects', 'Not recommended'],
    mayCause: [['Abnormal dreams', 'Very common']],
    mind: 'Changes of mood have been reported.',
  },
};

/** Returns uses of all five kinds; none if the table does not have the ATC code. */
export function usualUses(atc: AtcName): readonly SampleUse[] {
  const profile = profiles[atc];
  if (profile === undefined) return [];
  const [intended, disease] = profile.given;
  const [interactant, effect, management] = profile.with;
  return [
    { type: 'indication', text: disease, intended },
    { type: 'contraindication', text: profile.notIn },
    { type: 'interaction', text: effect, with: interactant, management },
    ...profile.mayCause.map(([text, frequency]): SampleUse => ({
      type: 'undesirable-effect',
      text,
      frequency,
    })),
    { type: 'warning', text: profile.mind },
  ];
}

/** Returns the `indication` text of the product record; undefined if the table does not have the ATC code. */
export function usualIndication(atc: AtcName): string | undefined {
  const profile = profiles[atc];
  if (profile === undefined) return undefined;
  const [intended, disease] = profile.given;
  return `${intended} of ${disease.charAt(0).toLowerCase()}${disease.slice(1)}.`;
}
