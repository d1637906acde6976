import type { ConductorContext } from "./context";
import type { BareMetalNode } from "./records";

const laterMs = 60_000;

/** Calls `onTimeout` unless the node leaves this wait in time. A node in maintenance is left alone so long. */
export function armCallbackTimeout(
  { clock, callbackTimeoutMs }: ConductorContext,
  node: BareMetalNode,
  onTimeout: () => void,
): void {
  const { provisionState, provisionUpdatedAt } = node;
  const look = () => {
    const isSame =
      node.provisionState === provisionState && node.provisionUpdatedAt === provisionUpdatedAt;
    if (!isSame) return;
    if (node.fields.maintenance || node.reservation !== null) clock.after(laterMs, look);
    else onTimeout();
  };
  clock.after(callbackTimeoutMs(), look);
}

/** What Ironic says of a ramdisk that did not call. */
export const timeoutMessage = ({ uuid }: BareMetalNode): string =>
  `Timeout reached while waiting for callback for node ${uuid}`;
