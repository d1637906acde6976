import { isMap, type Value } from "../values";
import { dumpYaml } from "../yaml/dumpYaml";
import type { Part } from "./multipart";

/**
 * The text of an OS::Heat::CloudConfig, byte for byte as Heat makes it.
 *
 * Source: Heat `engine/resources/openstack/heat/cloud_config.py`.
 */
export function cloudConfig(data: Value): string {
  return `#cloud-config\n${dumpYaml(data)}`;
}

/** The parts of an OS::Heat::MultipartMime, of its checked properties. */
export function partsOf(parts: Value): Part[] {
  return (Array.isArray(parts) ? parts : []).filter(isMap).map((part) => ({
    content: textOf(part["config"]),
    subtype: textOf(part["subtype"]),
    fileName: textOf(part["filename"]),
  }));
}

function textOf(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}
