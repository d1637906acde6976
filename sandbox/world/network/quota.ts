import { Refusal } from "../refusal";
import type { NetworkTables } from "./records";

/** @throws {Refusal} 409 when the project has all that it may have of a resource */
export function checkNetworkQuota(
  tables: NetworkTables,
  resource: string,
  records: Iterable<{ project_id: string }>,
  projectId: string,
): void {
  const limit = tables.quotas[resource] ?? -1;
  if (limit < 0) return;
  const used = [...records].filter((record) => record.project_id === projectId).length;
  if (used >= limit) {
    throw new Refusal(409, `Quota exceeded for resources: ['${resource}'].`, "OverQuota");
  }
}
