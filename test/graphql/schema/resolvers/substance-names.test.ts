/** The name of a substance whose own ingredient has only its code. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emaList } from '../../../support/views.js';
import { startTestService, type TestService } from '../../../support/service.js';

const system = 'http://spor.ema.europa.eu/v2/SubstanceDefinition';
const coded = (code: string, display?: string) => ({
  coding: [{ system, code, ...(display !== undefined && { display }) }],
});
let count = 0;
function ingredient(product: string, code: object, strength: readonly object[] = []): Resource {
  count += 1;
  return {
    resourceType: 'Ingredient',
    id: `i${count}`,
    status: 'active',
    role: { coding: [{ system: emaList('100000072050'), code: '100000072072' }] },
    for: [{ reference: `MedicinalProductDefinition/${product}` }],
    substance: { code, strength },
  } as Resource;
}
const product = (id: string): Resource =>
  ({ resourceType: 'MedicinalProductDefinition', id, name: [{ productName: id }] }) as Resource;

const world: readonly Resource[] = [
  product('1'),
  product('2'),
  // Only another record has the name.
  ingredient('1', { concept: coded('100000000901') }, [
    {
      presentationQuantity: { value: 14, unit: 'mg' },
      referenceStrength: [
        { substance: { concept: coded('100000000902') }, strengthQuantity: { value: 10, unit: 'mg' } },
      ],
    },
  ]),
  ingredient('2', { concept: coded('100000000901', 'Examplin besilate') }),
  ingredient('2', { concept: { ...coded('100000000902'), text: 'Examplin' } }),
  // The referenced definition has the name.
  ingredient('1', { concept: coded('100000000903'), reference: { reference: 'SubstanceDefinition/3' } }),
  { resourceType: 'SubstanceDefinition', id: '3', name: [{ name: 'Definitin' }] } as Resource,
  // Another ingredient of the same product has the name.
  ingredient('1', { concept: coded('100000000904') }),
  ingredient('1', { concept: coded('100000000904', 'Secondin') }),
  // The display of another coding has the name.
  ingredient('1', {
    concept: {
      coding: [
        { system, code: '100000000905' },
        { system: 'http://fdasis.nlm.nih.gov', code: '0A1B2C3D4E', display: 'Otherin' },
      ],
    },
  }),
  ingredient('1', { concept: coded('100000000906') }),
];

describe.each(['everything', 'search'] as const)(
  'a substance with only a code in its record, with the profile `%s`,',
  (profile) => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService({ profile, sandbox: { resources: world } });
    });
    afterAll(() => service.stop());

    it('gets its name from its definition, another coding or another record of its product', async () => {
      const { data, errors } = await service.query(`{
      products(filter: { ids: ["1", "2"] }) { nodes {
        activeSubstances { code name }
        activeMoieties { code name }
      } }
      ingredient(id: "i1", product: "1") { strengthText substance { name } }
    }`);
      expect(errors).toBeUndefined();
      const others = [
        { code: '100000000903', name: 'Definitin' },
        { code: '100000000904', name: 'Secondin' },
        { code: '100000000905', name: 'Otherin' },
        { code: '100000000906', name: null },
      ];
      // A name from a record of another product is not used, because the answer would depend on which records were read.
      const salt = { code: '100000000901', name: null };
      expect(data).toMatchObject({
        products: {
          nodes: [
            {
              activeSubstances: [salt, ...others],
              activeMoieties: [{ code: '100000000902', name: null }, ...others],
            },
            {
              activeSubstances: [
                { code: '100000000901', name: 'Examplin besilate' },
                { code: '100000000902', name: 'Examplin' },
              ],
            },
          ],
        },
        ingredient: { substance: { name: null } },
      });
    });
  },
);
