import { randomBytes } from "node:crypto";
import { snapIdFrom } from "../../snapset/snapId";
import { isDifferent, type Provider } from "./provider";

export interface SnapIdInputs {
  /** The label of the capture; another one asks for another set. */
  capture: string;
}

type SnapIdOutputs = SnapIdInputs & { snapId: string };

/**
 * Picks the snap_id. A resource of its own, so that the id is in the state before any work begins
 * and an interrupted capture goes on under the same one.
 */
export function snapIdProvider(): Provider<SnapIdInputs, SnapIdOutputs> {
  return {
    diff: (_id, olds, news) => {
      const changes = isDifferent(olds.capture, news.capture);
      return Promise.resolve({ changes, replaces: changes ? ["capture"] : [] });
    },
    create: (inputs) => {
      const snapId = snapIdFrom(randomBytes(6));
      return Promise.resolve({ id: snapId, outs: { ...inputs, snapId } });
    },
  };
}
