import { statusObject } from "../openshift/statusObject";
import { nameOf, type ResourceType } from "./resources";

/** Why one field was not taken. */
export interface Cause {
  reason: string;
  message: string;
  field: string;
}

/** What an API server answers instead of doing what it was asked for. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";

  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    readonly causes: readonly Cause[] = [],
  ) {
    super(message);
  }

  /** As it goes over the wire. */
  toStatus() {
    return {
      ...statusObject(this.status, this.reason, this.message),
      ...(this.causes.length > 0 && { details: { causes: this.causes } }),
    };
  }
}

export function notFound(type: ResourceType, name: string): ApiRefusal {
  return new ApiRefusal(404, "NotFound", `${nameOf(type)} "${name}" not found`);
}

export function alreadyExists(type: ResourceType, name: string): ApiRefusal {
  return new ApiRefusal(409, "AlreadyExists", `${nameOf(type)} "${name}" already exists`);
}

/** Somebody else has written the object in the meantime. */
export function conflict(type: ResourceType, name: string): ApiRefusal {
  const why =
    "the object has been modified; please apply your changes to the latest version and try again";
  const what = `Operation cannot be fulfilled on ${nameOf(type)} "${name}"`;
  return new ApiRefusal(409, "Conflict", `${what}: ${why}`);
}

export function invalid(type: ResourceType, name: string, causes: readonly Cause[]): ApiRefusal {
  const group = type.group === "" ? "" : `.${type.group}`;
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const why = texts.length === 1 ? texts.join() : `[${texts.join(", ")}]`;
  const message = `${type.kind}${group} "${name}" is invalid: ${why}`;
  return new ApiRefusal(422, "Invalid", message, causes);
}
