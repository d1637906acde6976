import { messageOf } from "../../common/errors";
import { call } from "../../dynamic/providers/index";
import { PartialFailure } from "../../dynamic/providers/partialFailure";
import type { Answer, Order } from "./ProviderProcess";

// A dynamic provider alone, as the engine has it in a process of its own: calls, one after the other,
// are told and answered by messages.
process.on("message", (order: Order) => {
  void carryOut(order).then((answer) => process.send?.(answer));
});
process.send?.("ready");

async function carryOut({ env, kind, method, args, config: more }: Order): Promise<Answer> {
  process.env["OS_CLIENT_CONFIG_FILE"] = env.OS_CLIENT_CONFIG_FILE;
  const config: Record<string, string> = { "openstack:cloud": env.OS_CLOUD, ...more };
  await call(kind, "configure", [{ get: (key: string) => config[key] }]);
  try {
    return { result: await call(kind, method, args) };
  } catch (error) {
    return {
      problem: error instanceof PartialFailure ? error.reasons.join("\n") : messageOf(error),
    };
  }
}
