/** Manufactured items, administrable products, organizations and manufacturing activities. */
import { describe, expect, it } from 'vitest';
import { AdministrableProduct } from '../../../../src/graphql/schema/types/administrable-product.js';
import { ManufacturedItem } from '../../../../src/graphql/schema/types/manufactured-item.js';
import { ManufacturingActivity } from '../../../../src/graphql/schema/types/manufacturing.js';
import { Organization } from '../../../../src/graphql/schema/types/organization.js';
import { isPublishedHere, publishedOf, unlessPublished } from '../../../support/published.js';
import { emaList, held, inEnglish } from '../../../support/views.js';

const term = (list: string, code: string) => ({ coding: [{ system: emaList(list), code }] });
const vial = term('200000000014', '200000002158');

describe('a manufactured item', () => {
  const item = (content: object) =>
    new ManufacturedItem(held({ resourceType: 'ManufacturedItemDefinition', id: 'm1', ...content }));

  it('has its dose form and its unit of presentation', () => {
    const powder = item({
      name: 'Powder',
      manufacturedDoseForm: term('200000000004', '100000073866'),
      unitOfPresentation: vial,
    });
    expect([
      powder.name,
      powder.doseForm?.text({}, inEnglish),
      powder.unitOfPresentation?.text({}, inEnglish),
    ]).toEqual(['Powder', 'Powder for solution for injection', 'Vial']);
    expect(item({})).toMatchObject({ name: null, doseForm: null, unitOfPresentation: null });
  });

  it.skipIf(!isPublishedHere)(`has a dose form in every published record${unlessPublished}`, () => {
    const items = publishedOf('ManufacturedItemDefinition').map(
      (resource) => new ManufacturedItem(held(resource)),
    );
    expect(items.length).toBe(77);
    expect(items.every(({ doseForm }) => doseForm?.text({}, inEnglish))).toBe(true);
  });
});

describe('an administrable product', () => {
  const administrable = (content: object) =>
    new AdministrableProduct(held({ resourceType: 'AdministrableProductDefinition', id: 'a1', ...content }));

  it('has its dose form and its routes of administration', () => {
    const solution = administrable({
      administrableDoseForm: term('200000000004', '100000073863'),
      unitOfPresentation: vial,
      routeOfAdministration: [
        { code: term('100000073345', '100000073611') },
        { code: { text: 'by dart' }, targetSpecies: [{ code: { text: 'Elephants' } }] },
      ],
    });
    expect([solution.doseForm, solution.unitOfPresentation].map((each) => each?.text({}, inEnglish))).toEqual(
      ['Solution for injection', 'Vial'],
    );
    expect(
      solution.administrationRoutes.map(({ code, targetSpecies }) => [
        code?.text({}, inEnglish),
        targetSpecies.map((each) => each.text({}, inEnglish)),
      ]),
    ).toEqual([
      ['Intravenous use', []],
      ['by dart', ['Elephants']],
    ]);
    expect(administrable({})).toMatchObject({
      doseForm: null,
      unitOfPresentation: null,
      administrationRoutes: [],
    });
  });

  it.skipIf(!isPublishedHere)(
    `has a route of administration in every published record${unlessPublished}`,
    () => {
      const told = publishedOf('AdministrableProductDefinition').map(
        (resource) => new AdministrableProduct(held(resource)),
      );
      expect(told.length).toBe(76);
      expect(
        told.every(({ administrationRoutes }) =>
          administrationRoutes.every(({ code }) => code?.codings.length),
        ),
      ).toBe(true);
    },
  );
});

describe('an organization', () => {
  const organization = (content: object) =>
    new Organization(held({ resourceType: 'Organization', id: 'ORG-1', ...content }));

  it('has its name, numbers, types and country', () => {
    const holder = organization({
      name: 'Acme',
      identifier: [{ value: 'ORG-1' }],
      type: [{ text: 'Holder' }],
      contact: [{}, { address: { country: 'SE' } }],
    });
    expect([
      holder.name,
      holder.country,
      holder.identifiers[0]?.value,
      holder.types[0]?.text({}, inEnglish),
    ]).toEqual(['Acme', 'SE', 'ORG-1', 'Holder']);
    expect(organization({})).toMatchObject({ name: null, country: null, identifiers: [], types: [] });
  });

  it.skipIf(!isPublishedHere)(`has a name in every published record${unlessPublished}`, () => {
    const told = publishedOf('Organization').map((resource) => new Organization(held(resource)));
    expect(told.length).toBe(73);
    expect(told.every(({ name }) => name)).toBe(true);
    expect(told.filter(({ country }) => country).length).toBeGreaterThan(40);
  });
});

describe('a manufacturing activity', () => {
  it('has the type of the activity and its start date', () => {
    const activity = (content: object) =>
      new ManufacturingActivity(held({ resourceType: 'ActivityDefinition', id: 'x1', ...content }));
    const certification = activity({
      status: 'active',
      code: term('100000160406', '100000160407'),
      effectivePeriod: { start: '2020-01-01' },
    });
    expect([
      certification.id,
      certification.type?.text({}, inEnglish),
      certification.validity?.start,
    ]).toEqual(['ManufacturingActivity:x1', 'Batch certification', '2020-01-01']);
    expect(activity({})).toMatchObject({ type: null, validity: null });
  });
});

describe('the source of an object', () => {
  const read = (meta: object) =>
    new Organization(held({ resourceType: 'Organization', id: 'ORG-1', meta })).source;

  it('is the record’s reference, version, URL and the time when it was read', () => {
    const source = read({ versionId: '3', lastUpdated: '2026-06-12T08:00:00Z' });
    expect([source?.reference, source?.versionId, source?.lastUpdated, source?.stale]).toEqual([
      'Organization/ORG-1',
      '3',
      new Date('2026-06-12T08:00:00Z'),
      false,
    ]);
    expect(source?.fetchedAt).toEqual(new Date('2026-07-01T12:00:00Z'));
    expect(source?.url({}, inEnglish)).toBe('https://fhir.example/Organization/ORG-1');
    expect(read({ lastUpdated: 'yesterday' })?.lastUpdated).toBeNull();
    expect(read({})?.versionId).toBeNull();
  });

  it('is null for an organization that has a name but no record', () => {
    const { resource } = held({ resourceType: 'Organization', id: '~QWNtZQ', name: 'Acme' });
    expect(new Organization({ resource, origin: null }).source).toBeNull();
  });
});
