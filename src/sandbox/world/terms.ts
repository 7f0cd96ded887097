/** The terms of EMA's lists that the sample world uses: list, code and English name. */

export interface Term {
  readonly list: string;
  readonly code: string;
  readonly display: string;
}

function termsOf<K extends string>(
  list: string,
  terms: Readonly<Record<K, readonly [code: string, display: string]>>,
): Readonly<Record<K, Term>> {
  const entries = Object.entries<readonly [string, string]>(terms);
  return Object.fromEntries(
    entries.map(([key, [code, display]]) => [key, { list, code, display }]),
  ) as Record<K, Term>;
}

export const countries = termsOf('100000000002', {
  AT: ['100000000330', 'Republic of Austria'],
  BE: ['100000000337', 'Kingdom of Belgium'],
  CZ: ['100000000376', 'Czech Republic'],
  DE: ['100000000403', 'Federal Republic of Germany'],
  DK: ['100000000377', 'Kingdom of Denmark'],
  EE: ['100000000388', 'Republic of Estonia'],
  EL: ['100000000406', 'Hellenic Republic'],
  ES: ['100000000529', 'Kingdom of Spain'],
  EU: ['100000000390', 'European Union'],
  FI: ['100000000394', 'Republic of Finland'],
  FR: ['100000000396', 'Metropolitan France'],
  GB: ['100000000556', 'United Kingdom of Great Britain and Northern Ireland'],
  IE: ['100000000427', 'Ireland'],
  NL: ['100000000478', 'Kingdom of the Netherlands'],
  PL: ['100000000500', 'Republic of Poland'],
  PT: ['100000000501', 'Portuguese Republic'],
  SE: ['100000000535', 'Kingdom of Sweden'],
});
export type Country = keyof typeof countries;

export const languages = termsOf('100000072057', {
  de: ['100000072178', 'German'],
  el: ['100000072181', 'Greek'],
  en: ['100000072147', 'English'],
  es: ['100000072264', 'Spanish'],
  et: ['100000072172', 'Estonian'],
  fi: ['100000072149', 'Finnish'],
  fr: ['100000072175', 'French'],
  pl: ['100000072217', 'Polish'],
  pt: ['100000072251', 'Portuguese'],
  sv: ['100000072288', 'Swedish'],
});
export type Language = keyof typeof languages;

export const domains = termsOf('100000000004', { human: ['100000000012', 'Human use'] });

export const recordStatuses = termsOf('200000005003', {
  current: ['200000005004', 'Current'],
  provisional: ['200000005005', 'Provisional'],
  'non-current': ['200000005006', 'Non-current'],
  nullified: ['200000005007', 'Nullified'],
});

export const authorizationTypes = termsOf('220000000060', {
  marketing: ['220000000061', 'Marketing Authorisation'],
  orphan: ['220000000062', 'Orphan Designation'],
  'parallel trade': ['220000000063', 'Parallel Trade'],
  manufacturing: ['220000000099', 'Manufacturing Authorisation'],
});

export const authorizationStatuses = termsOf('100000072049', {
  valid: ['100000072099', 'Valid'],
  renewed: ['200000017708', 'Valid - Renewed/Varied'],
  transferred: ['200000017707', 'Valid - Transferred marketing authorisation'],
  expired: ['100000072100', 'Expired'],
  'not renewed': ['100000072112', 'Not renewed'],
  withdrawn: ['100000072113', 'Withdrawn'],
  revoked: ['100000072121', 'Revoked'],
  suspended: ['100000072122', 'Suspended'],
  sunset: ['100000072123', 'Expired due to Sunset Clause'],
  surrendered: ['200000010409', 'Surrendered'],
  pending: ['220000000066', 'Pending'],
  rejected: ['220000000067', 'Rejected'],
});
export type AuthorizationStatus = keyof typeof authorizationStatuses;

export const legalBases = termsOf('100000116045', {
  'well-established use': [
    '100000116053',
    'Well-established use application (Article 10a of Directive No 2001/83/EC)',
  ],
});

export const procedureTypes = termsOf('100000154442', {
  centralised: ['100000155059', 'Centralised procedure'],
  'mutual recognition': ['100000155061', 'Mutual recognition procedure'],
});

export const applicationTypes = termsOf('100000155688', {
  'variation type II': ['100000155693', 'Variation type II'],
});

