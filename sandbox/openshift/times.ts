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
  /** From a failed pull of an image until the kubelet only says that it will try again. */
  pullMs: 10 * secondMs,
  /** From the eviction of a pod until it is gone. */
  podTerminationMs: 4 * secondMs,
  /** From the approval of a request until its certificate is there. */
  signingMs: 500,
  /** How often a kubelet asks anew for a certificate that it does not get. */
  csrRetryMs: 15 * minuteMs,
  /** From the API's start until an expired csr-signer has been replaced. */
  signerRecoveryMs: minuteMs,
  /** From the deletion of a signer's secret until its operator has made a new one. */
  signerRenewalMs: 10 * secondMs,
  /** From a new csr-signer until certificates are signed with it, unless the old one has expired. */
  signerTrustMs: 5 * minuteMs + 10 * secondMs,
  /** For how long API servers and controller managers roll out after that. */
  signerRolloutMs: 3 * minuteMs,
};

/** Lifetimes of certificates: dates in the world's calendar, which the time scale leaves alone. */
export const lifetimes = {
  /**
   * Of the installer's signers, the kubelets' first certificates and the bootstrap credential. The
   * latter lives ten years since OpenShift 4.5 (installer pkg/asset/tls/kubelet.go): the model keeps
   * to the harder case, and lets the first rotation end it.
   */
  firstMs: dayMs,
  /**
   * The first rotation is due at 80 % of the first signers' day (library-go
   * pkg/operator/certrotation/signer.go), and happens up to `firstRotationSpreadMs` later.
   */
  firstRotationMs: 0.8 * dayMs,
  firstRotationSpreadMs: 0.75 * hourMs,
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
