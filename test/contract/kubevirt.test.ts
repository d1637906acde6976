import { KubeVirtLab } from "../../sandbox/KubeVirtLab";
import { describeKubeVirtContract } from "./kubevirt";

describeKubeVirtContract("of the sandbox", (wanted) => new KubeVirtLab(wanted).open());