export const productCategories = termsOf('100000155526', {
  chemical: ['100000155527', 'Chemical Medicinal Product'],
  immunological: ['100000155528', 'Immunological Medicinal Product'],
  biological: ['100000155530', 'Biological Medicinal Product'],
  radiopharmaceutical: ['100000155550', 'Radiopharmaceutical Medicinal Product'],
  generic: ['200000032229', 'Chemical Generic Medicinal Product'],
  biosimilar: ['200000032241', 'Similar Biological Medicinal Product'],
});
export type Category = keyof typeof productCategories;

export const roles = termsOf('100000072050', {
  active: ['100000072072', 'Active'],
  adjuvant: ['100000072073', 'Adjuvant'],
  excipient: ['100000072082', 'Excipient'],
  solvent: ['100000136066', 'Solvent / Diluent'],
});
export type Role = keyof typeof roles;

export const supplyStatuses = termsOf('100000072051', {
  'over the counter': ['100000072076', 'Medicinal product not subject to medical prescription'],
  prescription: ['100000072084', 'Medicinal product subject to medical prescription'],
  restricted: ['100000072078', 'Medicinal product subject to restricted medical prescription'],
  special: ['100000072085', 'Medicinal product subject to special medical prescription'],
});
export type Supply = keyof typeof supplyStatuses;

export const marketingStatuses = termsOf('100000072052', {
  marketed: ['100000072083', 'Marketed'],
  'not marketed': ['100000072074', 'Not marketed'],
  'no data provided': ['100000072075', 'No data provided'],
  'never marketed': ['200000026055', 'Never marketed'],
  'temporarily unavailable': ['230000000000', 'Temporarily unavailable'],
});
export type Marketing = keyof typeof marketingStatuses;

export const nameParts = termsOf('220000000000', {
  invented: ['220000000002', 'Invented name part'],
  scientific: ['220000000003', 'Scientific name part'],
  strength: ['220000000004', 'Strength part'],
  'dose form': ['220000000005', 'Pharmaceutical dose form part'],
});

export const nameTypes = termsOf('220000000000', { full: ['220000000001', 'Full name'] });

export const shelfLifeTypes = termsOf('100000073343', {
  'as packaged for sale': ['100000073403', 'Shelf life of the medicinal product as packaged for sale'],
  'after first opening': ['100000073404', 'Shelf life after first opening the immediate packaging'],
  'after reconstitution': [
    '100000073405',
    'Shelf life after dilution or reconstitution according to directions',
  ],
  'from the activity reference time': [
    '100000073407',
    'Shelf life from the activity reference time stated on the label',
  ],
});
export type ShelfLifeType = keyof typeof shelfLifeTypes;

export const storagePrecautions = termsOf('100000073344', {
  'not above 25 °C': ['100000073410', 'Do not store above 25 °C'],
  'not above 30 °C': ['100000073411', 'Do not store above 30 °C'],
  refrigerator: ['100000073414', 'Store in a refrigerator (2 °C – 8 °C)'],
  'no freezing': ['100000073420', 'Do not freeze'],
  'original package': ['100000073421', 'Store in the original package'],
  'tightly closed': ['100000073422', 'Keep the container tightly closed'],
  'outer carton': ['100000073423', 'Keep the container in the outer carton'],
  'from light': ['100000073426', 'in order to protect from light'],
  'from moisture': ['100000073427', 'in order to protect from moisture'],
});
export type StoragePrecaution = keyof typeof storagePrecautions;

export const contactRoles = termsOf('100000154441', {
  QPPV: ['100000155057', 'Qualified person responsible for pharmacovigilance'],
  enquiries: ['200000017719', 'Pharmacovigilance enquiries'],
});

export const organizationTypes = termsOf('220000000031', {
  authority: ['220000000032', 'Medicines Regulatory Authority'],
  manufacturer: ['220000000033', 'Manufacturer'],
  holder: ['220000000034', 'Marketing authorisation holder'],
});

export const documentTypes = termsOf('100000155531', {
  SmPC: ['100000155532', 'Summary of Product Characteristics'],
  leaflet: ['100000155538', 'Package Leaflet'],
});
export type DocumentType = keyof typeof documentTypes;

export const dataClassifications = termsOf('200000004983', { public: ['200000004985', 'Public'] });

