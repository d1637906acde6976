const image = (id: string) => `/images/${encodeURIComponent(id)}`;

/** Paths of the Image API under its endpoint. */
export const urls = {
  images: "/images",
  image,
  usage: "/info/usage",
  tag: (id: string, tag: string) => `${image(id)}/tags/${encodeURIComponent(tag)}`,
};
