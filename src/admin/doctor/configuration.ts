/** Looks at an account's variables as they are written: what is wrong, and what works but is worth knowing. */
import type { AccountDefinition } from "../../accounts/account.ts";
import { type Finding, finding } from "../../accounts/doctor-findings.ts";
import { isExampleFault } from "../../accounts/example-values.ts";
import { type WrittenField, writtenFields } from "../../accounts/written-fields.ts";
import { hasLooseBits } from "../../protocol/aes.ts";

/** What there is to look at. */
export interface ConfigurationParts {
  readonly env: Cloudflare.Env;
  readonly definition: AccountDefinition;
  /** Of the account, and of what is wrong whichever account is asked about. */
  readonly faults: readonly string[];
  readonly settingFaults: readonly string[];
}

/** The findings, faults first. */
export function configurationFindings({
  env,
  definition,
  faults,
  settingFaults,
}: ConfigurationParts): Finding[] {
  const fields = writtenFields(env, definition.id);
  const { kind, mode } = definition;
  const isWritten = (name: WrittenField["field"]): boolean => fields.some(({ field }) => field === name);
  const findings = [
    ...faults.map((fault) =>
      finding(isExampleFault(fault) ? "example_value" : "configuration_fault", "error", { fault }),
    ),
    ...settingFaults.map((fault) => finding("setting_fault", "warning", { fault })),
    ...fields.flatMap(fieldFindings),
  ];
  if (mode === "plain") {
    findings.push(finding("mode_plain", "warning", { hasKey: isWritten("encodingAesKey") }));
  }
  if (!isWritten("kind")) findings.push(finding("kind_default", "note", { kind }));
  const isSound = faults.length === 0 && settingFaults.length === 0;
  return isSound ? [finding("configuration_ok", "ok", {}), ...findings] : findings;
}

function fieldFindings({ field, variable, text }: WrittenField): Finding[] {
  const value = text.trim();
  const findings = value === text ? [] : [finding("value_trimmed", "note", { variable })];
  if (field === "previousToken") findings.push(finding("previous_token_set", "note", { variable }));
  if (field === "previousEncodingAesKey") findings.push(finding("previous_key_set", "note", { variable }));
  const isKey = field === "encodingAesKey" || field === "previousEncodingAesKey";
  if (isKey && hasLooseBits(value)) findings.push(finding("aes_key_loose_bits", "ok", { variable }));
  return findings;
}
