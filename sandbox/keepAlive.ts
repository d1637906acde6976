/**
 * How long the servers here keep an idle connection, ms: longer than Go's clients do (90 s,
 * net/http). They do not heed `Keep-Alive`, and a request that meets a connection just being closed
 * is lost unless it may be sent again.
 */
export const keepAliveMs = 120_000;
