/** English texts of the most common EMA terms, by list and code: facts of the RMS, as EMA spells them. */
import { combinationPacks, combinedDoseForms, combinedTerms, doseForms } from './dose-forms.js';
import { countryTerms, languageTerms } from './languages.js';
import { routes } from './routes.js';
import type { TermTable } from './terms.js';

/** Quantity operator. */
const quantityOperators = {
  100000000049: 'equal to',
  100000000050: 'less than',
  100000000051: 'more than',
  100000000052: 'less than or equal to',
  100000000053: 'more than or equal to',
  100000000054: 'equivalent to',
  100000000055: 'approximately equal to',
  100000000056: 'range',
  200000024024: 'average',
  100000165006: 'quantity sufficient',
};

/** Domain. */
const domains = {
  100000000012: 'Human use',
  100000000013: 'Veterinary use',
  100000000014: 'Human and Veterinary use',
};

/** Regulatory entitlement status. */
const authorizationStatuses = {
  100000072121: 'Revoked',
  200000029967: 'Harmonised',
  200000017708: 'Valid - Renewed/Varied',
  200000017707: 'Valid - Transferred marketing authorisation',
  100000072099: 'Valid',
  100000072100: 'Expired',
  100000072112: 'Not renewed',
  100000072113: 'Withdrawn',
  100000072114: 'Withdrawn, unspecified',
  200000026056: 'Presubmission',
  100000072122: 'Suspended',
  100000072123: 'Expired due to Sunset Clause',
  200000010409: 'Surrendered',
  220000000066: 'Pending',
  220000000067: 'Rejected',
};

/** Ingredient role. */
const ingredientRoles = {
  100000072072: 'Active',
  100000072073: 'Adjuvant',
  100000072082: 'Excipient',
  100000136066: 'Solvent / Diluent',
};

/** Legal status of supply. */
const legalStatuses = {
  100000072076: 'Medicinal product not subject to medical prescription',
  100000072077: 'Medicinal product on medical prescription for renewable or non-renewable delivery',
  100000072078: 'Medicinal product subject to restricted medical prescription',
  100000072079: 'Medicinal product on medical prescription for non-renewable delivery',
  100000072084: 'Medicinal product subject to medical prescription',
  100000072085: 'Medicinal product subject to special medical prescription',
  100000072086: 'Medicinal product on medical prescription for renewable delivery',
  100000157313: 'Medicinal product subject to special and restricted medical prescription',
};

/** Marketing status. */
const marketingStatuses = {
  100000072074: 'Not marketed',
  100000072083: 'Marketed',
  200000026055: 'Never marketed',
  230000000000: 'Temporarily unavailable',
  100000072075: 'No data provided',
};

/** Shelf life type. */
const shelfLifeTypes = {
  100000073403: 'Shelf life of the medicinal product as packaged for sale',
  100000073404: 'Shelf life after first opening the immediate packaging',
  100000073405: 'Shelf life after dilution or reconstitution according to directions',
  100000073406: 'Shelf life from manufacturing time',
  100000073407: 'Shelf life from the activity reference time stated on the label',
  100000073408: 'Shelf life in unit-dose dispensing',
  100000073409: 'Shelf life after incorporation into meal or pelleted feed',
};

/** Special precautions for storage. */
const storagePrecautions = {
  100000073410: 'Do not store above 25 °C',
  100000073411: 'Do not store above 30 °C',
  100000073414: 'Store in a refrigerator (2 °C – 8 °C)',
  100000073420: 'Do not freeze',
  100000073421: 'Store in the original package',
  100000073422: 'Keep the container tightly closed',
  100000073423: 'Keep the container in the outer carton',
  100000073426: 'in order to protect from light',
  100000073427: 'in order to protect from moisture',
  100000073430: 'Protect from light',
};

/** Legal basis. */
const legalBases = {
  100000116053: 'Well-established use application (Article 10a of Directive No 2001/83/EC)',
};

/** Contact party role. */
const contactRoles = {
  100000155057: 'Qualified person responsible for pharmacovigilance',
  200000017719: 'Pharmacovigilance enquiries',
};

/** Procedure type. */
const procedureTypes = {
  100000155059: 'Centralised procedure',
  100000155061: 'Mutual recognition procedure',
};

