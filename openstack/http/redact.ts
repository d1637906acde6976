/** Takes known secrets out of texts that are about to be shown. */
export class Redactor {
  private readonly secrets = new Set<string>();

  constructor(secrets: readonly string[]) {
    secrets.forEach((secret) => {
      this.add(secret);
    });
  }

  /** Very short ones are left: replacing them would garble the text and tell where they stood. */
  add(secret: string): void {
    if (secret.length >= 4) this.secrets.add(secret);
  }

  readonly redact = (text: string): string => {
    let redacted = text;
    for (const secret of this.secrets) redacted = redacted.replaceAll(secret, "***");
    return redacted;
  };
}
