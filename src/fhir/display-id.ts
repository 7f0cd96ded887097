/**
 * Creates ids for organizations that records name without a FHIR id. The id encodes the organization's name and
 * identifier.
 */

/** The name and identifier by which a reference names an organization without a FHIR id. */
export interface Display {
  readonly name: string;
  readonly system?: string | undefined;
  readonly value?: string | undefined;
}

/**
 * Returns the id for an organization that a reference names without a FHIR id. The id encodes the name and the
 * identifier, so that they can be decoded. Organizations with the same name and different identifiers get different
 * ids.
 */
export function displayId({ name, system, value }: Display): string {
  const parts = value === undefined ? [name] : [name, value, system ?? ''];
  return parts.map((part) => `~${Buffer.from(part).toString('base64url')}`).join('');
}

/** Returns the name and identifier that `displayId` encoded; undefined for a FHIR id, which never contains `~`. */
export function displayIn(id: string): Display | undefined {
  if (!id.startsWith('~')) return undefined;
  const [name = '', value, system] = id
    .slice(1)
    .split('~')
    .map((part) => Buffer.from(part, 'base64url').toString());
  return name === '' ? undefined : { name, value, system: system || undefined };
}
