import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { launchSandbox, stopSandbox } from "../../sandbox/launch";
import { PulumiProject } from "../../sandbox/pulumiProject";
import { pulumiEnvironment } from "../../toolchain/environment";
import type { Bench } from "../Bench";
import { secondsOf } from "../statistics";

const nodes = 100;

/** What `pulumi preview` costs for a large environment that is not there yet. */
export const previewBench: Bench = {
  name: "preview",
  description: `preview of a new environment of ${nodes} nodes with two ports each, on the sandbox`,
  run: async ({ root, runs, say, signal }) => {
    const directory = mkdtempSync(join(tmpdir(), "snapset-bench-"));
    try {
      const sandbox = await launchSandbox(root, directory, { clockOffsetMs: 0 });
      const project = new PulumiProject(root, directory, {
        ...pulumiEnvironment(root),
        ...sandbox.env,
      });
      const path = join(directory, "environment.yaml");
      writeFileSync(path, stringify(largeEnvironment()));
      await project.createStack("large", {
        "openstack:cloud": "sandbox",
        "snapset:mode": "deploy",
        "snapset:environment": path,
      });
      const times: number[] = [];
      let resources = "";
      for (let run = 1; run <= runs; run++) {
        signal.throwIfAborted();
        const { code, output, elapsedMs } = await project.preview("large");
        resources = /\+ (\d+) to create/.exec(output)?.[1] ?? "";
        if (code !== 0 || resources === "") throw new Error(`exit code ${code}\n${output}`);
        times.push(elapsedMs);
        say(`run ${run}: ${secondsOf([elapsedMs])}`);
      }
      return [
        {
          title: `Preview of a new environment of ${nodes} nodes: median of ${runs} runs (range)`,
          head: ["resources", "time", "target"],
          rows: [[resources, secondsOf(times), "10 s"]],
        },
      ];
    } finally {
      await stopSandbox(directory);
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

function largeEnvironment(): object {
  const mac = (net: number, i: number) => `fa:16:3e:0${net}:00:${i.toString(16).padStart(2, "0")}`;
  const portOf = (net: number, i: number) => ({
    network: `net-${net}`,
    mac: mac(net, i),
    fixedIps: [{ ip: `10.0.${net}.${i + 10}` }],
  });
  return {
    name: "large",
    networks: [1, 2].map((net) => ({
      name: `net-${net}`,
      subnets: [{ name: `subnet-${net}`, cidr: `10.0.${net}.0/24` }],
    })),
    routers: [{ name: "router", externalNetwork: "public", subnets: ["subnet-1"] }],
    nodes: Array.from({ length: nodes }, (_, i) => ({
      name: i === 0 ? "controller" : `node-${i}`,
      role: i === 0 ? "controller" : i <= 3 ? "ocp_master" : "ocp_worker",
      image: "hotstack-controller",
      flavor: "hotstack.small",
      ports: [portOf(1, i), portOf(2, i)],
    })),
  };
}