/** Product category. */
const productCategories = {
  100000155527: 'Chemical Medicinal Product',
  100000155528: 'Immunological Medicinal Product',
  100000155529: 'Traditional Herbal Medicinal Product',
  100000155530: 'Biological Medicinal Product',
  100000155546: 'Herbal Medicinal Product',
  100000155547: 'Medicinal Product derived from Human Blood or Human Plasma',
  100000155548: 'Advanced Therapy Medicinal Product',
  100000155549: 'Homeopathic Medicinal Product',
  100000155550: 'Radiopharmaceutical Medicinal Product',
  100000155551: 'List A Biological Medicinal Product',
  200000032229: 'Chemical Generic Medicinal Product',
  200000032241: 'Similar Biological Medicinal Product',
};

/** Organisation role type. */
const organizationRoles = {
  200000017729: 'Contact Location',
  220000000032: 'Medicines Regulatory Authority',
  220000000033: 'Manufacturer',
  220000000034: 'Marketing authorisation holder',
  220000000035: 'Master File Holder',
};

/** Document type. */
const documentTypes = {
  100000155532: 'Summary of Product Characteristics',
  100000155533: 'Annex II',
  100000155534: 'Outer Packaging',
  100000155535: 'Labelling',
  100000155536: 'Immediate Packaging',
  100000155537: 'Other Product Information',
  100000155538: 'Package Leaflet',
  100000155539: 'Combined File of all Documents',
  200000017121: 'Package Leaflet and Labelling',
};

/** Application type. */
const applicationTypes = {
  100000155693: 'Variation type II',
};

/** Manufacturing activity. */
const manufacturingActivities = {
  100000160407: 'Batch certification',
  100000160463: 'Primary packaging',
  100000160464: 'Secondary packaging',
  100000160467: 'Manufacture of active substance',
};

/** Data classification. */
const dataClassifications = {
  200000004984: 'Confidential',
  200000004985: 'Public',
};

/** Record status. */
const recordStatuses = {
  200000005004: 'Current',
  200000005005: 'Provisional',
  200000005006: 'Non-current',
  200000005007: 'Nullified',
};

/** Medicinal product name part type. */
const namePartTypes = {
  220000000001: 'Full name',
  220000000002: 'Invented name part',
  220000000003: 'Scientific name part',
  220000000004: 'Strength part',
  220000000005: 'Pharmaceutical dose form part',
  220000000006: 'Formulation part',
  220000000007: 'Intended use part',
  220000000008: 'Target population part',
  220000000009: 'Container or pack part',
  220000000010: 'Device part',
  220000000011: 'Trademark or company name part',
  220000000012: 'Time/Period part',
  220000000013: 'Flavour part',
  220000000014: 'Delimiter part',
  220000000015: 'Legacy name',
  220000000016: 'Target species name part',
};

/** Regulatory entitlement type. */
const authorizationTypes = {
  220000000061: 'Marketing Authorisation',
  220000000062: 'Orphan Designation',
  220000000063: 'Parallel Trade',
  220000000099: 'Manufacturing Authorisation',
};

