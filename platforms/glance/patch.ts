import type { Context } from "../context";

/** Writes properties: `add` replaces one that is there already (RFC 6902, 4.1). */
export function propertyPatches(properties: Readonly<Record<string, string>>) {
  return Object.entries(properties).map(
    ([name, value]) => ({ op: "add", path: `/${name}`, value }) as const,
  );
}

/** Replaces an image's tags, and writes properties, in one atomic JSON patch. */
export async function patchTags(
  { cloud }: Context,
  imageId: string,
  tags: readonly string[],
  properties: Readonly<Record<string, string>> = {},
): Promise<void> {
  await cloud.image.updateImage(imageId, [
    { op: "replace", path: "/tags", value: tags },
    ...propertyPatches(properties),
  ]);
}