export const manufacturingActivities = termsOf('100000160406', {
  'batch certification': ['100000160407', 'Batch certification'],
  'primary packaging': ['100000160463', 'Primary packaging'],
  'secondary packaging': ['100000160464', 'Secondary packaging'],
  'active substance manufacture': ['100000160467', 'Manufacture of active substance'],
});
export type Activity = keyof typeof manufacturingActivities;

export const measures = termsOf('100000110633', {
  kg: ['100000110653', 'kilogram(s)'],
  g: ['100000110654', 'gram(s)'],
  mg: ['100000110655', 'milligram(s)'],
  microgram: ['100000110656', 'microgram(s)'],
  ml: ['100000110662', 'millilitre(s)'],
  mm: ['100000110844', 'millimetre(s)'],
  MBq: ['100000110665', 'megabecquerel(s)'],
  IU: ['100000110671', 'international unit(s)'],
  percent: ['100000110674', 'percent'],
  unit: ['100000110756', 'unit(s)'],
  'D antigen unit': ['100000110782', 'D antigen unit(s)'],
  day: ['100000110784', 'day'],
  hour: ['100000110804', 'hour'],
  month: ['200000003433', 'month'],
  year: ['200000003434', 'year'],
});
export type Measure = keyof typeof measures;

export const presentations = termsOf('200000000014', {
  actuation: ['200000002163', 'Actuation'],
  ampoule: ['200000002164', 'Ampoule'],
  bottle: ['200000002111', 'Bottle'],
  capsule: ['200000002113', 'Capsule'],
  cartridge: ['200000002114', 'Cartridge'],
  container: ['200000002116', 'Container'],
  drop: ['200000002121', 'Drop'],
  implant: ['200000002124', 'Implant'],
  inhaler: ['200000002125', 'Inhaler'],
  patch: ['200000002134', 'Patch'],
  pen: ['200000002135', 'Pen'],
  pessary: ['200000002137', 'Pessary'],
  sachet: ['200000002143', 'Sachet'],
  suppository: ['200000002149', 'Suppository'],
  syringe: ['200000002150', 'Syringe'],
  system: ['200000002151', 'System'],
  tablet: ['200000002152', 'Tablet'],
  tube: ['200000002156', 'Tube'],
  vial: ['200000002158', 'Vial'],
});
export type Presentation = keyof typeof presentations;

export const wrappings = termsOf('100000073346', {
  ampoule: ['100000073490', 'Ampoule'],
  blister: ['100000073496', 'Blister'],
  bottle: ['100000073497', 'Bottle'],
  box: ['100000073498', 'Box'],
  cartridge: ['100000073503', 'Cartridge'],
  'dropper container': ['100000073512', 'Dropper container'],
  inhaler: ['100000073517', 'Inhaler'],
  'pre-filled pen': ['100000073543', 'Pre-filled pen'],
  'pre-filled syringe': ['100000073544', 'Pre-filled syringe'],
  'pressurised container': ['100000073545', 'Pressurised container'],
  pouch: ['100000073540', 'Pouch'],
  sachet: ['100000073547', 'Sachet'],
  'single-dose container': ['100000073550', 'Single-dose container'],
  strip: ['100000073559', 'Strip'],
  'tablet container': ['100000073560', 'Tablet container'],
  tube: ['100000073561', 'Tube'],
  'unit-dose blister': ['100000174066', 'Unit-dose blister'],
  vial: ['100000073563', 'Vial'],
  wrapper: ['200000005585', 'Wrapper'],
});
export type Wrapping = keyof typeof wrappings;

export const materials = termsOf('200000003199', {
  aluminium: ['200000003200', 'Aluminium'],
  cardboard: ['200000003529', 'Cardboard'],
  'glass type I': ['200000003204', 'Glass type I'],
  'glass type III': ['200000003206', 'Glass type III'],
  paper: ['200000003207', 'Paper'],
  plastic: ['200000003208', 'Plastic'],
  HDPE: ['200000003215', 'High Density PolyEthylene'],
  LDPE: ['200000003216', 'Low Density PolyEthylene'],
  PVC: ['200000003222', 'PolyVinyl Chloride'],
  PVDC: ['200000003225', 'PolyVinylidene Chloride'],
  steel: ['200000003229', 'Steel'],
});
export type Material = keyof typeof materials;

