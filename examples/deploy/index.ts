// Deploys an environment from base images; the configuration may say another flavor for its servers.
import { Config } from "@pulumi/pulumi";
import { Environment, loadEnvironment } from "snapset";

const flavor = new Config().get("flavor");

const environment = new Environment("lab", {
  spec: loadEnvironment("lab.yaml"),
  transform: {
    server: (args) => {
      args.flavorName = flavor ?? args.flavorName ?? "";
    },
    volume: { description: "of the lab" },
  },
});

export const snapset_data = environment.snapsetData;
export const controller = environment.controllerAnsibleHost;
