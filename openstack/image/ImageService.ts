import type { ServiceClient } from "../http/ServiceClient";
import { isNotFound } from "../http/ApiError";
import {
  imageSchema,
  imageUsageSchema,
  type Image,
  type ImagePatch,
  type ImageQuery,
  type ImageRequest,
  type ImageUsage,
} from "./types";
import { urls } from "./urls";

/** The largest page that Glance gives by default (`api_limit_max`); its default is 25. */
const pageSize = 1000;

/** Glance. */
export class ImageService {
  constructor(private readonly client: ServiceClient) {}

  /** The images that the project can see, all pages of them. */
  listImages({ tags = [], limit = pageSize, ...filters }: ImageQuery = {}): Promise<Image[]> {
    const listing = { key: "images", item: imageSchema };
    const query = { ...filters, tag: tags, limit };
    return this.client.list("listImages", urls.images, query, listing);
  }

  showImage(id: string): Promise<Image> {
    return this.client.ask(
      { action: "showImage", method: "GET", path: urls.image(id) },
      imageSchema,
    );
  }

  /**
   * Makes a private image without data, which is `queued` until it is given some or deleted. Not
   * sent again when its answer gets lost: that would make two.
   */
  createImage({ name, tags = [], properties = {} }: ImageRequest): Promise<Image> {
    return this.client.ask(
      {
        action: "createImage",
        method: "POST",
        path: urls.images,
        body: { ...properties, name, tags, visibility: "private" },
      },
      imageSchema,
    );
  }

  /**
   * Changes an image in one step. An `add` to a property that exists replaces it; `replace` and
   * `remove` of one that does not are a conflict.
   *
   * @returns the image as it is then
   */
  updateImage(id: string, patch: readonly ImagePatch[]): Promise<Image> {
    return this.client.ask(
      {
        action: "updateImage",
        method: "PATCH",
        path: urls.image(id),
        body: patch,
        contentType: "application/openstack-images-v2.1-json-patch",
        // Writing the same once more changes nothing; removing once more is a conflict.
        isIdempotent: patch.every(({ op }) => op !== "remove"),
      },
      imageSchema,
    );
  }

  /** @throws {ApiError} 403 for a protected image, 409 for one in use, 404 when it is gone */
  async deleteImage(id: string): Promise<void> {
    await this.client.send({ action: "deleteImage", method: "DELETE", path: urls.image(id) });
  }

  /** Adds a tag; Glance cannot take one that holds a `/` this way. */
  async addTag(id: string, tag: string): Promise<void> {
    await this.client.send({ action: "addTag", method: "PUT", path: urls.tag(id, tag) });
  }

  /**
   * How much the project uses of its quotas; a limit of -1 is none.
   *
   * @returns undefined where Glance counts nothing: before Wallaby, or without `use_keystone_limits`
   */
  async showUsage(): Promise<ImageUsage | undefined> {
    try {
      const call = { action: "showUsage", method: "GET", path: urls.usage } as const;
      const { usage } = await this.client.ask(call, imageUsageSchema);
      return Object.keys(usage).length === 0 ? undefined : usage;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
