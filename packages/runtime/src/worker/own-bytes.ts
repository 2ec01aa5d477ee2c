/** Bytes in memory that is shared with no thread and no process, in words that TypeScript 5.4 knows: declarations are read by it. */
export interface OwnBytes extends Uint8Array {
  readonly buffer: ArrayBuffer
  subarray(begin?: number, end?: number): OwnBytes
}
