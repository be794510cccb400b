/** Bytes of an answer that nobody may see yet. Its user watches the size. */
export class HeldBytes {
  #chunks: Buffer[] = [];
  size = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.size += chunk.length;
  }

  /** All of them, once. No copy is made of a single chunk. */
  take(): Buffer {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.size = 0;
    const only = chunks[0];
    return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
  }
}
