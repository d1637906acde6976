import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../common/errors";

/** Shows bad input as Pulumi shows its own: by its message, without a stack trace. */
export function withPlainErrors<A extends unknown[], T>(
  work: (...args: A) => T,
): (...args: A) => T {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const plain = new pulumi.RunError(error.message);
      // Node 20's util.inspect, which Pulumi calls on every error, takes half a minute to colour a
      // stack with a scoped package in it.
      plain.stack = error.message;
      throw plain;
    }
  };
}