/** Packaging. */
const packagings = {
  100000073498: 'Box',
  100000073496: 'Blister',
  100000174066: 'Unit-dose blister',
  100000073559: 'Strip',
  100000073497: 'Bottle',
  100000073563: 'Vial',
  100000073490: 'Ampoule',
  100000073503: 'Cartridge',
  100000073544: 'Pre-filled syringe',
  100000073543: 'Pre-filled pen',
  100000174067: 'Pre-filled injector',
  100000174068: 'Pre-filled oral syringe',
  100000116196: 'Needle-free injector',
  100000073547: 'Sachet',
  100000073540: 'Pouch',
  100000073493: 'Bag',
  100000073561: 'Tube',
  200000024874: 'Tablet tube',
  100000073560: 'Tablet container',
  100000073523: 'Jar',
  100000137702: 'Container',
  100000073550: 'Single-dose container',
  100000073530: 'Multidose container',
  100000073531: 'Multidose container with airless pump',
  100000143554: 'Multidose container with metering pump',
  100000125779: 'Multidose container with pump',
  100000073545: 'Pressurised container',
  100000073553: 'Spray container',
  100000073512: 'Dropper container',
  100000116197: 'Roll-on container',
  100000073514: 'Gas cylinder',
  100000073517: 'Inhaler',
  100000073534: 'Nebuliser',
  100000075664: 'Administration system',
  100000073491: 'Applicator',
  100000073500: 'Brush applicator',
  100000073511: 'Dropper applicator',
  100000073533: 'Nasal applicator',
  100000173982: 'Oral applicator',
  100000073537: 'Oral syringe',
  100000073520: 'Injection syringe',
  100000073519: 'Injection needle',
  100000073524: 'Measuring device',
  100000073525: 'Measuring spoon',
  100000073505: 'Cup',
  100000073538: 'Pipette',
  100000073501: 'Cannula',
  100000073526: 'Metering pump',
  100000073554: 'Spray pump',
  100000073527: 'Metering valve',
  100000073529: 'Mouthpiece',
  100000073536: 'Nozzle',
  100000073502: 'Cap',
  100000073549: 'Screw cap',
  100000073504: 'Child-resistant closure',
  200000010647: 'Lid',
  100000073557: 'Stopper',
  200000005068: 'Pen',
  200000005585: 'Wrapper',
};

/** Material. */
const materials = {
  200000003200: 'Aluminium',
  200000003529: 'Cardboard',
  200000003207: 'Paper',
  200000003208: 'Plastic',
  200000003203: 'Glass',
  200000003204: 'Glass type I',
  200000003205: 'Glass type II',
  200000003206: 'Glass type III',
  200000003209: 'PolyAmide',
  200000003210: 'Orientated PolyAmide',
  200000003211: 'PolyCarbonate',
  200000003212: 'PolyChloroTriFluoroEthylene',
  200000003213: 'Polyester',
  200000003214: 'PolyEthylene',
  200000003215: 'High Density PolyEthylene',
  200000012524: 'Medium Density PolyEthylene',
  200000003216: 'Low Density PolyEthylene',
  200000025257: 'Linear Low Density PolyEthylene',
  200000003217: 'PolyEthylene TerePhthalate',
  200000003218: 'Polyolefin',
  200000003219: 'PolyPropylene',
  200000003220: 'PolyStyrene',
  200000003221: 'PolyVinyl Acetate',
  200000003222: 'PolyVinyl Chloride',
  200000003225: 'PolyVinylidene Chloride',
  200000003201: 'Cyclic Olefin Copolymer',
  200000023332: 'Cyclic Olefin Polymer',
  200000003226: 'Rubber',
  200000026009: 'Bromobutyl Rubber',
  200000025923: 'Chlorobutyl Rubber',
  200000003228: 'Silicone elastomer',
  200000025255: 'Silica gel',
  200000003229: 'Steel',
};

