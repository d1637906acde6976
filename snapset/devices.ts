/** The order of devices: `/dev/vdb` before `/dev/vdaa`; those without a device last. */
export function compareDevices(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.length - b.length || (a < b ? -1 : Number(a > b));
}
