const rfc3339 = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g;

/** An answer as a cluster gives it whose clocks are wrong: every time in it is off by so much. */
export function skewed(body: object, skewMs: number): object {
  if (skewMs === 0) return body;
  const text = JSON.stringify(body).replace(rfc3339, (_, time: string) => {
    const shifted = new Date(Date.parse(time) + skewMs).toISOString();
    return JSON.stringify(shifted.slice(0, 19) + time.slice(19));
  });
  return JSON.parse(text) as object;
}
