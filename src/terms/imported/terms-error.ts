/** Why nothing was imported, or what was imported cannot be read. */

/** Exit codes of sysexits.h. */
const exitCodes = { data: 65, noInput: 66, cannotCreate: 73, io: 74 } as const;

export class TermsError extends Error {
  override readonly name = 'TermsError';
  readonly kind: keyof typeof exitCodes;

  /** @param message one line for each thing that is wrong */
  constructor(kind: keyof typeof exitCodes, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}
