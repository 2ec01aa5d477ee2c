/** Cuts a stream into the pieces asked for, holding no more than was sent. */
export const createPieces = () => {
  const chunks: Uint8Array[] = []
  let held = 0
  return {
    push(chunk: Uint8Array) {
      chunks.push(chunk)
      held += chunk.length
    },
    get held() {
      return held
    },
    take(length: number): Uint8Array {
      const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, held)
      chunks.splice(0, chunks.length, all.subarray(length))
      held -= length
      return all.subarray(0, length)
    },
  }
}