/** Unit of measurement. */
export const unitsOfMeasurement = {
  100000110653: 'kilogram(s)',
  100000110654: 'gram(s)',
  100000110655: 'milligram(s)',
  100000110656: 'microgram(s)',
  100000110857: 'nanogram(s)',
  100000110868: 'picogram(s)',
  100000110661: 'litre(s)',
  100000110662: 'millilitre(s)',
  100000110663: 'microlitre(s)',
  100000110670: 'mole(s)',
  100000110745: 'millimole(s)',
  100000110839: 'micromole(s)',
  100000110860: 'nanomole(s)',
  100000110673: 'milliequivalent(s)',
  100000110792: 'gigabecquerel(s)',
  100000110665: 'megabecquerel(s)',
  100000110666: 'kilobecquerel(s)',
  100000110664: 'becquerel(s)',
  100000110668: 'millicurie(s)',
  100000110671: 'international unit(s)',
  100000110848: 'million international units',
  100000110810: 'kilo international units',
  100000110756: 'unit(s)',
  100000110853: 'million units',
  100000110811: 'kilo units',
  200000027120: 'countable unit(s)',
  100000110674: 'percent',
  100000110750: 'percent weight/weight',
  100000110751: 'percent weight/volume',
  100000110752: 'percent volume/volume',
  100000110866: 'part per million',
  100000110675: 'drop(s)',
  100000110676: 'dosage form',
  200000000170: 'Piece',
  100000110782: 'D antigen unit(s)',
  100000110894: 'tuberculin unit(s)',
  100000110765: 'anti-Xa activity International Unit(s)',
  100000166604: 'European Pharmacopoeia Unit(s)',
  100000110786: 'enzyme-linked immunosorbent assay unit',
  200000005300: 'focus forming unit(s)',
  100000110754: 'plaque forming unit',
  200000000135: 'Colony forming unit',
  100000110845: 'million colony forming units',
  100000110767: 'billion colony forming units',
  100000151832: 'cells',
  200000025261: 'million cells',
  200000000187: 'Vector genome',
  100000110923: 'viral particle(s)',
  100000110814: 'lime flocculation unit(s)',
  100000166630: 'allergen unit(s)',
  100000110914: 'Standardised Quality units Tablet',
  100000110686: 'milligram(s)/millilitre',
  100000110687: 'microgram(s)/millilitre',
  200000010384: 'nanogram(s)/millilitre',
  100000110685: 'gram(s)/millilitre',
  100000110682: 'gram(s)/litre',
  100000110683: 'milligram(s)/litre',
  100000110753: 'milligram(s)/gram',
  100000166072: 'microgram(s)/gram',
  100000110657: 'milligram(s)/kilogram',
  100000110658: 'microgram(s)/kilogram',
  100000110659: 'milligram(s)/square metre',
  100000110660: 'microgram(s)/square metre',
  100000167151: 'milligram(s)/square centimetre',
  100000110912: 'milligram(s)/24 hours',
  100000110911: 'microgram(s)/24 hours',
  100000110901: 'milligram(s)/hour',
  100000166092: 'microgram(s)/hour',
  100000110921: 'milligram(s)/dose',
  100000110920: 'microgram(s)/dose',
  100000166862: 'gram(s)/dose',
  200000005842: 'unit(s)/dose',
  100000110897: 'unit(s)/millilitre',
  100000110736: 'international unit(s)/millilitre',
  200000005840: 'international unit(s)/dose',
  100000110734: 'international unit(s)/milligram',
  200000003530: 'international unit(s)/drop',
  100000110747: 'millimole(s)/millilitre',
  100000110746: 'millimole(s)/litre',
  100000110705: 'megabecquerel(s)/millilitre',
  200000005839: 'D antigen unit(s)/dose',
  100000110882: 'square centimetre',
  200000015750: 'centimetre',
  100000110844: 'millimetre(s)',
  100000110879: 'second',
  100000110855: 'minute',
  100000110804: 'hour',
  100000110784: 'day',
  200000003438: 'week',
  200000003433: 'month',
  200000003434: 'year',
};

/** Unit of presentation. */
export const unitsOfPresentation = {
  200000022814: 'Other',
  200000022839: 'Test',
  200000002108: 'Barrel',
  200000002109: 'Blister',
  200000002110: 'Block',
  200000002111: 'Bottle',
  200000002112: 'Cachet',
  200000002113: 'Capsule',
  200000002114: 'Cartridge',
  200000002116: 'Container',
  200000002117: 'Cup',
  200000002118: 'Cylinder',
  200000002120: 'Dressing',
  200000002121: 'Drop',
  200000002122: 'Film',
  200000002123: 'Chewing gum',
  200000002124: 'Implant',
  200000002125: 'Inhaler',
  200000002126: 'Insert',
  200000002127: 'Jar',
  200000002128: 'Lozenge',
  200000002129: 'Lyophilisate',
  200000002130: 'Matrix',
  200000002131: 'Pad',
  200000002133: 'Pastille',
  200000002134: 'Patch',
  200000002135: 'Pen',
  200000002137: 'Pessary',
  200000002138: 'Pillule',
  200000002139: 'Pipette',
  200000002140: 'Plaster',
  200000002141: 'Plug',
  200000002142: 'Pouch',
  200000002143: 'Sachet',
  200000002144: 'Sponge',
  200000002145: 'Spoonful',
  200000002146: 'Stick',
  200000002147: 'Straw',
  200000002148: 'Strip',
  200000002149: 'Suppository',
  200000002150: 'Syringe',
  200000002151: 'System',
  200000002152: 'Tablet',
  200000002154: 'Tampon',
  200000002155: 'Thread',
  200000002156: 'Tube',
  200000002157: 'Vessel',
  200000002158: 'Vial',
  200000002163: 'Actuation',
  200000002164: 'Ampoule',
  200000002165: 'Applicator',
  200000002166: 'Bag',
  200000016445: 'Swab',
};

