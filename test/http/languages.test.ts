/** Languages over HTTP: Accept-Language, Content-Language, and that a cached answer is only sent in its own language. */
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptedLanguages, contentLanguage } from '../../src/http/graphql/languages.js';
import { startTestService, type TestService } from '../support/service.js';

describe('the header Accept-Language', () => {
  it.each([
    ['pt-BR, pt;q=0.9, en;q=0.5', ['pt-BR', 'pt', 'en']],
    ['en;q=0.5, pt;q=0.9, pt-BR', ['pt-BR', 'pt', 'en']],
    ['DE-at', ['de-AT']],
    ['de, de;q=0.5, fr;q=0', ['de']],
    ['de, *;q=0.1', ['de']],
    ['*, de;q=0.5', []],
    ['*', []],
    [undefined, []],
    ['', []],
    ['en_US, C, de', ['de']],
    ['xx, de;q=0.5', ['de']],
    ['xx', ['xx']],
    ['und', []],
    ['und-DE, de;q=0.1', ['de']],
    ['deu, ger;q=0.5', ['de']],
    [',;q=', []],
    ['de;q=2;q=x', ['de']],
    [`${'x'.repeat(5_000)}, sv`, ['sv']],
  ])('with the value $0 is read as $1', (header, tags) => {
    const request = { headers: header === undefined ? {} : { 'accept-language': header } };
    expect(acceptedLanguages(request as IncomingMessage)).toEqual(tags);
  });

  it('is read up to a maximum number of characters', () => {
    const many = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => [
      `de-x-${letter}`,
      `fr-x-${letter}`,
    ]).flat();
    const request = { headers: { 'accept-language': many.join() } };
    expect(acceptedLanguages(request as IncomingMessage)).toEqual(many.slice(0, 32));
  });
});

describe('the header Content-Language', () => {
  it('contains only valid language tags', () => {
    expect(contentLanguage(['de', 'x\r\nset-cookie: a', 'pt-PT'])).toBe('de, pt-PT');
  });
});

describe('the language of an answer', () => {
  let kept: TestService;
  let fresh: TestService;
  beforeAll(async () => {
    kept = await startTestService({ profile: 'everything', cacheTtlMs: 300_000 });
    fresh = await startTestService({ profile: 'everything', cacheTtlMs: 0 });
  });
  afterAll(() => Promise.all([kept.stop(), fresh.stop()]));

  const query =
    '{ product(id: "600000000003") { name names { usages { language { code } } } domain { label { text language fallback } } } }';

  async function ask(service: TestService, accepted: string, text = query) {
    const response = await fetch(`${service.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': accepted },
      body: JSON.stringify({ query: text }),
    });
    const { data, errors } = (await response.json()) as {
      data: { product: { name: string; domain: { label: object } } };
      errors?: { message: string; extensions: { code: string } }[];
    };
    const { headers } = response;
    return {
      data,
      errors,
      vary: headers.get('vary'),
      language: headers.get('content-language'),
      age: headers.get('age'),
    };
  }

  it('depends on Accept-Language, and is stated in the headers Vary and Content-Language', async () => {
    const english = await ask(kept, 'en-GB');
    expect(english.vary?.split(', ')).toContain('Accept-Language');
    expect(english.data.product.domain.label).toEqual({ text: 'Human use', language: 'en', fallback: false });
    const none = await ask(kept, 'xx');
    expect(none.data.product.domain.label).toEqual({ text: 'Human use', language: 'en', fallback: true });
    expect((await ask(kept, 'de', '{ product(id: "600000000003") { domain { text } } }')).language).toBe(
      'en',
    );
    expect((await ask(kept, 'de', '{ product(id: "600000000003") { id } }')).language).toBeNull();
  });

  it('is never taken from a cached answer in a language that the client does not accept', async () => {
    const text = '{ products(first: 20) { nodes { name domain { label { language fallback } } } } }';
    const accepted = ['de', 'en', 'sv', 'fi, sv;q=0.5', 'fi, en;q=0.5', 'fi', '*', 'en', 'pt-BR, pt;q=0.9'];
    const seen = new Set<string>();
    for (const round of [1, 2]) {
      for (const each of accepted) {
        const [one, other] = [await ask(kept, each, text), await ask(fresh, each, text)];
        expect([each, one.data, one.language]).toEqual([each, other.data, other.language]);
        // In the second round the answer comes from the cache.
        if (round === 2) expect(one.age).not.toBeNull();
        seen.add(JSON.stringify(one.data));
      }
    }
    // The expected answers have the default, German, Swedish, Finnish and English names, and two for Finnish readers who
    // accept another language too.
    expect(seen.size).toBeGreaterThan(5);
  });

  it.each(['xx', 'und', 'und-DE', 'en_US', '', 'english', ' de'])(
    'cannot be requested by the argument `language: "%s"`, which is refused',
    async (tag) => {
      const { errors } = await ask(
        kept,
        'en',
        `{ product(id: "600000000003") { name(language: ${JSON.stringify(tag)}) } }`,
      );
      expect(errors?.map(({ message, extensions: { code } }) => [code, message])).toEqual([
        ['BAD_USER_INPUT', '"language" must be the tag of a language, such as "de" or "pt-PT".'],
      ]);
    },
  );
});
