/** GraphiQL in a real browser, if `chromium` is on the PATH: what a reader first sees and does. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { Kind, parse } from 'graphql';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createGraphiql } from '../../src/http/pages/graphiql.js';
import { startTestService, type TestService } from '../support/service.js';
import { isQuick, oneIn } from '../support/tier.js';

const executablePath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find((file) => existsSync(file));
if (executablePath === undefined) {
  process.stderr.write('GraphiQL was not tried in a browser: there is no chromium on the PATH.\n');
}

const desktop = { width: 1280, height: 800 };
const phone = { width: 375, height: 667 };

describe.skipIf(executablePath === undefined)('GraphiQL in Chromium', () => {
  let browser: Browser;
  let service: TestService;
  beforeAll(async () => {
    [browser, service] = await Promise.all([launch(), startTestService({ graphiql: true })]);
  });
  afterAll(() => Promise.all([browser.close(), service.stop()]));

  describe.each(
    oneIn(4, [
      { name: 'a desktop, light', viewport: desktop, colorScheme: 'light', background: 'rgb(255, 255, 255)' },
      { name: 'a desktop, dark', viewport: desktop, colorScheme: 'dark', background: 'rgb(33, 42, 59)' },
      { name: 'a phone, light', viewport: phone, colorScheme: 'light', background: 'rgb(255, 255, 255)' },
      { name: 'a phone, dark', viewport: phone, colorScheme: 'dark', background: 'rgb(33, 42, 59)' },
    ] as const),
  )('on $name', ({ viewport, colorScheme, background }) => {
    let page: Page;
    let faults: readonly string[];
    beforeAll(async () => {
      ({ page, faults } = await open({ viewport, colorScheme }));
    });

    it('displays, in readable contrast, the notice that the data are samples', async () => {
      const notice = page.getByText('Sample data, not for clinical use.');
      const ground = await styleOf(page.locator('.notice'), 'background-color');

      expect(await isInView(notice)).toBe(true);
      expect(await contrastOf(notice, ground)).toBeGreaterThan(7);
      expect(await page.getByText('Beta data').isVisible()).toBe(false);
    });

    it('runs the first example and displays its result', async () => {
      await page.getByRole('button', { name: /^Execute query/ }).click();
      const result = page.locator('.result-window').filter({ hasText: await nameOfAProduct() });

      await expect(result.waitFor()).resolves.toBeUndefined();
    });

    it('displays the schema descriptions in its documentation panel, in the colours of the theme', async () => {
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.getByRole('link', { name: 'Query', exact: true }).click();
      await page.getByRole('link', { name: 'products', exact: true }).click();
      const docs = page.locator('.graphiql-doc-explorer');
      const description = docs.getByText(await descriptionOfProducts());
      await description.waitFor();

      expect(await isInView(description)).toBe(true);
      expect(await styleOf(page.locator('body'), 'background-color')).toBe(background);
      expect(
        await contrastOf(docs.getByRole('link', { name: 'ProductConnection' }), background),
      ).toBeGreaterThan(4.5);
    });

    it('keeps the notice visible at every scroll position', async () => {
      await page.evaluate(
        `for (const element of [document.documentElement, document.body, document.querySelector('#graphiql')])
          element.scrollTop = 100`,
      );

      expect(await isInView(page.getByText('Sample data, not for clinical use.'))).toBe(true);
    });

    it('has requested no other host, violated no content policy and logged no error in the tests before', () => {
      expect(faults).toEqual([]);
    });
  });

  it.skipIf(isQuick)(
    'offers every operation of schema/operations as an example, and opens one in a visible tab',
    async () => {
      const { page } = await open({ viewport: desktop });
      expect(await tabsOf(page)).toEqual(['LinkedProducts']);
      await page.getByRole('button', { name: 'Show Examples' }).click();
      const examples = page.locator('.examples button');
      const folder = new URL('../../schema/operations/', import.meta.url);
      const titles = await examples.locator('strong').allTextContents();
      expect(titles.map((title) => title.toLowerCase().replaceAll(' ', '-')).toSorted()).toEqual(
        readdirSync(folder)
          .map((file) => file.replace('.graphql', ''))
          .toSorted(),
      );
      // There is no room for so many tabs, so the page scrolls to the new one.
      for (const title of titles.slice(0, 12)) {
        await examples.filter({ has: page.getByText(title, { exact: true }) }).click();
        await expect.poll(() => page.evaluate(isNewestTabInView)).toBe(true);
      }
      expect(await tabsOf(page)).toHaveLength(13);
      const last = `${titles[11]!.toLowerCase().replaceAll(' ', '-')}.graphql`;
      await expect
        .poll(async () => (await tabsOf(page)).at(-1))
        .toBe(nameOf(readFileSync(new URL(last, folder), 'utf8')));
      await page.getByRole('tab').first().click();
      expect(await isInView(page.getByRole('tab').first())).toBe(true);
    },
  );

  it('finds examples by words of their titles and descriptions', async () => {
    const { page } = await open({ viewport: phone });
    await page.getByRole('button', { name: 'Show Examples' }).click();
    const search = page.getByLabel('Search the examples');
    await search.fill('bar CODES');
    expect(await page.locator('.examples strong').allTextContents()).toEqual([
      'Bar code',
      'Package picker',
      'Package page',
    ]);
    await search.fill('nothing has this');
    expect(await page.getByText('No example contains these words.').isVisible()).toBe(true);
    await search.fill('head of a leaflet');
    await page.locator('.examples button').click();
    // On a phone the list closes when an example is opened.
    expect(await page.locator('.examples').isVisible()).toBe(false);
    await expect.poll(() => tabsOf(page)).toEqual(['LinkedProducts', 'LeafletHeader']);
  });

  it('displays `extensions.upstream` of each answer', async () => {
    const { page } = await open({ viewport: desktop });
    const run = page.getByRole('button', { name: /^Execute query/ });
    const receipt = page.getByRole('status', { name: 'Receipt' });
    await run.click();
    await receipt.waitFor();
    expect(await receipt.textContent()).toMatch(/\d+ upstream requests.*from the cache.*nothing is missing/);
    expect(await isInView(receipt)).toBe(true);
  });

  it('opens with the query of its URL, and offers a URL for the current query', async () => {
    const query = 'query Shared($n: Int) { products(first: $n) { nodes { id } } }';
    const given = new URLSearchParams({ query, variables: '{"n": 2}' });
    const { page, faults } = await open({ viewport: desktop }, `?${given}`, 'Shared');
    expect(await tabsOf(page)).toEqual(['Shared']);
    await page.getByRole('button', { name: /^Execute query/ }).click();
    await page.locator('.result-window').filter({ hasText: 'Product:600000000002' }).waitFor();
    await page.getByRole('button', { name: 'Copy a link to this query' }).click();
    const address = new URL(page.url());
    expect([address.searchParams.get('query'), address.searchParams.get('variables')]).toEqual([
      query,
      '{"n": 2}',
    ]);
    expect(faults).toEqual([]);
  });

  it.skipIf(isQuick)(
    'displays the result below the query on a phone, with all lines and buttons visible',
    async () => {
      const { page } = await open({ viewport: phone });
      const [query, result] = await Promise.all(
        ['.graphiql-editors', '.graphiql-response'].map((panel) => page.locator(panel).boundingBox()),
      );
      const buttons = await page.locator('.graphiql-toolbar button, .graphiql-sidebar > button').all();

      expect(query?.width).toBeGreaterThan(340);
      expect(result?.width).toBeGreaterThan(340);
      expect(result?.y).toBeGreaterThanOrEqual((query?.y ?? 0) + (query?.height ?? 0));
      expect(result?.height).toBeGreaterThan(200);
      expect(buttons.length).toBeGreaterThanOrEqual(9);
      expect(await Promise.all(buttons.map(isInView))).toEqual(buttons.map(() => true));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width);
    },
  );

  it.skipIf(isQuick)('has a language and a title in its HTML', async () => {
    const { page } = await open({ viewport: desktop });

    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toBe('GraphiQL – PMS GraphQL');
  });

  it.skipIf(isQuick)(
    'displays the notice that the data are beta if the upstream is a FHIR server',
    async () => {
      const page = await browser.newPage();
      onTestFinished(() => page.close());
      await page.goto(await startPageAlone());

      expect(await page.getByText('Beta data, not for operational use.').isVisible()).toBe(true);
      expect(await page.getByText('Sample data').isVisible()).toBe(false);
    },
  );

  describe('the page /graphiql/doctor', () => {
    it.each(
      oneIn(2, [
        { viewport: phone, colorScheme: 'dark', background: 'rgb(33, 42, 59)' },
        { viewport: desktop, colorScheme: 'light', background: 'rgb(255, 255, 255)' },
      ] as const),
    )('is readable in the colour scheme $colorScheme, and causes no upstream request', async (options) => {
      const { page, faults } = await openPage(options);
      service.sandbox.clearRequests();
      await page.goto(`${service.origin}/graphiql/doctor`);
      await page.getByRole('heading', { level: 2, name: 'What the upstream can do' }).waitFor();

      expect(await page.title()).toBe('What this service can do – PMS GraphQL');
      expect(await page.locator('main').getAttribute('aria-busy')).toBe('false');
      const filters = page.getByRole('table', { name: 'What applies the parts of a product filter' });
      expect(await filters.getByRole('rowheader').allTextContents()).toContain('searched by the upstream');
      await page.getByText(/^Searches: /).click();
      const search = page.getByRole('row', { name: /search MedicinalProductDefinition\?name/ });
      expect(await search.textContent()).toMatch(/✓\s+yes/);
      expect(await contrastOf(search.locator('.yes'), options.background)).toBeGreaterThan(4.5);
      expect(await contrastOf(page.locator('.cards strong').first(), options.background)).toBeGreaterThan(7);
      expect(await page.locator('.cards').textContent()).toMatch(/Client secret\s*unknown/);
      expect(await styleOf(page.locator('body'), 'background-color')).toBe(options.background);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport.width);
      expect(service.sandbox.requests).toEqual([]);
      expect(faults).toEqual([]);
    });

    it('displays the reason if the service does not answer', async () => {
      const { page } = await openPage({ viewport: desktop });
      const answer = { errors: [{ message: 'Not <b>now</b>.' }] };
      await page.route('**/graphql', (route) => route.fulfill({ json: answer }));
      await page.goto(`${service.origin}/graphiql/doctor`);
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect(await alert.textContent()).toContain(
        'The state of this service could not be read: Not <b>now</b>.',
      );
    });
  });

  /** Opens a page with the first example in the editor, once the schema is loaded. */
  async function open(
    options: BrowserContextOptions,
    search = '',
    shown = 'LinkedProducts',
  ): Promise<{ readonly page: Page; readonly faults: readonly string[] }> {
    const { page, faults } = await openPage(options);
    const schema = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.goto(`${service.origin}/graphql${search}`);
    await Promise.all([schema, page.locator('.graphiql-query-editor').getByText(shown).waitFor()]);
    return { page, faults };
  }

  /** Opens an empty page; `faults` collects errors and forbidden requests. */
  async function openPage(
    options: BrowserContextOptions,
  ): Promise<{ readonly page: Page; readonly faults: readonly string[] }> {
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    const faults: string[] = [];
    context.on('request', (request) => {
      if (isElsewhere(request.url(), service.origin)) faults.push(`request to ${request.url()}`);
    });
    context.on('requestfailed', (request) => faults.push(`no answer from ${request.url()}`));
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    context.on('weberror', (error) => faults.push(String(error.error())));
    await context.addInitScript({
      content:
        "addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))",
    });
    return { page: await context.newPage(), faults };
  }

  async function nameOfAProduct(): Promise<string> {
    const { data } = await service.query('{ products(filter: { name: "a" }, first: 1) { nodes { name } } }');
    const { products } = data as { products: { nodes: [{ name: string }] } };
    return products.nodes[0].name.split(' ')[0] ?? '';
  }

  /** Returns the first sentence of the description, which has no markup. */
  async function descriptionOfProducts(): Promise<string> {
    const { data } = await service.query('{ __type(name: "Query") { fields { name description } } }');
    const { __type } = data as { __type: { fields: readonly { name: string; description: string }[] } };
    return __type.fields.find(({ name }) => name === 'products')?.description.split('.')[0] ?? '';
  }
});

