/** Ids of organizations that are known by a reference alone: they carry what it tells. */

/** All that a reference tells of an organization that it does not name by id. */
export interface Display {
  readonly name: string;
  readonly system?: string | undefined;
  readonly value?: string | undefined;
}

/**
 * The id of an organization of which only a display is known: it carries all of it, so that it can be given again, and
 * so that two of one name with different identifiers stay two.
 */
export function displayId({ name, system, value }: Display): string {
  const parts = value === undefined ? [name] : [name, value, system ?? ''];
  return parts.map((part) => `~${Buffer.from(part).toString('base64url')}`).join('');
}

/** What such an id carries, or undefined when it is an ordinary one: `~` never occurs in a FHIR id. */
export function displayIn(id: string): Display | undefined {
  if (!id.startsWith('~')) return undefined;
  const [name = '', value, system] = id
    .slice(1)
    .split('~')
    .map((part) => Buffer.from(part, 'base64url').toString());
  return name === '' ? undefined : { name, value, system: system || undefined };
}
