import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { describeKubeVirt } from "./kubevirt";

describeKubeVirt("in memory", (options) => new KubeVirtLab(options).open());
