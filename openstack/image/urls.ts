const image = (id: string) => `/images/${encodeURIComponent(id)}`;

/** Paths of the Image API under its endpoint. */
export const urls = {
  images: "/images",
  image,
  tag: (id: string, tag: string) => `${image(id)}/tags/${encodeURIComponent(tag)}`,
};
