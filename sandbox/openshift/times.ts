const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long a cluster takes for things, in modelled milliseconds: divided by the world's time scale. */
export const clusterTimes = {
  /** From the first master's boot until the API answers, in an installation. */
  installApiMs: 20 * minuteMs,
  /** From the first master's boot until the installation is complete. */
  installMs: 45 * minuteMs,
  /** From a boot until the API server answers. */
  apiMs: 20 * secondMs,
  /** From a boot until the kubelet reports. */
  kubeletMs: 30 * secondMs,
  /** From a boot until operators begin to move: before, they report yesterday's health. */
  operatorsStaleMs: 60 * secondMs,
  /** From a boot until operators' leases are renewed again. */
  leasesMs: 90 * secondMs,
  /** From a boot until operators are done. */
  operatorsReadyMs: 120 * secondMs,
  /** How often kubelets and operators renew their leases. */
  leaseMs: 10 * secondMs,
  /** From a kubelet's last report until its node is Unknown. */
  nodeGraceMs: 40 * secondMs,
  /** From the creation of a pod until its command has ended. */
  podMs: 2 * secondMs,
  /** From the approval of a request until its certificate is there. */
  signingMs: 500,
  /** How often a kubelet asks anew for a certificate that it does not get. */
  csrRetryMs: 15 * minuteMs,
  /** From the API's start until an expired csr-signer has been replaced. */
  signerRecoveryMs: minuteMs,
};

/** Lifetimes of certificates: dates in the world's calendar, which the time scale leaves alone. */
export const lifetimes = {
  /** Of the installer's signers, the kubelets' first certificates and the bootstrap credential. */
  firstMs: dayMs,
  /** The first rotation is due after this much, and up to `firstRotationSpreadMs` later. */
  firstRotationMs: 20 * hourMs,
  firstRotationSpreadMs: 3 * hourMs,
  csrSignerMs: 30 * dayMs,
  /** csr-signer is replaced at half its life, as its operator does. */
  csrSignerRefreshMs: 15 * dayMs,
  csrSignerSignerMs: 60 * dayMs,
  csrSignerSignerRefreshMs: 30 * dayMs,
  kubeletSignerMs: 365 * dayMs,
  /** How long requests for certificates are kept that nobody decides, and approved ones. */
  pendingCsrMs: dayMs,
  approvedCsrMs: hourMs,
};
