/** What a preflight has found. */
export interface Findings {
  /** Each one stops the capture before anything is changed, and says what to do. */
  problems: string[];
  /** What the user should know. */
  warnings: string[];
}
