import { debugPod, debugPodName } from "../../../openshift/nodes/debugPod";

test("is what oc debug node makes, with a command of its own", () => {
  const pod = debugPod({
    nodeName: "master-0",
    namespace: "openshift-machine-config-operator",
    image: "quay.example/mcd",
    purpose: "shutdown",
    command: ["shutdown", "-h", "+1"],
  });
  expect(pod).toEqual({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "snapset-shutdown-master-0",
      namespace: "openshift-machine-config-operator",
      labels: { "snapset/runs": "shutdown" },
      annotations: { "openshift.io/required-scc": "privileged" },
    },
    spec: {
      nodeName: "master-0",
      hostPID: true,
      hostNetwork: true,
      hostIPC: true,
      restartPolicy: "Never",
      priorityClassName: "openshift-user-critical",
      terminationGracePeriodSeconds: 0,
      tolerations: [{ operator: "Exists" }],
      volumes: [{ name: "host", hostPath: { path: "/", type: "Directory" } }],
      containers: [
        {
          name: "command",
          image: "quay.example/mcd",
          imagePullPolicy: "IfNotPresent",
          command: ["chroot", "/host", "shutdown", "-h", "+1"],
          terminationMessagePolicy: "FallbackToLogsOnError",
          securityContext: { privileged: true, runAsUser: 0 },
          volumeMounts: [{ name: "host", mountPath: "/host" }],
        },
      ],
    },
  });
});

test("what a command writes becomes the termination message, opened before chroot", () => {
  const { spec } = debugPod({
    nodeName: "master-0",
    namespace: "openshift-machine-config-operator",
    image: "quay.example/mcd",
    purpose: "read",
    command: ["cat", "/etc/a b"],
    keepsOutput: true,
  });
  expect(spec?.containers?.[0]?.command).toEqual([
    "sh",
    "-c",
    'exec "$@" >/dev/termination-log',
    "command",
    "chroot",
    "/host",
    "cat",
    "/etc/a b",
  ]);
});

test("its name is at most 253 characters long, and still one of its own", () => {
  const long = `${"a".repeat(240)}.example`;
  const [one, other] = [
    debugPodName("shutdown", `${long}.org`),
    debugPodName("shutdown", `${long}.net`),
  ];
  expect(one).toHaveLength(253);
  expect(one).not.toBe(other);
  expect(debugPodName("shutdown", "master-0.example.org")).toBe(
    "snapset-shutdown-master-0.example.org",
  );
});