export const routes = termsOf('100000073345', {
  cutaneous: ['100000073566', 'Cutaneous use'],
  inhalation: ['100000073584', 'Inhalation use'],
  intramuscular: ['100000073600', 'Intramuscular use'],
  intravenous: ['100000073611', 'Intravenous use'],
  ocular: ['100000073617', 'Ocular use'],
  oral: ['100000073619', 'Oral use'],
  rectal: ['100000073628', 'Rectal use'],
  subcutaneous: ['100000073633', 'Subcutaneous use'],
  sublingual: ['100000073634', 'Sublingual use'],
  transdermal: ['100000073637', 'Transdermal use'],
  vaginal: ['100000073639', 'Vaginal use'],
});
export type Route = keyof typeof routes;

const pharmaceuticalForms = termsOf('200000000004', {
  'capsule, hard': ['100000073375', 'Capsule, hard'],
  'capsule, soft': ['100000073660', 'Capsule, soft'],
  'concentrate for solution for infusion': ['100000073871', 'Concentrate for solution for infusion'],
  cream: ['100000073712', 'Cream'],
  'effervescent tablet': ['100000073681', 'Effervescent tablet'],
  'eye drops, solution': ['100000073759', 'Eye drops, solution'],
  'film-coated tablet': ['100000073665', 'Film-coated tablet'],
  gel: ['100000073726', 'Gel'],
  'gastro-resistant capsule, hard': ['100000073376', 'Gastro-resistant capsule, hard'],
  implant: ['100000073874', 'Implant'],
  'oral suspension': ['100000073362', 'Oral suspension'],
  'orodispersible tablet': ['100000073666', 'Orodispersible tablet'],
  pessary: ['100000073815', 'Pessary'],
  'powder for concentrate for solution for infusion': [
    '100000074029',
    'Powder for concentrate for solution for infusion',
  ],
  'powder for solution for injection': ['100000073866', 'Powder for solution for injection'],
  'pressurised inhalation, suspension': ['100000073838', 'Pressurised inhalation, suspension'],
  'prolonged-release tablet': ['100000073683', 'Prolonged-release tablet'],
  'solution for injection': ['100000073863', 'Solution for injection'],
  'solvent for parenteral use': ['100000073881', 'Solvent for parenteral use'],
  suppository: ['100000073843', 'Suppository'],
  'suspension for injection': ['100000073864', 'Suspension for injection'],
  syrup: ['100000073652', 'Syrup'],
  tablet: ['100000073664', 'Tablet'],
  'transdermal patch': ['100000073741', 'Transdermal patch'],
});

const combinedForms = termsOf('200000000006', {
  'powder and solvent for solution for injection': [
    '100000073868',
    'Powder and solvent for solution for injection',
  ],
});

const combinedTerms = termsOf('200000000007', {
  'eye drops, solution in single-dose container': [
    '100000073997',
    'Eye drops, solution in single-dose container',
  ],
  'implant in pre-filled syringe': ['100000125753', 'Implant in pre-filled syringe'],
  'solution for injection in cartridge': ['100000074046', 'Solution for injection in cartridge'],
  'solution for injection in pre-filled pen': ['100000074039', 'Solution for injection in pre-filled pen'],
  'solution for injection in pre-filled syringe': [
    '100000074047',
    'Solution for injection in pre-filled syringe',
  ],
  'suspension for injection in pre-filled syringe': [
    '100000074063',
    'Suspension for injection in pre-filled syringe',
  ],
});

const combinationPacks = termsOf('200000000008', {
  'cream + pessary': ['100000173972', 'Cream + pessary'],
});

export const forms = { ...pharmaceuticalForms, ...combinedForms, ...combinedTerms, ...combinationPacks };
export type Form = keyof typeof forms;

/** A term of EMA's ATC list, with the corresponding ATC code of the WHO. */
export interface AtcTerm extends Term {
  readonly atc: string;
}

function atcTerms<K extends string>(
  terms: Readonly<Record<K, readonly [atc: string, code: string, display: string]>>,
): Readonly<Record<K, AtcTerm>> {
  const entries = Object.entries<readonly [string, string, string]>(terms);
  return Object.fromEntries(
    entries.map(([key, [atc, code, display]]) => [key, { list: '100000093533', code, display, atc }]),
  ) as Record<K, AtcTerm>;
}

