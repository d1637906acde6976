import type { Consistency } from "../manifest";
import type { Member } from "./member";
import type { ServerView } from "./server";

/**
 * What somebody else has done to a server since the capture began, so that a set with it would not
 * be what was asked for; undefined when nothing has been done.
 *
 * @param server as Nova lists it now; undefined when it is gone
 */
export function disturbanceOf(
  { server: before }: Pick<Member, "server">,
  server: ServerView | undefined,
  consistency: Consistency,
): string | undefined {
  // Nova lists a server for a while that is being deleted, and one that can be restored.
  if (server === undefined || ["DELETED", "SOFT_DELETED"].includes(server.status)) {
    return "its server was deleted during the capture";
  }
  const wanted = consistency === "shutdown" ? "SHUTOFF" : before.status;
  if (server.status !== wanted) {
    return wanted === "SHUTOFF" && server.status === "ACTIVE"
      ? "its server is ACTIVE: somebody started it during the capture"
      : `its server is ${server.status}: it must stay ${wanted} during the capture`;
  }
  const attached = difference(server.volumeIds, before.volumeIds);
  const detached = difference(before.volumeIds, server.volumeIds);
  if (attached.length + detached.length === 0) return undefined;
  const changes = [
    ...(attached.length > 0 ? [`attached ${attached.join(", ")}`] : []),
    ...(detached.length > 0 ? [`detached ${detached.join(", ")}`] : []),
  ];
  return `its volumes were changed during the capture: ${changes.join("; ")}`;
}

function difference(these: readonly string[], those: readonly string[]): string[] {
  return these.filter((id) => !those.includes(id));
}
