import type { Volume } from "./blockStorage/records";
import type { Server } from "./compute/records";
import type { Caller } from "./identity";
import type { Image } from "./images";
import type { World } from "./world";

/** An image that somebody else makes look like one of ours. */
export interface Imitation {
  name: string;
  tags: string[];
  properties?: Record<string, string>;
  /** Whose it is. @default other */
  project?: string;
}

/**
 * Somebody else with rights in every project, for tests of what happens when the cloud changes
 * under a capture. Things are named by name or id. What is done is accepted at once and takes the
 * time that it takes, as by the API, and os-instance-actions tell of it.
 */
export class Somebody {
  readonly #userId: string;

  constructor(
    private readonly world: World,
    userId: string,
  ) {
    this.#userId = userId;
  }

  start(server: string): void {
    this.#act(server, "start", (it, who) => {
      this.world.compute.power.start(it, who);
    });
  }

  stop(server: string): void {
    this.#act(server, "stop", (it, who) => {
      this.world.compute.power.stop(it, who);
    });
  }

  reboot(server: string, type: "SOFT" | "HARD" = "HARD"): void {
    this.#act(server, "reboot", (it, who) => {
      this.world.compute.power.reboot(it, who, type === "HARD");
    });
  }

  deleteServer(server: string): void {
    this.#act(server, "delete", (it, who) => {
      this.world.compute.servers.delete(it.id, who);
    });
  }

  /** Asks Nova for an image. @returns its id */
  createImage(server: string, name: string): string {
    let id = "";
    this.#act(server, "createImage", (it, who) => {
      id = this.world.compute.snapshots.create(it, who, name, {}).id;
    });
    return id;
  }

  attachVolume(server: string, volume: string): void {
    const { id } = this.#volume(volume);
    this.#act(server, "attach_volume", (it, who) => {
      this.world.compute.attachments.attachVolume(it, who, id, false);
    });
  }

  detachVolume(server: string, volume: string): void {
    const { id } = this.#volume(volume);
    this.#act(server, "detach_volume", (it) => {
      this.world.compute.attachments.detachVolume(it, id);
    });
  }

  deleteImage(image: string): void {
    const { images } = this.world;
    const it = find("image", images.all(), image);
    images.delete(it.id, this.#in(it.owner));
  }

  deleteSnapshot(snapshot: string): void {
    const { volumes } = this.world;
    const it = find("snapshot", volumes.snapshots(), snapshot);
    volumes.deleteSnapshot(it.id, this.#in(it.projectId));
  }

  /** An active image of another project, shared with nobody, or offered to all when it is public. */
  imitate({ name, tags, properties = {}, project = "other" }: Imitation, isPublic = false): Image {
    const { images, identity } = this.world;
    const image = images.create(identity.project(project).id, {
      name,
      tags: [...tags],
      properties: { ...properties },
      visibility: isPublic ? "public" : "private",
    });
    images.setContent(image, { bootCount: 0, files: {} }, 1, 1);
    return image;
  }

  #act(name: string, action: string, work: (server: Server, who: Caller) => void): void {
    const { servers } = this.world.compute;
    const server = find("server", servers.all(), name);
    const who = this.#in(server.projectId);
    work(server, who);
    servers.record(server, who, action, `req-${this.world.ids.uuid()}`);
  }

  #volume(name: string): Volume {
    return find("volume", this.world.volumes.all(), name);
  }

  #in(projectId: string): Caller {
    const projectName = this.world.identity.projects().find(({ id }) => id === projectId)?.name;
    return {
      projectId,
      projectName: projectName ?? "",
      userId: this.#userId,
      userName: "somebody",
      roles: ["member", "reader"],
      isAdmin: false,
    };
  }
}

function find<T extends { id: string; name: string | null }>(
  kind: string,
  things: readonly T[],
  wanted: string,
): T {
  const thing = things.find(({ id, name }) => id === wanted || name === wanted);
  if (thing === undefined) throw new RangeError(`there is no ${kind} ${wanted}`);
  return thing;
}
