import { KubeVirtOnApi } from "../kube/kubevirt/KubeVirtOnApi";
import { programs } from "../kube/programs";
import { describeKubeVirtContract } from "./kubevirt";

describeKubeVirtContract("on a real API server", (wanted) => KubeVirtOnApi.open(programs, wanted));
