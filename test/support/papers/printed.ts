/** Responses in the form in which the documentation prints them. */
import type { Fields, GraphqlAnswer } from '../service.js';

/** Removes the locations of errors, and counts that differ between runs. */
export function essentialOf({ data, errors, extensions }: GraphqlAnswer): Fields {
  const { profile, requests, estimated, incomplete } = extensions['upstream'] as Fields;
  const faults = errors?.map(({ message, path, extensions: { code } }) => ({
    message,
    path,
    extensions: { code },
  }));
  return {
    ...(faults ? { errors: faults } : {}),
    data,
    extensions: { upstream: { profile, requests, estimated, incomplete } },
  };
}

const WIDTH = 110;

/** Formats JSON with each value on one line if it fits. */
export function compactJson(value: unknown, indent = ''): string {
  const line = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ');
  if (typeof value !== 'object' || value === null || indent.length + line.length <= WIDTH) return line;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = Object.entries(value).map(
    ([name, each]) => `${inner}${isList ? '' : `${JSON.stringify(name)}: `}${compactJson(each, inner)}`,
  );
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}
