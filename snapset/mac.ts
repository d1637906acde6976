const octet = /^[0-9a-f]{1,2}$/;

/**
 * A MAC address in the form Neutron uses: lower case, colons, two digits an octet.
 * Hotstack's documents write `fa:16:9e:81:f6:5`; that is `fa:16:9e:81:f6:05`.
 *
 * @returns undefined when `text` is not a MAC address
 */
export function normalizeMac(text: string): string | undefined {
  const octets = text.trim().toLowerCase().split(/[:-]/);
  if (octets.length !== 6 || !octets.every((part) => octet.test(part))) return undefined;
  return octets.map((part) => part.padStart(2, "0")).join(":");
}
