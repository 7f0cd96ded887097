/** Texts in the requested language: on every product of the sandbox, every element with a code has a text. */
import type { Resource } from 'fhir/r5.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.js';
import { oneIn } from '../../support/tier.js';
import { emaList } from '../../support/views.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ profile: 'search', cacheTtlMs: 300_000 });
});
afterAll(() => service.stop());

const label = 'label(language: $language) { text language fallback conflict } text(language: $language)';
const everything = `query ($language: String) { products(first: 100) { nodes {
  id name(language: $language) names { text usages { language { code } } }
  domain { ${label} } status { ${label} } type { ${label} } doseForm { ${label} } routes { ${label} }
  classifications { ${label} } atc { text(language: $language) } legalStatusOfSupply { ${label} }
  packages(first: 100) { nodes { description(language: $language) packaging { type { ${label} } materials { ${label} } } } }
  activeSubstances { name(language: $language) concept { ${label} } }
  clinicalUses { text(language: $language) }
  authorizations { status { ${label} } region { ${label} } }
} } }`;

/** Codes of the languages (list 100000072057). */
const languages = {
  sv: '100000072288',
  fi: '100000072149',
  de: '100000072178',
  fr: '100000072175',
  en: '100000072147',
  et: '100000072172',
  el: '100000072181',
  'pt-BR': '100000072251',
  pl: '100000072217',
  ja: undefined,
} as const;

interface Answer {
  readonly products: {
    readonly nodes: readonly {
      readonly name: string | null;
      readonly names: readonly {
        readonly text: string;
        readonly usages: readonly { readonly language: { readonly code: string } }[];
      }[];
    }[];
  };
}

async function ask(language: string | null): Promise<Answer> {
  const { data, errors } = await service.query(everything, { language });
  expect(errors).toBeUndefined();
  return data as unknown as Answer;
}

/** Returns the paths of all null values in an answer. */
function gapsOf(value: unknown, path = ''): readonly string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  // The language of a document may be unknown.
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'language' ? [] : gapsOf(each, `${path}.${key}`),
  );
}

interface LabelAnswer {
  readonly text: string;
  readonly language: string | null;
  readonly fallback: boolean;
  readonly conflict: boolean;
}

function labelsOf(value: unknown): readonly LabelAnswer[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'fallback' in value ? [value as LabelAnswer] : Object.values(value).flatMap(labelsOf);
}

describe('each product of the sandbox', () => {
  it.each(oneIn(3, Object.entries(languages)))(
    'has the expected text in every coded field if the request accepts the language "%s"',
    async (tag, term) => {
      const [plain, told] = [await ask(null), await ask(tag)];
      expect(gapsOf(told)).toEqual(gapsOf(plain));
      const labels = labelsOf(told);
      expect(labels.length).toBeGreaterThan(1_000);
      for (const { language, fallback } of labels)
        expect(fallback).toBe(language?.split('-')[0] !== tag.split('-')[0]);
      expect(labels.every(({ conflict }) => !conflict)).toBe(true);
      for (const { name, names } of told.products.nodes) {
        const own = names.find(({ usages }) => usages.some(({ language }) => language.code === term));
        expect([own?.text ?? names[0]?.text, name]).toEqual([name, name]);
      }
    },
  );

  it('has its name in the requested language, if it has one', async () => {
    const [plain, told] = [await ask(null), await ask('sv')];
    const changed = told.products.nodes.filter(({ name }, at) => name !== plain.products.nodes[at]?.name);
    expect(changed.length).toBeGreaterThan(3);
  });
});

const inGerman = (content: object) => ({
  extension: [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/translation',
      extension: [
        { url: 'lang', valueCode: 'de' },
        { url: 'content', ...content },
      ],
    },
  ],
});
const who = (code: string, display: string) => ({ system: 'http://www.whocc.no/atc', code, display });

const written = [
  {
    resourceType: 'MedicinalProductDefinition',
    id: 'finnish',
    language: 'fi',
    name: [{ productName: 'Esimerkki' }],
    description: 'Tabletti.',
    _description: inGerman({ valueMarkdown: 'Eine Tablette.' }),
    domain: { coding: [{ system: emaList('100000000004'), code: '100000000012' }] },
    type: { text: 'kotimainen', _text: inGerman({ valueString: 'national' }) },
  },
  {
    resourceType: 'MedicinalProductDefinition',
    id: 'torn',
    name: [{ productName: 'Torn' }],
    classification: [
      {
        coding: [
          { system: emaList('100000093533'), code: '100000096122', display: 'ciclosporin' },
          who('L04AD01', 'ciclosporin'),
        ],
      },
      { coding: [who('N02BE01', 'paracetamol'), who('M01AE01', 'ibuprofen')] },
    ],
  },
];

describe.each(['everything', 'search'] as const)('a record with the profile `%s`', (profile) => {
  let own: TestService;
  beforeAll(async () => {
    own = await startTestService({ profile, sandbox: { resources: written as unknown as Resource[] } });
  });
  afterAll(() => own.stop());

  it('has texts in its own language and in the languages of its translations', async () => {
    const query = `query ($id: ID!, $language: String) { product(id: $id) {
      name(language: $language) description domain { ${label} } type { ${label} } } }`;
    const ask = async (language: string, accepted = '*') => {
      const answer = await own.query(query, { id: 'finnish', language }, { 'accept-language': accepted });
      return answer.data?.['product'];
    };
    expect(await ask('fi', 'de')).toEqual({
      name: 'Esimerkki',
      description: 'Eine Tablette.',
      domain: {
        text: 'Human use',
        label: { text: 'Human use', language: 'en', fallback: true, conflict: false },
      },
      type: {
        text: 'kotimainen',
        label: { text: 'kotimainen', language: 'fi', fallback: false, conflict: false },
      },
    });
    expect(await ask('de-AT', 'fi')).toMatchObject({
      name: 'Esimerkki',
      description: 'Tabletti.',
      type: { label: { text: 'national', language: 'de', fallback: false } },
    });
  });

  it('has its own text for an element whose codes contradict each other', async () => {
    const { data } = await own.query(
      `{ product(id: "torn") { classifications { code ${label.replaceAll('(language: $language)', '')} } atc { code text } } }`,
    );
    expect(data).toMatchObject({
      product: {
        classifications: [
          { code: '100000096122', text: 'ciclosporin', label: { text: 'ciclosporin', conflict: true } },
          { code: 'N02BE01', text: 'paracetamol', label: { conflict: false } },
          { code: 'M01AE01', text: 'ibuprofen', label: { conflict: false } },
        ],
        atc: [
          { code: 'L04AD01', text: 'ciclosporin' },
          { code: 'N02BE01', text: 'paracetamol' },
          { code: 'M01AE01', text: 'ibuprofen' },
        ],
      },
    });
  });
});