/** Returns the titles of the tabs without the titles of their icons, whose names change with each build. */
function tabsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(`[...document.querySelectorAll('[role=tab]')].map((tab) => {
    const copy = tab.cloneNode(true);
    for (const icon of copy.querySelectorAll('svg')) icon.remove();
    return copy.textContent;
  })`);
}

/** An expression that is evaluated in the page. */
const isNewestTabInView = `(() => {
  const list = document.querySelector('.graphiql-tabs');
  const tab = [...document.querySelectorAll('[role=tab]')].at(-1);
  const [outer, inner] = [list.getBoundingClientRect(), tab.getBoundingClientRect()];
  return tab.getAttribute('aria-selected') === 'true' && inner.left >= outer.left - 1 && inner.right <= outer.right + 1;
})()`;

/** Starts Chromium without its own network requests. */
function launch(): Promise<Browser> {
  const quiet = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'].map(
    (name) => `--disable-${name}`,
  );
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: executablePath ?? '',
    args: [...quiet, '--no-first-run', ...(isRoot ? ['--no-sandbox'] : [])],
  });
}

/** Starts a server with the page and its files, as over a FHIR server, but without an API. */
async function startPageAlone(): Promise<string> {
  const graphiql = createGraphiql(new URL('../../dist/graphiql/', import.meta.url), 'fhir');
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/graphql') graphiql.sendPage(response);
    else void graphiql.sendFile(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function isElsewhere(url: string, origin: string): boolean {
  return /^(https?|wss?):/.test(url) && new URL(url).origin !== origin;
}

function nameOf(document: string): string {
  const operation = parse(document).definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return operation && 'name' in operation ? (operation.name?.value ?? '') : '';
}

/** Whether the element is completely inside the window, and not hidden. */
async function isInView(locator: Locator): Promise<boolean> {
  const box = await locator.boundingBox();
  const size = locator.page().viewportSize();
  if (!box || !size || !(await locator.isVisible())) return false;
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height;
}

function styleOf(locator: Locator, property: string): Promise<string> {
  return locator.evaluate((element, name) => {
    const { getComputedStyle } = globalThis as unknown as {
      getComputedStyle(of: unknown): { getPropertyValue(name: string): string };
    };
    return getComputedStyle(element).getPropertyValue(name);
  }, property);
}

/** The contrast ratio of WCAG, 1 to 21. */
async function contrastOf(text: Locator, background: string): Promise<number> {
  const [brighter = 0, darker = 0] = [luminance(await styleOf(text, 'color')), luminance(background)].sort(
    (left, right) => right - left,
  );
  return (brighter + 0.05) / (darker + 0.05);
}

/** The relative luminance of `rgb(33, 42, 59)`. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
