/** A few records in which every type of link occurs, to existing and to missing records. */
import type { Resource } from 'fhir/r5.js';
import { emaList } from '../../../support/views.js';

const product = { reference: 'MedicinalProductDefinition/600000000001' };
const concept = (list: string, code: string) => ({ coding: [{ system: emaList(list), code }] });
const resource = (resourceType: string, id: string, content: object) =>
  ({ resourceType, id, ...content }) as Resource;

export const world: readonly Resource[] = [
  resource('MedicinalProductDefinition', '600000000001', {
    name: [{ productName: 'Exampla 20 mg tablets' }],
    contact: [
      { type: { text: 'QPPV' }, contact: { reference: 'PractitionerRole/7', display: 'Dr. Ada Example' } },
      { contact: { reference: 'Organization/ORG-1' } },
      { contact: { display: 'Acme Enquiries' } },
      { contact: { reference: 'Organization/ORG-404' } },
      { contact: { type: 'PractitionerRole', display: 'Dr. Bo Example' } },
    ],
    operation: [
      {
        type: { reference: { reference: 'ActivityDefinition/60' } },
        effectiveDate: { start: '2020' },
        organization: [
          { reference: 'Organization/ORG-1' },
          { display: 'Packer & Sons' },
          { reference: 'Organization/ORG-404' },
        ],
      },
      {
        type: { concept: concept('100000160406', '100000160463') },
        organization: [{ display: 'Packer & Sons' }],
      },
      { type: { reference: { reference: 'ActivityDefinition/404' } } },
    ],
  }),
  resource('MedicinalProductDefinition', '600000000002', {
    name: [{ productName: 'Exampla 40 mg tablets' }],
  }),
  resource('Organization', 'ORG-1', { name: 'Acme' }),
  resource('ActivityDefinition', '60', {
    status: 'active',
    code: concept('100000160406', '100000160407'),
    participant: [{ typeReference: { reference: 'Organization/ORG-1' } }],
  }),
  resource('RegulatedAuthorization', '70', {
    identifier: [{ value: 'MIA-1' }],
    type: concept('220000000060', '220000000099'),
    subject: [
      product,
      { reference: 'ActivityDefinition/60' },
      { reference: 'SubstanceDefinition/80' },
      { reference: 'DeviceDefinition/9' },
    ],
  }),
  resource('RegulatedAuthorization', '71', {
    identifier: [{ system: 'http://ema.europa.eu/fhir/marketingAuthorizationNumber', value: 'EU/1/17/1201' }],
    subject: [product],
    holder: { display: 'Acme Holder' },
  }),
  resource('SubstanceDefinition', '80', {
    name: [{ name: 'Amlodipine' }],
    manufacturer: [{ reference: 'Organization/ORG-1' }],
  }),
  resource('Ingredient', '50', {
    role: concept('100000072050', '100000072072'),
    for: [product],
    substance: {
      code: { reference: { reference: 'SubstanceDefinition/404', display: 'Amlodipine besilate' } },
      strength: [
        {
          presentationQuantity: { value: 13.9, unit: 'mg' },
          referenceStrength: [
            {
              substance: { reference: { reference: 'SubstanceDefinition/80' } },
              strengthQuantity: { value: 10, unit: 'mg' },
            },
          ],
        },
      ],
    },
  }),
  resource('Ingredient', '51', {
    role: concept('100000072050', '100000072082'),
    for: [product],
    substance: { code: { concept: { coding: [{ code: '100000093305' }] } } },
  }),
  resource('ClinicalUseDefinition', '90', {
    type: 'indication',
    subject: [product],
    indication: { diseaseSymptomProcedure: { concept: { text: 'Pain' } } },
  }),
  resource('ClinicalUseDefinition', '91', {
    type: 'warning',
    subject: [product],
    warning: { description: 'Keep dry.' },
  }),
  resource('ClinicalUseDefinition', '92', { type: 'dosage', subject: [product] }),
  resource('PackagedProductDefinition', '8485040', {
    name: 'Exampla 28',
    packageFor: [product],
    packaging: {
      packaging: [
        {
          containedItem: [
            { item: { reference: { reference: 'ManufacturedItemDefinition/40' } }, amount: { value: 14 } },
            { item: { reference: { reference: 'DeviceDefinition/9' } } },
            { item: { concept: { text: 'desiccant' } } },
          ],
        },
      ],
    },
  }),
  resource('ManufacturedItemDefinition', '40', { name: 'Tablet' }),
];
