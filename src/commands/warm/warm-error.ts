/** Why nothing was warmed, or not all of it could be kept. */

/** Exit codes of sysexits.h. */
const exitCodes = { usage: 64, data: 65, noInput: 66, unavailable: 69 } as const;

export class WarmError extends Error {
  override readonly name = 'WarmError';
  readonly exitCode: number;

  constructor(exitCode: keyof typeof exitCodes, message: string) {
    super(message);
    this.exitCode = exitCodes[exitCode];
  }
}
