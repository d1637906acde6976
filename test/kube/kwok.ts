import { join } from "node:path";
import { Daemon } from "./Daemon";
import type { ControlPlane, Programs } from "./ControlPlane";

/** A node with this label has power. */
export const powerLabel = "lab/power";

const now = "{{ Now | Quote }}";

/** What kwok does with nodes that have power, and with the pods on them. */
const stages = [
  {
    metadata: { name: "node-ready" },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Node" },
      selector: selector('.status.conditions.[] | select( .type == "Ready" ) | .status', "True"),
      next: {
        statusTemplate: nodeConditions({
          Ready: "True",
          MemoryPressure: "False",
          DiskPressure: "False",
          PIDPressure: "False",
        }),
      },
    },
  },
  {
    metadata: { name: "pod-running" },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Pod" },
      // Commands on nodes are the kubelets' stand-in's.
      selector: {
        matchExpressions: [
          { key: '.metadata.labels["snapset/runs"]', operator: "DoesNotExist" },
          { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
          { key: ".status.phase", operator: "NotIn", values: ["Running"] },
        ],
      },
      next: {
        statusTemplate: `phase: Running\nstartTime: ${now}\nconditions:\n- {type: Ready, status: "True", lastTransitionTime: ${now}}\n`,
      },
    },
  },
  {
    metadata: { name: "pod-delete" },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Pod" },
      selector: {
        matchExpressions: [{ key: ".metadata.deletionTimestamp", operator: "Exists" }],
      },
      next: { delete: true },
    },
  },
].map((stage) => ({ apiVersion: "kwok.x-k8s.io/v1alpha1", kind: "Stage", ...stage }));

/** A kwok that keeps nodes Ready while they have the power label. Leases are the kubelets' stand-in's. */
export function kwok(programs: Programs, plane: ControlPlane, directory: string): Daemon {
  const { pki } = plane;
  const config = pki.write("kwok.json", stages.map((it) => JSON.stringify(it)).join("\n---\n"));
  const kubeconfig = pki.write("kwok.kubeconfig", plane.kubeconfig(plane.labIdentity));
  const args = [
    `--config=${config}`,
    `--kubeconfig=${kubeconfig}`,
    `--manage-nodes-with-label-selector=${powerLabel}=on`,
    "--node-lease-duration-seconds=0",
    "-v=WARN",
  ];
  return new Daemon(programs("kwok"), args, join(directory, "kwok.log"));
}

function selector(key: string, status: string) {
  return { matchExpressions: [{ key, operator: "NotIn", values: [status] }] };
}

function nodeConditions(statuses: Record<string, string>): string {
  const lines = Object.entries(statuses).map(
    ([type, status]) =>
      `- {type: ${type}, status: "${status}", reason: Kubelet, message: "", lastHeartbeatTime: ${now}, lastTransitionTime: ${now}}`,
  );
  return ["conditions:", ...lines, ""].join("\n");
}
