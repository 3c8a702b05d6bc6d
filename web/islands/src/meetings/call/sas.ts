/**
 * A short code that two people read to each other to detect a server between them. A code made of the certificates alone would not be
 * safe: an attacker could try certificates until both codes match. So each side first commits to a random number, and reveals it only
 * when it holds the other's commitment. An attacker has one guess in a million.
 */
export interface Commitment {
  readonly commit: string | null;
  readonly reveal: string | null;
}

const DIGITS = 6;

export class SafetyCode {
  /** Six digits; "" until they are known. */
  code = "";
  /** What the other side revealed does not match its commitment. */
  broken = false;
  private readonly nonce = hex(crypto.getRandomValues(new Uint8Array(32)));
  private theirs: Commitment = { commit: null, reveal: null };
  private committed = false;
  private revealed = false;
  private chain: Promise<void> = Promise.resolve();

  /** `ours`, `theirs`: the fingerprints of the certificates (RFC 8122) and who holds them. */
  constructor(
    private readonly ours: Party,
    private readonly others: Party,
    private readonly send: (commitment: Commitment) => void,
    private readonly changed: () => void,
  ) {}

  begin(): void {
    this.later(() => this.commit());
  }

  hear(commitment: Commitment): void {
    this.later(() => this.take(commitment));
  }

  private later(task: () => Promise<void>): void {
    this.chain = this.chain.then(task);
  }

  private async commit(): Promise<void> {
    if (this.committed) return;
    this.committed = true;
    this.send({ commit: await promise(this.nonce, this.ours), reveal: null });
  }

  private async take({ commit, reveal }: Commitment): Promise<void> {
    if (this.broken || this.code) return;
    if (commit) {
      if (this.theirs.commit && this.theirs.commit !== commit) return this.refuse();
      this.theirs = { ...this.theirs, commit };
      await this.commit();
      if (!this.revealed) {
        this.revealed = true;
        this.send({ commit: null, reveal: this.nonce });
      }
    }
    if (!reveal) return;
    if (!this.theirs.commit || !this.committed || (await promise(reveal, this.others)) !== this.theirs.commit) return this.refuse();
    this.code = await codeOf([
      { ...this.ours, nonce: this.nonce },
      { ...this.others, nonce: reveal },
    ]);
    this.changed();
  }

  private refuse(): void {
    this.broken = true;
    this.changed();
  }
}

export interface Party {
  readonly peer: string;
  readonly fingerprint: string;
}

async function promise(nonce: string, { peer, fingerprint }: Party): Promise<string> {
  return hex(await digest(["plenary safety code", nonce, peer, fingerprint]));
}

async function codeOf(parties: readonly (Party & { readonly nonce: string })[]): Promise<string> {
  const sorted = [...parties].sort((a, b) => (a.peer < b.peer ? -1 : 1));
  const bytes = await digest(["plenary safety code", ...sorted.flatMap(({ peer, fingerprint, nonce }) => [peer, fingerprint, nonce])]);
  const number = new DataView(bytes.buffer).getBigUint64(0) % 10n ** BigInt(DIGITS);
  return String(number).padStart(DIGITS, "0");
}

async function digest(parts: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\n"))));
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
