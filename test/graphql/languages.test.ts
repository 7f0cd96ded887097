/** Texts in the language that is asked for: on every product of the sandbox, wherever there is a text it is no gap. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';
import { oneIn } from '../support/tier.js';

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

/** Terms of the languages (list 100000072057). */
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

/** Where in an answer there is nothing. */
function gapsOf(value: unknown, path = ''): readonly string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  // Of a label the language may be unknown.
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

describe('every product of the sandbox', () => {
  it.each(oneIn(3, Object.entries(languages)))(
    'has every text when it is asked for in %s',
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

  it('has some names in other languages than the first', async () => {
    const [plain, told] = [await ask(null), await ask('sv')];
    const changed = told.products.nodes.filter(({ name }, at) => name !== plain.products.nodes[at]?.name);
    expect(changed.length).toBeGreaterThan(3);
  });
});
