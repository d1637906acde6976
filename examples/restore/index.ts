// Restores a set, and revives the cluster in it where `snapset:cluster` says how it is reached.
import { Config } from "@pulumi/pulumi";
import { loadEnvironment, Restore, type RestoreArgs } from "snapset";

const config = new Config();
const cluster = new Config("snapset").getObject<NonNullable<RestoreArgs["cluster"]>>("cluster");

const lab = new Restore("lab", {
  snapId: config.get("snapId") ?? "latest",
  environment: loadEnvironment("lab.yaml"),
  ...(cluster === undefined ? {} : { cluster }),
});

export const snap_id = lab.snapId;
export const snapset_data = lab.snapsetData;
export const status = lab.status;
