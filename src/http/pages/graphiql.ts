/**
 * Serves GraphiQL to browsers: the page at `/graphql`, its files at `/graphiql/`, and the doctor's page at
 * `/graphiql/doctor`. All files are in this package.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import Negotiator from 'negotiator';
import { send, sendError, varyBy } from '../answers/answer.js';

export interface Graphiql {
  /** Whether a person opens `/graphql` in a browser. Programs accept JSON or any type; browsers prefer HTML. */
  isWanted(request: IncomingMessage): boolean;
  sendPage(response: ServerResponse): void;
  /** Handles requests below `/graphiql`. Sends 404 if the file does not exist. */
  sendFile(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

/**
 * The content security policy. The page loads nothing from other hosts, and sends nothing to them. The editor has
 * inline styles, but no inline scripts.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
};

function sendHtml(response: ServerResponse, page: string): void {
  send(response, 200, 'text/html; charset=utf-8', page, {
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
}

/**
 * Reads the built files in the directory. Throws Node's error if they were not built.
 * @param upstream decides which notice the page shows, for sample data or for beta data
 */
export function createGraphiql(directory: URL, upstream: 'sandbox' | 'fhir'): Graphiql {
  const read = (page: string): string => readFileSync(new URL(page, directory), 'utf8');
  const page = read('index.html').replace(/data-upstream="\w+"/, `data-upstream="${upstream}"`);
  const pages: ReadonlyMap<string, string> = new Map([['/graphiql/doctor', read('doctor.html')]]);
  // A requested path is looked up in this map, and never joined to the folder. So no path can lead outside the folder.
  const folder = new URL('assets/', directory);
  const assets = new Map<string, URL>(
    readdirSync(folder).map((name) => [
      `/graphiql/assets/${name.replace(/\.gz$/, '')}`,
      new URL(name, folder),
    ]),
  );

  return {
    isWanted({ method, headers }) {
      if (method !== 'GET' && method !== 'HEAD') return false;
      const offered = ['application/graphql-response+json', 'application/json', 'text/html'];
      return new Negotiator({ headers }).mediaType(offered) === 'text/html';
    },

    sendPage(response) {
      varyBy(response, 'Accept');
      sendHtml(response, page);
    },

    async sendFile(request, response, { pathname }) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return sendError(response, 405, 'BAD_USER_INPUT', 'Use GET.', { allow: 'GET, HEAD' });
      }
      const beside = pages.get(pathname);
      if (beside !== undefined) return sendHtml(response, beside);
      const asset = assets.get(pathname);
      const mediaType = mediaTypes[extname(pathname)];
      if (!asset || !mediaType) {
        return sendError(response, 404, 'BAD_USER_INPUT', 'There is no such file. GraphiQL is at /graphql.');
      }
      // The build writes only compressed files. For the few clients that do not accept gzip, they are decompressed.
      const isGzip = new Negotiator(request).encoding(['gzip', 'identity']) === 'gzip';
      const compressed = await readFile(asset);
      const body = isGzip ? compressed : await promisify(gunzip)(compressed);
      varyBy(response, 'Accept-Encoding');
      response.writeHead(200, {
        'content-type': mediaType,
        'content-length': body.length,
        ...(isGzip && { 'content-encoding': 'gzip' }),
        // A worker does not inherit the page's policy.
        'content-security-policy': policy,
        // The file's name contains a hash of its content.
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
      response.end(body);
    },
  };
}