export const atcTermsByName = atcTerms({
  amlodipine: ['C08CA01', '100000095065', 'amlodipine'],
  amoxicillin: ['J01CA04', '100000096122', 'amoxicillin'],
  'amoxicillin and clavulanic acid': ['J01CR02', '100000096162', 'amoxicillin and beta-lactamase inhibitor'],
  'calcium carbonate': ['A12AA04', '100000094144', 'calcium carbonate'],
  carbamazepine: ['N03AF01', '100000097377', 'carbamazepine'],
  cefuroxime: ['J01DC02', '100000096183', 'cefuroxime'],
  chloroquine: ['P01BA01', '100000097849', 'chloroquine'],
  ciclosporin: ['L04AD01', '100000096879', 'ciclosporin'],
  clomipramine: ['N06AA04', '100000097655', 'clomipramine'],
  clotrimazole: ['G01AF02', '100000095693', 'clotrimazole'],
  diazepam: ['N05BA01', '100000097530', 'diazepam'],
  diclofenac: ['M01AB05', '100000096906', 'diclofenac'],
  'diclofenac, topical': ['M02AA15', '100000097012', 'diclofenac'],
  'drospirenone and ethinylestradiol': ['G03AA12', '100000095785', 'drospirenone and ethinylestradiol'],
  enalapril: ['C09AA02', '100000095104', 'enalapril'],
  enoxaparin: ['B01AB05', '100000094266', 'enoxaparin'],
  'fludeoxyglucose (18F)': ['V09IX04', '100000099015', 'fludeoxyglucose (18F)'],
  'glyceryl trinitrate': ['C01DA02', '100000094611', 'glyceryl trinitrate'],
  goserelin: ['L02AE03', '100000096783', 'goserelin'],
  hydrocortisone: ['H02AB09', '100000096043', 'hydrocortisone'],
  'hydrocortisone, topical': ['D07AA02', '100000095413', 'hydrocortisone'],
  ibuprofen: ['M01AE01', '100000096928', 'ibuprofen'],
  imatinib: ['L01EA01', '200000016054', 'imatinib'],
  'insulin glargine': ['A10AE04', '100000094023', 'insulin glargine'],
  itraconazole: ['J02AC02', '100000096373', 'itraconazole'],
  lidocaine: ['N01BB02', '100000097196', 'lidocaine'],
  metformin: ['A10BA02', '100000094031', 'metformin'],
  morphine: ['N02AA01', '100000097139', 'morphine'],
  omeprazole: ['A02BC01', '100000093631', 'omeprazole'],
  paracetamol: ['N02BE01', '100000097305', 'paracetamol'],
  perindopril: ['C09AA04', '100000095106', 'perindopril'],
  'perindopril and amlodipine': ['C09BB04', '100000095135', 'perindopril and amlodipine'],
  poliomyelitis: ['J07BF03', '100000096580', 'poliomyelitis, trivalent, inactivated, whole virus'],
  salbutamol: ['R03AC02', '100000098065', 'salbutamol'],
  'salbutamol, systemic': ['R03CC02', '100000098120', 'salbutamol'],
  simvastatin: ['C10AA01', '100000095169', 'simvastatin'],
  tafluprost: ['S01EE05', '100000098531', 'tafluprost'],
  teriparatide: ['H05AA02', '100000096089', 'teriparatide'],
  'tetanus toxoid': ['J07AM01', '100000096544', 'tetanus toxoid'],
  tramadol: ['N02AX02', '100000097261', 'tramadol'],
  trastuzumab: ['L01FD01', '200000025820', 'trastuzumab'],
  valsartan: ['C09CA03', '100000095143', 'valsartan'],
  'valsartan and amlodipine': ['C09DB01', '100000095159', 'valsartan and amlodipine'],
  'valsartan and hydrochlorothiazide': ['C09DA03', '100000095153', 'valsartan and diuretics'],
  'valsartan, amlodipine and hydrochlorothiazide': [
    'C09DX01',
    '100000116213',
    'valsartan, amlodipine and hydrochlorothiazide',
  ],
  varenicline: ['N07BA03', '100000097781', 'varenicline'],
});
export type AtcName = keyof typeof atcTermsByName;
