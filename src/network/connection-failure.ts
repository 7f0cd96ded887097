/**
 * Explains failed connections to the upstream and the token endpoint: what failed, which setting is concerned and
 * what to do. The log, `doctor` and `/health/ready` use this table. Source: the error codes of Node.js, and of
 * OpenSSL's certificate verification.
 */

/**
 * The setting that contains the other server's URL. It is displayed in place of the host name, which is kept secret.
 */
export type Place = 'PMS_BASE_URL' | 'PMS_TOKEN_URL' | 'PMS_OPENAPI';

interface Fault {
  readonly what: string;
  readonly cure: string;
}

/**
 * A failed connection. Its code is one of Node.js or OpenSSL, or one such as `HTTP_407` if a proxy refused, or
 * `NO_ANSWER` for a timeout.
 */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
  readonly code: string;
  readonly place: Place;
  /** What the operator should do. */
  readonly cure: string;

  /** A code that does not look like Node's codes becomes `UNKNOWN`. */
  constructor(code: string, place: Place) {
    const known = /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'UNKNOWN';
    const { what, cure } = faultOf(known);
    super(`${known} at ${place}: ${what}. ${cure}`);
    this.code = known;
    this.place = place;
    this.cure = cure;
  }
}

const ownAuthority =
  'Set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of that authority. Many companies inspect TLS with an authority of their own. Never switch off the check of certificates.';
const unknownAuthority: Fault = {
  what: 'the certificate is signed by an authority that this machine does not know',
  cure: ownAuthority,
};
const brokenOff: Fault = {
  what: 'the connection was reset',
  cure: 'The other server may be restarting. If this happens again, a firewall or a proxy in between breaks the connection.',
};
const noTls: Fault = {
  what: 'the server at this address does not speak TLS correctly',
  cure: 'Check scheme and port of the address, and whether a proxy or firewall in between inspects TLS.',
};
const noWay: Fault = {
  what: 'there is no route to the host',
  cure: 'Check the network, the routes and the firewall of this machine or container; behind a proxy set HTTPS_PROXY.',
};

const faults: Readonly<Record<string, Fault>> = {
  ENOTFOUND: {
    what: 'DNS does not know the host',
    cure: 'Check its spelling, and the DNS of this machine or container; behind a proxy set HTTPS_PROXY.',
  },
  EAI_AGAIN: {
    what: 'the DNS server did not answer',
    cure: 'Check the network and the DNS of this machine or container (/etc/resolv.conf). The failure is often temporary.',
  },
  ECONNREFUSED: {
    what: 'no program listens at this host and port, or a firewall rejects connections',
    cure: 'Check host and port, and whether the server is running.',
  },
  ECONNRESET: brokenOff,
  ERR_STREAM_PREMATURE_CLOSE: brokenOff,
  EPIPE: {
    what: 'the connection was closed while a request was being sent',
    cure: 'The other server may be restarting. If this happens again, a firewall or a proxy in between closes the connection.',
  },
  ETIMEDOUT: {
    what: 'the connection was not established in time',
    cure: 'A firewall may be dropping the packets: check that this machine may connect to this host; behind a proxy set HTTPS_PROXY.',
  },
  NO_ANSWER: {
    what: 'the connection was established, but no complete response arrived in time',
    cure: 'The server is slow, or a proxy in between delays the response. PMS_TIMEOUT sets how long the service waits.',
  },
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
  ENETDOWN: noWay,
  EADDRNOTAVAIL: noWay,
  EACCES: {
    what: 'this machine does not allow the connection',
    cure: 'Check its firewall, and the network policy of the container.',
  },
  EPERM: {
    what: 'this machine does not allow the connection',
    cure: 'Check its firewall, and the network policy of the container.',
  },
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  CERT_UNTRUSTED: unknownAuthority,
  INVALID_CA: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    what: 'the certificate is self-signed',
    cure: 'Is this the right host? If it is, set NODE_EXTRA_CA_CERTS to a PEM file with this certificate. Never switch off the check of certificates.',
  },
  CERT_HAS_EXPIRED: {
    what: 'the certificate has expired',
    cure: 'The operator of that host has to renew it. Check the clock of this machine first.',
  },
  CERT_NOT_YET_VALID: {
    what: 'the certificate is not valid yet',
    cure: 'Check the clock of this machine: it may be behind.',
  },
  CERT_REVOKED: { what: 'the certificate is revoked', cure: 'The operator of that host has to renew it.' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: 'the certificate is for another host name',
    cure: 'Check the host in the address: it must be a name in the certificate, not an IP address or an alias.',
  },
  HOSTNAME_MISMATCH: {
    what: 'the certificate is for another host name',
    cure: 'Check the host in the address: it must be a name in the certificate, not an IP address or an alias.',
  },
  EPROTO: noTls,
  PROXY_UNREACHED: {
    what: 'the proxy that HTTPS_PROXY names cannot be reached',
    cure: 'Check host and port in HTTPS_PROXY. NO_PROXY lists hosts that are reached without it.',
  },
  PROXY_REFUSED: {
    what: 'the proxy that HTTPS_PROXY names does not let this connection through',
    cure: 'Ask the operator of the proxy to allow this host. NO_PROXY lists hosts that are reached without it.',
  },
  PROXY_BAD_ANSWER: {
    what: 'the server that HTTPS_PROXY names does not answer like a proxy',
    cure: 'Check host and port in HTTPS_PROXY, and its scheme: http, or https where the proxy itself speaks TLS.',
  },
  HTTP_407: {
    what: 'a proxy in between requires credentials',
    cure: 'Put them into HTTPS_PROXY, as http://user:password@host:port, or let the proxy allow this host without them.',
  },
  HTTP_511: {
    what: 'the network requires a sign-in first',
    cure: 'Sign this machine in to its network, or use another one.',
  },
};

const notHttp: Fault = {
  what: 'the server at this address does not speak HTTP correctly',
  cure: 'Check scheme and port of the address, and whether a proxy or firewall in between changes responses.',
};
const badCertificate: Fault = {
  what: 'the certificate, or another one in its chain, is not accepted',
  cure: 'The operator of that host has to replace it. Check the clock of this machine first.',
};

/** Explanations by the first part of a code. They are used for codes that are not in the table. */
const families: readonly (readonly [RegExp, Fault])[] = [
  [/^(ERR_SSL_|ERR_TLS_)/, noTls],
  [/^(CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|PATH_LENGTH_)/, badCertificate],
  [/^(HPE_|Z_|ERR_INVALID)/, notHttp],
];

function faultOf(code: string): Fault {
  return (
    (Object.hasOwn(faults, code) ? faults[code] : undefined) ??
    families.find(([form]) => form.test(code))?.[1] ?? {
      what: 'the connection failed',
      cure: 'Check the network between this machine and the server.',
    }
  );
}

/** Returns the ConnectionFailure among an error's causes, at any depth. Undefined if there is none. */
export function connectionFailureIn(error: unknown): ConnectionFailure | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ConnectionFailure) return cause;
  return undefined;
}
