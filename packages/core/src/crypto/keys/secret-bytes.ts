/** Hands secret bytes to `use` and wipes them, whatever comes of it. */
export const useSecret = async <Bytes extends Uint8Array, Result>(
  bytes: Bytes,
  use: (bytes: Bytes) => Result | Promise<Result>,
): Promise<Result> => {
  try {
    return await use(bytes)
  } finally {
    bytes.fill(0)
  }
}
