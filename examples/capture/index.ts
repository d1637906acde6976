// Captures servers that somebody else has deployed: `servers` is a list of name, uuid, role, macAddress.
import { Config } from "@pulumi/pulumi";
import { Capture, captureSettings, type Instance } from "snapset";

const config = new Config();

const capture = new Capture("lab", {
  instances: config.requireObject<Instance[]>("servers"),
  settings: captureSettings({
    capture: config.get("label") ?? "1",
    deletionPolicy: "Delete",
    volumes: { "controller-data": "empty" },
  }),
});

export const snap_id = capture.snapId;
export const images = capture.images;
