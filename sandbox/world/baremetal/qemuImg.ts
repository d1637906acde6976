import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);

/** A disk image's formats, as far as they are needed here. */
export type DiskFormat = "raw" | "qcow2";

/** Converts an image; blocks without data stay empty. @throws {Error} with what qemu-img said */
export async function convertImage(
  from: { path: string; format: DiskFormat },
  to: { path: string; format: DiskFormat },
  signal?: AbortSignal,
): Promise<void> {
  await qemuImg(["convert", "-f", from.format, "-O", to.format, from.path, to.path], signal);
}

/** Size of the disk in an image, in bytes. */
export async function virtualSizeOf(path: string, signal?: AbortSignal): Promise<number> {
  const output = await qemuImg(["info", "--output=json", path], signal);
  return z.object({ "virtual-size": z.number() }).parse(JSON.parse(output))["virtual-size"];
}

async function qemuImg(args: readonly string[], signal?: AbortSignal): Promise<string> {
  try {
    const options = signal === undefined ? {} : { signal };
    return (await run("qemu-img", args, { env: process.env, ...options })).stdout;
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`qemu-img ${args[0] ?? ""} failed: ${saidBy(error)}`, { cause: error });
  }
}

function saidBy(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: string };
  if (code === "ENOENT")
    return "there is no qemu-img here; Debian has it in the package qemu-utils";
  return stderr?.trim() ?? String(error);
}
