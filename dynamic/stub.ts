import type { dynamic } from "@pulumi/pulumi";

type Inputs = Record<string, unknown>;

/**
 * The provider that Pulumi serialises into its state as text: nothing but the name of the real one,
 * which it loads when called. So state holds no code of ours, and a later version of this program
 * works on what an earlier one made. Paths in it are relative to the project's directory, in which
 * Pulumi runs it.
 */
export function providerStub(kind: string): dynamic.ResourceProvider<Inputs, Inputs> {
  return {
    async configure(request) {
      await require("./dynamic/boot.cjs").call(kind, "configure", [request.config]);
    },
    async check(olds, news) {
      return require("./dynamic/boot.cjs").call(kind, "check", [olds, news]);
    },
    async diff(id, olds, news) {
      return require("./dynamic/boot.cjs").call(kind, "diff", [id, olds, news]);
    },
    async create(inputs) {
      return require("./dynamic/boot.cjs").call(kind, "create", [inputs]);
    },
    async read(id, props) {
      return require("./dynamic/boot.cjs").call(kind, "read", [id, props]);
    },
    async update(id, olds, news) {
      return require("./dynamic/boot.cjs").call(kind, "update", [id, olds, news]);
    },
    async delete(id, props) {
      await require("./dynamic/boot.cjs").call(kind, "delete", [id, props]);
    },
  };
}
