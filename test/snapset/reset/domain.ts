import { begunMark, wholeMark, type ResetWish } from "../../../snapset/reset/mark";
import type { ServerView, VolumeView } from "../../../snapset/reset/resetNode";
import type { ResetObservation } from "../../../snapset/reset/resetPlan";

export const wish: ResetWish = { snapId: "AbCdEf12", trigger: "2" };
export const whole = wholeMark(wish);
export const begun = begunMark(wish);
export const earlier = wholeMark({ ...wish, trigger: "1" });

/** A server that an earlier reset left whole, and that has run since. */
const usedServer: ServerView = {
  status: "ACTIVE",
  taskState: null,
  imageId: "image-of-the-set",
  mark: earlier,
  isLocked: false,
  fault: undefined,
  volumeIds: [],
};

/** A volume on a server, or on none. */
export function volume(
  id: string,
  name: string,
  device: string | null,
  changes: Partial<VolumeView> = {},
): VolumeView {
  const attachments = device === null ? [] : [{ server_id: "id-of-node0", device }];
  return { id, name, status: device === null ? "available" : "in-use", attachments, ...changes };
}

/** A node of a set's environment that has been used, unless something else is said. */
export function observed(
  name: string,
  server: Partial<ServerView> = {},
  changes: Partial<Omit<ResetObservation, "server" | "volumes">> & {
    volumes?: VolumeView[];
    wanted?: { name: string; volumeId: string }[];
  } = {},
): ResetObservation {
  const { volumes = [], wanted = [], ...rest } = changes;
  const held = volumes.filter(({ attachments }) => attachments.length > 0).map(({ id }) => id);
  return {
    node: {
      name,
      role: "compute",
      serverId: `id-of-${name}`,
      imageId: "image-of-the-set",
      volumes: wanted,
    },
    server: { ...usedServer, volumeIds: held, ...server },
    volumes: new Map(volumes.map((it) => [it.id, it])),
    rebuilds: 0,
    wasOff: false,
    wasRunning: false,
    refusal: undefined,
    ...rest,
  };
}
