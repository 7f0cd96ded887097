/** Sentences about the limits of a GraphQL document and its response. Reads the numbers from the source. */
import { readFileSync } from 'node:fs';

/** @throws if the file has no such number */
function numberIn(file: string, name: string): string {
  const [, text] = new RegExp(`\\b${name} = ([\\d_]+);`).exec(readFileSync(`src/${file}`, 'utf8')) ?? [];
  if (text === undefined) throw new RangeError(`${file} has no number ${name}`);
  return Number(text.replaceAll('_', '')).toLocaleString('en');
}

export function documentLimits(): readonly string[] {
  const ofShape = (name: string): string => numberIn('graphql/engine/shape.ts', name);
  return [
    `A body has ${numberIn('http/graphql/body.ts', 'maxBodyBytes')} bytes at most. A larger one is \`BAD_USER_INPUT\`, with HTTP status 413.`,
    `A document has ${numberIn('http/graphql/apollo.ts', 'maxTokens')} tokens and ${numberIn('http/graphql/graphql-route.ts', 'maxBrackets')} nested brackets at most.`,
    `An operation has, counted with its fragments expanded, ${ofShape('maxFields')} fields, ${ofShape('maxDepth')} levels, ${ofShape('maxRootFields')} fields at the root, ${ofShape('maxAliases')} aliases of one field and ${ofShape('maxDirectives')} directives at most.`,
    `A document is checked up to ${numberIn('graphql/format-error.ts', 'mostErrors')} errors. A document that repeats its fields so often that comparing them takes too long is refused.`,
    `An answer has ${numberIn('graphql/engine/project.ts', 'maxObjects')} objects and ${numberIn('graphql/engine/written.ts', 'maxAnswerBytes')} bytes at most.`,
    `\`first\` is ${numberIn('graphql/schema/args/rules.ts', 'mostRows')} at most, of \`terms\` ${numberIn('graphql/schema/args/fields.ts', 'mostListed')}. \`ids\` takes ${numberIn('graphql/schema/args/rules.ts', 'mostIds')} ids, \`lookup\` ${numberIn('graphql/schema/args/rules.ts', 'mostTerms')} terms. Beyond that it is \`BAD_USER_INPUT\`.`,
    `An operation has ${numberIn('graphql/engine/prepare.ts', 'mostSearches')} of \`searchProducts\`, \`suggest\` and \`changes\`, ${numberIn('graphql/schema/args/fields.ts', 'mostFacets')} facets, and the \`equivalents\` of ${numberIn('graphql/engine/prepare.ts', 'mostWithEquivalents')} products at most.`,
  ];
}
