import { Client, credentials, status as grpcStatus } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const heartbeatMs = 5000;

/** From the engine's end until this process ends: time for calls under way to stop. */
const leaveMs = 3000;

/** What a provider tells the engine, and hears from it, beside its calls. */
export interface Engine {
  /** One line on the row of the resource; the next one replaces it. */
  status(urn: string | undefined, line: string): void;
  /** A warning that stays: repeated among the diagnostics at the end. */
  warn(urn: string | undefined, line: string): void;
  /** Aborts when the user cancels, or when the engine is gone. */
  readonly signal: AbortSignal;
}

/**
 * The engine that started this process. Everything here is an extra: a line that cannot be shown
 * is dropped, and a provider that is started by hand has no engine at all.
 *
 * @param address of the engine's gRPC service, as the engine gives it to a plugin
 */
export function connectEngine(address = process.argv[2]): Engine {
  const cancelled = new AbortController();
  abortOnCancel(cancelled);
  if (address === undefined || !/^[\w.:[\]]+:\d+$/.test(address)) {
    return { status: () => undefined, warn: () => undefined, signal: cancelled.signal };
  }
  const client = new Client(address, credentials.createInsecure());
  const send = (request: LogRequest): void => {
    log(client, request, cancelled);
  };
  beat(send);
  return {
    status: (urn, line) => {
      send(logRequest(line, LogSeverity.INFO, urn, true));
    },
    warn: (urn, line) => {
      send(logRequest(line, LogSeverity.WARNING, urn, false));
    },
    signal: cancelled.signal,
  };
}

/**
 * The SDK answers the engine's Cancel without telling anybody. Its message is an Empty, and no other
 * request to a dynamic provider is one while calls are under way: so decoding an Empty is the sign.
 */
function abortOnCancel(cancelled: AbortController): void {
  const decode = Empty.deserializeBinary.bind(Empty);
  Empty.deserializeBinary = (bytes) => {
    cancelled.abort(new Error("cancelled: run `pulumi up` again to go on from here"));
    return decode(bytes);
  };
}

/** An engine that was killed tells nobody; its end is seen in that it no longer answers. */
function beat(send: (request: LogRequest) => void): void {
  const timer = setInterval(() => {
    send(logRequest("", LogSeverity.DEBUG, undefined, true));
  }, heartbeatMs);
  timer.unref();
}

function logRequest(
  line: string,
  severity: (typeof LogSeverity)[keyof typeof LogSeverity],
  urn: string | undefined,
  ephemeral: boolean,
): LogRequest {
  const request = new LogRequest();
  request.setSeverity(severity);
  request.setMessage(line);
  if (urn !== undefined) request.setUrn(urn);
  request.setEphemeral(ephemeral);
  return request;
}

function log(client: Client, request: LogRequest, cancelled: AbortController): void {
  client.makeUnaryRequest(
    "/pulumirpc.Engine/Log",
    (message: LogRequest) => Buffer.from(message.serializeBinary()),
    // The answer is an Empty, too: decoding it would look like a Cancel.
    () => undefined,
    request,
    (error) => {
      if (error?.code === grpcStatus.UNAVAILABLE) leave(cancelled);
    },
  );
}

/** Stops all work, and then the process: who would have ended it is gone. */
function leave(cancelled: AbortController): void {
  cancelled.abort(new Error("the Pulumi engine is gone"));
  setTimeout(() => process.exit(1), leaveMs).unref();
}
