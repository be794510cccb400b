/** An error body is read this far; a longer one says nothing more. */
export const MAX_ERROR_BYTES = 64 * 1024;
/** A whole answer is kept until it is complete; a model writes nothing as long. */
export const MAX_WHOLE_BYTES = 64 * 1024 * 1024;
/** What a stream may send before its first complete frame. */
export const MAX_HELD_BYTES = 8 * 1024 * 1024;

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
