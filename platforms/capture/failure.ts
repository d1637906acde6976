/** Members that failed for good, each with its reason. */
export class CaptureFailure extends Error {
  override readonly name = "CaptureFailure";
}
