/** Where a secret belongs. It can be opened only there: a ciphertext copied to another place is refused. */
export interface SecretPlace {
  readonly kind: string;
  readonly id: string;
  readonly field: string;
}

export interface SealedSecret {
  /** Fingerprint of the master key that sealed it. */
  readonly keyId: string;
  /** Nonce, authentication tag and ciphertext, in this order. */
  readonly bytes: Uint8Array;
}

/** What a keyed digest is for; digests of different purposes never match. */
export type DigestPurpose = 'access_key' | 'cursor' | 'audit' | 'console_session' | 'review';

/** Everything that needs the master key. */
export interface SecretBox {
  /** Fingerprint of the master key; safe to show. */
  readonly keyId: string;
  seal(plaintext: string, place: SecretPlace): SealedSecret;
  /** Throws with a clear message when the master key is another one or the bytes were changed or moved. */
  open(sealed: SealedSecret, place: SecretPlace): string;
  /** Keyed digest (32 bytes); the same text gives the same digest as long as the master key is the same. */
  digest(purpose: DigestPurpose, text: string): Buffer;
  /** A fresh secret of 256 random bits as text. */
  freshSecret(): string;
}
