/** Types of DNS records by their number (IANA, "Resource Record TYPEs"): those that rules are written about. */
const NAMES: ReadonlyMap<number, string> = new Map([
  ...([
    [1, 'A'],
    [2, 'NS'],
    [5, 'CNAME'],
    [6, 'SOA'],
    [10, 'NULL'],
    [12, 'PTR'],
    [13, 'HINFO'],
    [15, 'MX'],
  ] as const),
  ...([
    [16, 'TXT'],
    [28, 'AAAA'],
    [33, 'SRV'],
    [35, 'NAPTR'],
    [43, 'DS'],
    [46, 'RRSIG'],
    [48, 'DNSKEY'],
  ] as const),
  ...([
    [52, 'TLSA'],
    [251, 'IXFR'],
    [252, 'AXFR'],
    [255, 'ANY'],
    [257, 'CAA'],
  ] as const),
]);

/** @returns its name, or `TYPE` and the number (RFC 3597) */
export const queryType = (number: number): string => NAMES.get(number) ?? `TYPE${number}`;
