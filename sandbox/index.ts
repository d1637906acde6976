import { cloudsYaml } from "./cloudsYaml";
import { listen, sandboxApp } from "./server";
import { World, type WorldOptions } from "./world";

export type { WorldOptions } from "./world";
export { manualTime } from "./world";

/** How a sandbox begins. */
export interface SandboxOptions extends WorldOptions {
  /** @default 0, any free one */
  port?: number;
  /** Called when the control API is told to stop the sandbox; without it nobody may. */
  onStop?: () => void;
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`, all services below it. */
  url: string;
  world: World;
  /**
   * The text of a clouds.yaml: clouds `sandbox`, `sandbox-other` and `sandbox-admin`, or those of
   * the users named, e.g. `reader`.
   */
  cloudsYaml(users?: readonly string[]): string;
  close(): Promise<void>;
}

/**
 * Starts an OpenStack and an OpenShift to try things on.
 *
 * @example
 * const sandbox = await startSandbox({ time: manualTime() });
 * sandbox.world.faults.add({ match: { action: "createImage", nth: 3 }, then: { status: 409 } });
 * sandbox.world.clock.advance(60_000);
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, onStop, ...worldOptions } = options;
  const world = new World(worldOptions);
  const listener = await listen(sandboxApp(world, onStop), port);
  return {
    url: listener.url,
    world,
    cloudsYaml: (users) => cloudsYaml(listener.url, world, users),
    close: async () => {
      await world.stop();
      await listener.close();
    },
  };
}
