import { Float, type Value } from "../values";

const booleans = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const nulls = /^(?:~|null|Null|NULL|)$/;
const floats =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const integers =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const timestamps =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;

/**
 * A plain scalar as PyYAML reads it, which is YAML 1.1: `yes` is true, `0644` is octal, `1:30` is
 * ninety. Heat has it read dates as text.
 *
 * Source: PyYAML `resolver.py` and `constructor.py`; Heat `common/template_format.py`.
 */
export function readScalar(text: string): Value {
  if (nulls.test(text)) return null;
  if (booleans.test(text)) return /^(?:y|t|on)/i.test(text);
  if (integers.test(text)) return readInteger(text);
  if (floats.test(text)) return readFloat(text);
  return text;
}

/** Whether PyYAML would read a plain scalar of this text as the text itself. */
export function isPlainText(text: string): boolean {
  return (
    !nulls.test(text) &&
    !booleans.test(text) &&
    !integers.test(text) &&
    !floats.test(text) &&
    !timestamps.test(text) &&
    !/^(?:<<|=|[!&*])$/.test(text)
  );
}

function readInteger(text: string): number | bigint {
  const digits = text.replaceAll("_", "");
  const isNegative = digits.startsWith("-");
  const value = unsignedInteger(digits.replace(/^[-+]/, ""));
  return small(isNegative ? -value : value);
}

function unsignedInteger(digits: string): bigint {
  if (digits.includes(":")) {
    return digits.split(":").reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  }
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  return BigInt(digits);
}

function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function readFloat(text: string): Float {
  const lower = text.replaceAll("_", "").toLowerCase();
  const sign = lower.startsWith("-") ? -1 : 1;
  const digits = lower.replace(/^[-+]/, "");
  if (digits === ".inf") return new Float(sign * Infinity);
  if (digits === ".nan") return new Float(NaN);
  const value = digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return new Float(sign * value);
}