/** ATC Human: EMA's code of the term → WHO's ATC code and text. */
const atcClasses: Readonly<Record<string, readonly [code: string, text: string]>> = {
  100000093631: ['A02BC01', 'omeprazole'],
  100000093632: ['A02BC02', 'pantoprazole'],
  100000093635: ['A02BC05', 'esomeprazole'],
  100000093999: ['A10AB01', 'insulin (human)'],
  100000094002: ['A10AB04', 'insulin lispro'],
  100000094003: ['A10AB05', 'insulin aspart'],
  100000094023: ['A10AE04', 'insulin glargine'],
  100000157822: ['A10AE06', 'insulin degludec'],
  200000003450: ['A10AE54', 'insulin glargine and lixisenatide'],
  100000094031: ['A10BA02', 'metformin'],
  200000003235: ['A10BJ06', 'semaglutide'],
  100000171828: ['A10BK01', 'dapagliflozin'],
  100000094100: ['A11CC05', 'colecalciferol'],
  100000094144: ['A12AA04', 'calcium carbonate'],
  100000094255: ['B01AA03', 'warfarin'],
  100000094266: ['B01AB05', 'enoxaparin'],
  100000094279: ['B01AC04', 'clopidogrel'],
  100000094281: ['B01AC06', 'acetylsalicylic acid'],
  100000144760: ['B01AF01', 'rivaroxaban'],
  100000144761: ['B01AF02', 'apixaban'],
  100000094421: ['B03XA01', 'erythropoietin'],
  100000094611: ['C01DA02', 'glyceryl trinitrate'],
  100000094838: ['C03CA01', 'furosemide'],
  100000095003: ['C07AB02', 'metoprolol'],
  100000095065: ['C08CA01', 'amlodipine'],
  100000095104: ['C09AA02', 'enalapril'],
  100000095106: ['C09AA04', 'perindopril'],
  100000095107: ['C09AA05', 'ramipril'],
  100000095135: ['C09BB04', 'perindopril and amlodipine'],
  100000095141: ['C09CA01', 'losartan'],
  100000095143: ['C09CA03', 'valsartan'],
  100000095153: ['C09DA03', 'valsartan and diuretics'],
  100000095159: ['C09DB01', 'valsartan and amlodipine'],
  100000116213: ['C09DX01', 'valsartan, amlodipine and hydrochlorothiazide'],
  100000095169: ['C10AA01', 'simvastatin'],
  100000095173: ['C10AA05', 'atorvastatin'],
  100000095413: ['D07AA02', 'hydrocortisone'],
  100000095693: ['G01AF02', 'clotrimazole'],
  100000095785: ['G03AA12', 'drospirenone and ethinylestradiol'],
  100000095816: ['G03CA03', 'estradiol'],
  100000095996: ['H01AC01', 'somatropin'],
  100000096040: ['H02AB06', 'prednisolone'],
  100000096043: ['H02AB09', 'hydrocortisone'],
  100000096089: ['H05AA02', 'teriparatide'],
  100000096122: ['J01CA04', 'amoxicillin'],
  100000096162: ['J01CR02', 'amoxicillin and beta-lactamase inhibitor'],
  100000096183: ['J01DC02', 'cefuroxime'],
  100000096273: ['J01FA10', 'azithromycin'],
  100000096304: ['J01MA02', 'ciprofloxacin'],
  100000096373: ['J02AC02', 'itraconazole'],
  200000003479: ['J05AR20', 'emtricitabine, tenofovir alafenamide and bictegravir'],
  100000096544: ['J07AM01', 'tetanus toxoid'],
  100000096563: ['J07BB02', 'influenza, inactivated, split virus or surface antigen'],
  100000096580: ['J07BF03', 'poliomyelitis, trivalent, inactivated, whole virus'],
  100000096649: ['L01BA01', 'methotrexate'],
  200000016054: ['L01EA01', 'imatinib'],
  200000025820: ['L01FD01', 'trastuzumab'],
  200000025831: ['L01FF02', 'pembrolizumab'],
  100000096783: ['L02AE03', 'goserelin'],
  100000096865: ['L04AB01', 'etanercept'],
  100000096868: ['L04AB04', 'adalimumab'],
  100000096879: ['L04AD01', 'ciclosporin'],
  100000096884: ['L04AX03', 'methotrexate'],
  100000096906: ['M01AB05', 'diclofenac'],
  100000096928: ['M01AE01', 'ibuprofen'],
  100000097012: ['M02AA15', 'diclofenac'],
  100000097196: ['N01BB02', 'lidocaine'],
  100000097139: ['N02AA01', 'morphine'],
  100000097261: ['N02AX02', 'tramadol'],
  100000097305: ['N02BE01', 'paracetamol'],
  100000097377: ['N03AF01', 'carbamazepine'],
  100000097530: ['N05BA01', 'diazepam'],
  100000097655: ['N06AA04', 'clomipramine'],
  100000097678: ['N06AB06', 'sertraline'],
  100000097705: ['N06AX12', 'bupropion'],
  100000097781: ['N07BA03', 'varenicline'],
  100000097849: ['P01BA01', 'chloroquine'],
  100000098024: ['R01BA52', 'pseudoephedrine, combinations'],
  100000098065: ['R03AC02', 'salbutamol'],
  100000098093: ['R03BA02', 'budesonide'],
  100000098120: ['R03CC02', 'salbutamol'],
  100000098305: ['R06AE07', 'cetirizine'],
  100000098527: ['S01EE01', 'latanoprost'],
  100000098531: ['S01EE05', 'tafluprost'],
  100000099015: ['V09IX04', 'fludeoxyglucose (18F)'],
};

