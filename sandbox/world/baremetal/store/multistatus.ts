/** What PROPFIND tells of a file or, without a length, of a collection. */
export interface DavResource {
  href: string;
  length?: number;
  modified: Date;
}

/** The 207 answer to PROPFIND (RFC 4918). */
export function multistatus(resources: readonly DavResource[]): string {
  const responses = resources.map(({ href, length, modified }) => {
    const type = length === undefined ? "<D:collection/>" : "";
    const size = length === undefined ? "" : `<D:getcontentlength>${length}</D:getcontentlength>`;
    const properties = `<D:resourcetype>${type}</D:resourcetype>${size}<D:getlastmodified>${modified.toUTCString()}</D:getlastmodified>`;
    return `<D:response><D:href>${escaped(href)}</D:href><D:propstat><D:prop>${properties}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">${responses.join("")}</D:multistatus>\n`;
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
