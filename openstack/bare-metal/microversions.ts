/** The header by which a request says which version of the API it is written for. */
export const microversionHeader = "x-openstack-ironic-api-version";

/**
 * What all requests are written for: the first in which a node says who leases it (ironic
 * `api/controllers/v1/versions.py`, MINOR_65_NODE_LESSEE). Names (1.5), graceful power off (1.27),
 * protected nodes (1.48) and owners (1.50) are older.
 */
export const baseMicroversion = "1.65";

/**
 * From which on an Ironic knows the verb `snapshot`. The specification guards it by a microversion
 * and names no number; no release has given it one. This is beyond all that are given.
 */
export const snapshotMicroversion = "1.200";

/** Whether a microversion is another one or newer: `1.9` is older than `1.82`. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