export const emaTerms: TermTable = {
  100000000002: countryTerms,
  100000072057: languageTerms,
  100000000008: quantityOperators,
  100000000004: domains,
  100000072049: authorizationStatuses,
  100000072050: ingredientRoles,
  100000072051: legalStatuses,
  100000072052: marketingStatuses,
  100000073343: shelfLifeTypes,
  100000073344: storagePrecautions,
  100000116045: legalBases,
  100000154441: contactRoles,
  100000154442: procedureTypes,
  100000155526: productCategories,
  100000155531: documentTypes,
  100000155688: applicationTypes,
  100000160406: manufacturingActivities,
  200000004983: dataClassifications,
  200000005003: recordStatuses,
  220000000000: namePartTypes,
  220000000031: organizationRoles,
  220000000060: authorizationTypes,
  100000073345: routes,
  100000073346: packagings,
  100000110633: unitsOfMeasurement,
  200000000004: doseForms,
  200000000006: combinedDoseForms,
  200000000007: combinedTerms,
  200000000008: combinationPacks,
  200000000014: unitsOfPresentation,
  200000003199: materials,
  100000093533: Object.fromEntries(Object.entries(atcClasses).map(([term, [, text]]) => [term, text])),
};

/** Returns WHO's ATC code for EMA's term; undefined if this table does not have the term. */
export function atcCodeOf(term: string | undefined): string | undefined {
  return term !== undefined && Object.hasOwn(atcClasses, term) ? atcClasses[term]?.[0] : undefined;
}

/**
 * Returns the English name of an ATC class by WHO's code or by EMA's term; undefined if this table does not have it.
 */
export function atcNameOf(code: string): string | undefined {
  const term = Object.hasOwn(atcClasses, code) ? code : atcTermsOf(code)[0];
  return term === undefined ? undefined : atcClasses[term]?.[1];
}

/** Returns the EMA terms in this table for an ATC code of WHO. */
export function atcTermsOf(code: string): readonly string[] {
  return termsByAtcCode.get(code) ?? [];
}

const termsByAtcCode = new Map<string, string[]>();
for (const [term, [code]] of Object.entries(atcClasses))
  termsByAtcCode.set(code, [...(termsByAtcCode.get(code) ?? []), term]);
