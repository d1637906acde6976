import "./common/stackTraces";
import * as pulumi from "@pulumi/pulumi";
import { capture } from "./modes/capture";
import { deploy } from "./modes/deploy";
import { withPlainErrors } from "./modes/plainErrors";
import { restore } from "./modes/restore";
import { restoreMachines } from "./modes/restoreMachines";
import { parseConfig } from "./snapset/config";

const program = withPlainErrors(() => {
  const name = pulumi.getStack();
  const config = parseConfig(pulumi.runtime.allConfig());
  switch (config.mode) {
    case "deploy":
      return deploy(name, config);
    case "restore":
      return config.kubevirt === undefined
        ? restore(name, config)
        : restoreMachines(name, config, config.kubevirt);
    case "capture":
      return capture(name, config);
  }
});

export = program;
