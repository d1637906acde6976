// Deploys a scenario of Hotstack, unchanged.
import { Config } from "@pulumi/pulumi";
import { Environment, loadHotstackScenario } from "snapset";

const config = new Config();

const environment = new Environment("scenario", {
  spec: loadHotstackScenario({
    scenario: config.get("scenario") ?? "scenario",
    variables: config.getObject<Record<string, unknown>>("variables") ?? {},
  }),
});

export const snapset_data = environment.snapsetData;
export const stack_outputs = environment.stackOutputs;
