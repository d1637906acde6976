import { wholeMark, type ResetWish } from "../../snapset/reset/mark";

/** Whether an earlier run, of which the state need not know, may have done what is wished, or half of it. */
export function mayBeInterrupted(
  olds: ResetWish & { phase: "unfinished" | "whole" },
  news: ResetWish,
): boolean {
  return olds.phase !== "whole" || wholeMark(olds) !== wholeMark(news);
}
