/** Receives the frames of a stream, in order. */
export interface FrameListener {
  /**
   * A frame that holds JSON, and its text where it holds nothing else. `isError` marks llama.cpp's field `error:`,
   * which no standard knows.
   */
  json(value: unknown, isError: boolean, text: string | null): void;
  /** Asked before a frame is parsed: true when its text was enough, and it is done with. */
  isKnown?(text: string): boolean;
  /** The frame `[DONE]`. */
  done(): void;
  /** A frame, or a part of one, that could not be read. */
  garbage(): void;
  /** A frame longer than is kept; it was not read. */
  lost(): void;
  /** A frame, a comment or an empty line is complete; it ends at this offset of the pushed chunk. */
  boundary?(after: number): void;
}

/** Cuts the bytes of a stream into frames, however they were split into chunks. Never throws. */
export interface FrameReader {
  push(chunk: Buffer): void;
  /** The stream ended: reads what stands there without a line end. */
  end(): void;
  /** True inside a frame. */
  isOpen(): boolean;
}
