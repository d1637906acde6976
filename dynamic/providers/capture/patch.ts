import type { Context } from "../context";

/** Replaces an image's tags, and writes properties, in one atomic JSON patch. */
export async function patchTags(
  { cloud }: Context,
  imageId: string,
  tags: readonly string[],
  properties: Readonly<Record<string, string>> = {},
): Promise<void> {
  await cloud.image.updateImage(imageId, [
    { op: "replace", path: "/tags", value: tags },
    // `add` replaces a property that is there already (RFC 6902, 4.1).
    ...Object.entries(properties).map(
      ([name, value]) => ({ op: "add", path: `/${name}`, value }) as const,
    ),
  ]);
}
