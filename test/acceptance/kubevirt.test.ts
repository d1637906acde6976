import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { describeKubeVirt } from "./kubevirt/suite";

describeKubeVirt("in memory", (wanted) => new KubeVirtLab(wanted).open());
