/* eslint-disable @typescript-eslint/no-require-imports -- what is serialised runs as CommonJS, later and elsewhere */
import type { dynamic } from "@pulumi/pulumi";

type Inputs = Record<string, unknown>;

/** What boot.cjs exports. */
interface Boot {
  call(kind: string, method: string, args: unknown[]): Promise<never>;
}

/**
 * The provider that Pulumi serialises into its state as text: nothing but the name of the real one,
 * which it loads when called. So state holds no code of ours, and a later version of this program
 * works on what an earlier one made. Paths in it are relative to the project's directory, in which
 * Pulumi runs it.
 */
export function providerStub(kind: string): dynamic.ResourceProvider<Inputs, Inputs> {
  return {
    configure: (request) =>
      (require("./dynamic/boot.cjs") as Boot).call(kind, "configure", [request.config]),
    check: (olds, news) =>
      (require("./dynamic/boot.cjs") as Boot).call(kind, "check", [olds, news]),
    diff: (id, olds, news) =>
      (require("./dynamic/boot.cjs") as Boot).call(kind, "diff", [id, olds, news]),
    create: (inputs) => (require("./dynamic/boot.cjs") as Boot).call(kind, "create", [inputs]),
    read: (id, props) => (require("./dynamic/boot.cjs") as Boot).call(kind, "read", [id, props]),
    update: (id, olds, news) =>
      (require("./dynamic/boot.cjs") as Boot).call(kind, "update", [id, olds, news]),
    delete: (id, props) =>
      (require("./dynamic/boot.cjs") as Boot).call(kind, "delete", [id, props]),
  };
}
