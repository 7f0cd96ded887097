/** Makes ids for organizations that are known by a reference alone. Such an id carries all that the reference says. */

/** All that a reference says of an organization that it does not name by id. */
export interface Display {
  readonly name: string;
  readonly system?: string | undefined;
  readonly value?: string | undefined;
}

/**
 * Returns the id of an organization that is known by its display alone. The id carries the whole display, so that it
 * can be restored, and so that two with the same name and different identifiers stay apart.
 */
export function displayId({ name, system, value }: Display): string {
  const parts = value === undefined ? [name] : [name, value, system ?? ''];
  return parts.map((part) => `~${Buffer.from(part).toString('base64url')}`).join('');
}

/** Returns the content of such an id; undefined for an ordinary one, since `~` never occurs in a FHIR id. */
export function displayIn(id: string): Display | undefined {
  if (!id.startsWith('~')) return undefined;
  const [name = '', value, system] = id
    .slice(1)
    .split('~')
    .map((part) => Buffer.from(part, 'base64url').toString());
  return name === '' ? undefined : { name, value, system: system || undefined };
}
