import type { FileHandle } from 'node:fs/promises'

/** Fills `target` from `offset` on, as far as the file goes; read(2) may give less than asked for at any time. */
export const readFully = async (file: FileHandle, target: Buffer, offset: number): Promise<Buffer> => {
  let filled = 0
  while (filled < target.length) {
    const { bytesRead } = await file.read(target, filled, target.length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return target.subarray(0, filled)
}

/** Writes all of `bytes` at `offset`; write(2) may take less than given at any time. */
export const writeFully = async (file: FileHandle, bytes: Buffer, offset: number): Promise<void> => {
  let written = 0
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written, offset + written)).bytesWritten
  }
}
